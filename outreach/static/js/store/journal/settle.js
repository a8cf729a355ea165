// The ends of saves that were sent: on the way, answered, decided, offered again, let go.
import { ask } from "../engine/idb.js";
import { unsettled } from "./journal.js";
import { isSeen } from "../replica/scopes.js";
import { encode } from "../records/payload.js";
import { isHot, raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").Entry} Entry */
/** @typedef {import("../records/state.js").Verdict} Verdict */
/** @typedef {import("../records/state.js").JournalRecord} JournalRecord */
/** @typedef {import("../records/record_types.js").Tx} Tx */
/** @typedef {{state: string, ver?: number, live: boolean, verdict: Uint8Array}} Change */

const SETTLED = { applied: "arrived", conflict: "conflict", held: "held", invalid: "invalid" };
const ANSWERED = Object.values(SETTLED);

/**
 * Change the state of journal records; `change` edits the record and says whether to keep it.
 * @param {State} s @param {number[]} mids @param {(rec: JournalRecord) => void} change
 * @param {"strict" | "relaxed"} durability
 */
async function edit(s, mids, change, durability) {
  if (!mids.length) return;
  const work = async (/** @type {Tx} */ tx) => {
    const journal = tx.objectStore("journal");
    for (const mid of mids) {
      const rec = await ask(journal.get(mid));
      if (!rec) continue;
      change(rec);
      if (isHot(rec)) rec.hot = 1;
      else delete rec.hot;
      journal.put(rec);
    }
    await raise(tx, "j");
  };
  await s.conn.run(["meta", "journal"], "readwrite", work, durability).catch((error) => {
    s.forget();
    throw error;
  });
  await s.refresh();
}

/** @param {string} from @param {string} to */
const turn = (from, to) => (/** @type {JournalRecord} */ rec) => {
  if (rec.state === from) rec.state = to;
};

/** Mark as being on the way. @param {State} s @param {number[]} mids */
export const markSending = (s, mids) => edit(s, mids, turn("waiting", "sending"), "relaxed");

/** Whatever was on the way when the phone died waits again. @param {State} s */
export async function recoverSending(s) {
  const mids = unsettled(s).filter((entry) => entry.state === "sending");
  await edit(
    s,
    mids.map((entry) => entry.mid),
    turn("sending", "waiting"),
    "relaxed",
  );
}

/** @param {State} s @param {string} key @param {Verdict} verdict */
const sealVerdict = (s, key, verdict) => encode(s, `verdict/${key}`, verdict);

/**
 * Settle exactly what the answer names; everything else stays as it was.
 * @param {State} s @param {(Verdict & {mid: number, status: string})[]} results
 */
export async function settle(s, results) {
  const named = results.filter(
    ({ mid, status }) => s.hot.has(mid) && Object.hasOwn(SETTLED, status),
  );
  /** @type {Map<number, Change>} */
  const changes = new Map();
  for (const { mid, ...result } of named) {
    const entry = /** @type {Entry} */ (s.hot.get(mid));
    const verdict = { ...result, skip: entry.verdict.skip, resolved: entry.verdict.resolved };
    const state = stateAfter(verdict);
    const after = { ...entry, state, ver: result.ver, verdict };
    const live = Boolean(entry.live) && state !== "resolved" && !isShown(s, after);
    changes.set(mid, {
      state,
      ver: result.ver,
      live,
      verdict: await sealVerdict(s, entry.key, verdict),
    });
    if (["arrived", "conflict"].includes(state)) await putRight(s, entry, changes);
    for (const released of result.released ?? []) await takeEffect(s, released, changes);
  }
  await edit(
    s,
    [...changes.keys()],
    (rec) => applyChange(rec, /** @type {Change} */ (changes.get(rec.mid))),
    "strict",
  );
}

/**
 * An earlier save that was held took effect together with the one just answered.
 * @param {State} s @param {{key: string, status: string, scope?: string, ver?: number}} released
 * @param {Map<number, Change>} changes
 */
async function takeEffect(s, { key, ...result }, changes) {
  const entry = [...s.hot.values()].find((one) => one.key === key);
  if (!entry || !Object.hasOwn(SETTLED, result.status)) return;
  const state = stateAfter(result);
  const live =
    Boolean(entry.live) && !isShown(s, { ...entry, state, ver: result.ver, verdict: result });
  changes.set(entry.mid, {
    state,
    ver: result.ver,
    live,
    verdict: await sealVerdict(s, key, result),
  });
}

/** @param {JournalRecord} rec @param {Change} change */
function applyChange(rec, change) {
  rec.state = change.state;
  rec.verdict = change.verdict;
  if (change.ver !== undefined) rec.ver = change.ver;
  if (!change.live) delete rec.live;
}

/** @param {Verdict} verdict */
const stateAfter = (verdict) => {
  const state = SETTLED[/** @type {keyof typeof SETTLED} */ (verdict.status)];
  return verdict.resolved && ["held", "invalid"].includes(state) ? "resolved" : state;
};

/** True when the base already holds an answered mutation. @param {State} s @param {Entry} entry */
const isShown = (s, entry) =>
  ["arrived", "conflict"].includes(entry.state) &&
  isSeen(entry, s.base, (scope, id) => s.index(scope)?.rows.get(id));

/**
 * A later save of the same fields puts earlier held or invalid ones right: they are not replayed
 * over it, and once nothing is left of them they are resolved.
 * @param {State} s @param {Entry} later @param {Map<number, Change>} changes
 */
async function putRight(s, later, changes) {
  for (const entry of s.hot.values()) {
    if (entry.id !== later.id || entry.mid >= later.mid) continue;
    if (!["held", "invalid", "returned"].includes(entry.state)) continue;
    const skip = [...new Set([...(entry.verdict.skip ?? []), ...Object.keys(later.m.set)])];
    const resolved = Object.keys(entry.m.set).every((field) => skip.includes(field));
    const verdict = { ...entry.verdict, skip, resolved };
    entry.verdict = verdict;
    changes.set(entry.mid, {
      state: resolved ? "resolved" : entry.state,
      live: !resolved && Boolean(entry.live),
      verdict: await sealVerdict(s, entry.key, verdict),
    });
  }
}

/**
 * A held or invalid mutation was decided by a person: it leaves the view for good.
 * @param {State} s @param {number[]} mids
 */
export async function resolve(s, mids) {
  /** @type {Map<number, Uint8Array>} */
  const verdicts = new Map();
  for (const mid of mids) {
    const entry = s.hot.get(mid);
    if (entry && ["held", "invalid", "returned"].includes(entry.state)) {
      const told = { ...entry.verdict, resolved: true };
      verdicts.set(mid, await sealVerdict(s, entry.key, told));
    }
  }
  await edit(
    s,
    [...verdicts.keys()],
    (rec) =>
      applyChange(rec, {
        state: "resolved",
        live: false,
        verdict: /** @type {Uint8Array} */ (verdicts.get(rec.mid)),
      }),
    "strict",
  );
}

/**
 * The server has less than it once confirmed (a restored backup): offer everything after
 * `received` again, with the same keys; or only up to a number.
 * @param {State} s @param {number} received
 */
export async function offerAgain(s, received, upto = Infinity) {
  const range = IDBKeyRange.bound(received, upto, true);
  const records = await s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").getAll(range)),
  );
  const mids = records.filter((rec) =>
    [...ANSWERED, "returned", "discarded", "resolved"].includes(rec.state),
  );
  await edit(
    s,
    mids.map((rec) => rec.mid),
    (rec) => {
      // The rows it led to may be missing from what will be pulled: the screen goes on showing it.
      if (["arrived", "conflict"].includes(rec.state)) rec.live = 1;
      rec.state = "waiting";
      delete rec.ver;
    },
    "strict",
  );
}
