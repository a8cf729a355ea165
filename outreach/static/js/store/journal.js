// The journal: every save is numbered, chained and kept until the server has it in a backup.
// This module writes it; what the screen makes of it is in view.js and ledger.js.
import { jakartaDate } from "../domain/age.js";
import { equal, mergeView } from "../domain/merge.js";
import { deriveStatus } from "../domain/statuses.js";
import { attachBlobs, encodeBlobs, hashesIn } from "./blobs.js";
import { StoreError } from "./errors.js";
import { byteLength, GENESIS, link } from "./hash.js";
import { ask } from "./idb.js";
import { newId } from "./ids.js";
import { exclusively } from "./locks.js";
import { isSeen } from "./pages.js";
import { decode, encode } from "./payload.js";
import { isHot, newHead, open, raise } from "./state.js";
import { liveOf, viewOf } from "./view.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Entry} Entry */
/** @typedef {import("./state.js").Mutation} Mutation */
/** @typedef {import("./state.js").Verdict} Verdict */
/**
 * @typedef {object} SaveRequest
 * @property {string} [table] worker when absent
 * @property {string} id
 * @property {string} scope
 * @property {"put" | "delete"} [op]
 * @property {Record<string, [unknown, unknown]>} [set] what the person saw and what they made of it
 * @property {Record<string, unknown>} [changes] new values; what was seen is the present view
 * @property {string} [draftId] the draft that this save completes
 * @property {{sha: string, bytes?: Uint8Array, mime?: string}[]} [blobs]
 * @property {string} [on_behalf]
 */
/** @typedef {{mid: number, key: string, unchanged?: true}} Saved */

export const SCHEMA = 1;
export const MAX_BYTES = 24000;
const ATTEMPTS = 50;
const SETTLED = { applied: "arrived", conflict: "conflict", held: "held", invalid: "invalid" };
const ANSWERED = Object.values(SETTLED);

/**
 * What lay under a value that the server refused: it never had that value, so a later save cannot
 * be compared with it.
 * @param {Entry[]} live
 * @returns {Record<string, {refused: unknown, from: unknown}>}
 */
function underRefused(live) {
  /** @type {Record<string, {refused: unknown, from: unknown}>} */
  const under = {};
  for (const { state, m } of live) {
    for (const [field, [from, to]] of Object.entries(m.set)) {
      const below = under[field];
      if (state !== "invalid") delete under[field];
      else if (below && equal(below.refused, from))
        under[field] = { refused: to, from: below.from };
      else under[field] = { refused: to, from };
    }
  }
  return under;
}

/**
 * The fields that really change: seen value and new value.
 * @param {SaveRequest} request @param {Record<string, unknown>} shown
 * @param {ReturnType<typeof underRefused>} under
 * @returns {Record<string, [unknown, unknown]>}
 */
function changed(request, shown, under) {
  /** @param {string} field @param {unknown} from */
  const known = (field, from) =>
    under[field] && equal(under[field].refused, from) ? under[field].from : from;
  /** @type {Record<string, [unknown, unknown]>} */
  const pairs = { ...request.set };
  for (const [field, to] of Object.entries(request.changes ?? {})) {
    pairs[field] = [shown[field] ?? null, to];
  }
  return Object.fromEntries(
    Object.entries(pairs)
      .filter(([field, [, to]]) => !equal(shown[field], to))
      .map(([field, [from, to]]) => [field, [known(field, from) ?? null, to ?? null]]),
  );
}

/**
 * Save one aggregate: numbered, chained, with its draft gone and its pictures kept, in one strict
 * transaction. Resolves only once that is complete on the disk. Saving the same thing again
 * changes nothing and answers the number it already has.
 * @param {State} s @param {SaveRequest} request @param {Date} now
 * @returns {Promise<Saved>}
 * @throws {StoreError} storage_full, mutation_too_big, blob_missing; the draft stays
 */
export async function save(s, request, now) {
  const blobs = await encodeBlobs(request.blobs ?? []);
  return exclusively(`jk-${s.userId}-journal`, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await s.refresh();
      const made = await compose(s, request, now);
      if (!made) return unchanged(s, request);
      if (await write(s, request, made, blobs)) return { mid: made.m.mid, key: made.m.key };
    }
    throw new StoreError("storage_busy");
  });
}

/** @param {State} s @param {string} id @returns {Promise<any[]>} journal records of a row */
export const recordsOf = (s, id) =>
  s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").index("id").getAll(id)),
  );

/**
 * The next journal record, or null when nothing would change.
 * @param {State} s @param {SaveRequest} request @param {Date} now
 */
async function compose(s, request, now) {
  const view = await viewOf(s, request.id);
  const under = s.find(request.id) ? underRefused(liveOf(s, request.id)) : {};
  const set = changed(request, view?.data ?? {}, under);
  const op = request.op ?? "put";
  if (op === "put" && !Object.keys(set).length) return null;
  const isNew = !view && Object.values(set).every(([from]) => from === null);
  const fresh = isNew && !(await recordsOf(s, request.id)).length;
  /** @type {Mutation} */
  const m = {
    mid: s.head.mid + 1,
    key: fresh ? request.id : newId(now),
    schema: SCHEMA,
    op,
    table: request.table ?? "worker",
    id: request.id,
    scope: request.scope,
    ver: view?.ver ?? 0,
    set,
    at: now.toISOString(),
    ...(request.on_behalf ? { on_behalf: request.on_behalf } : {}),
  };
  const json = JSON.stringify(m);
  const size = byteLength(json);
  if (size > MAX_BYTES) throw new StoreError("mutation_too_big", { size, max: MAX_BYTES });
  const after = mergeView(view?.data ?? {}, set);
  const st =
    m.table === "worker" ? deriveStatus(after, jakartaDate(m.at), view?.status) : undefined;
  const h = await link(s.head.hash, json);
  return { m, json, h, st, payload: await encode({ m: json, h, st }) };
}

/** @param {State} s @param {SaveRequest} request @returns {Promise<Saved>} */
async function unchanged(s, request) {
  const records = await recordsOf(s, request.id);
  if (request.draftId) {
    const id = request.draftId;
    await s.conn.run(["drafts"], "readwrite", (tx) => ask(tx.objectStore("drafts").delete(id)));
  }
  const last = records.at(-1);
  return { mid: last?.mid ?? 0, key: last?.key ?? "", unchanged: true };
}

/**
 * The one strict transaction of a save; false when another context took the number first.
 * @param {State} s @param {SaveRequest} request
 * @param {NonNullable<Awaited<ReturnType<typeof compose>>>} made
 * @param {Awaited<ReturnType<typeof encodeBlobs>>} blobs
 */
async function write(s, request, made, blobs) {
  const { m, h, payload } = made;
  const { mid, key, id, scope } = m;
  const rec = { mid, key, id, scope, state: "waiting", live: 1, hot: 1, payload };
  const head = { ...s.head, mid, hash: h, key };
  const stores = ["meta", "journal", "drafts", "blobs", "bytes"];
  const work = async (/** @type {IDBTransaction} */ tx) => {
    const held = await ask(tx.objectStore("meta").get("head"));
    if (held.mid !== s.head.mid || held.device !== s.head.device) return null;
    tx.objectStore("journal").add(rec);
    tx.objectStore("meta").put(head, "head");
    if (request.draftId) tx.objectStore("drafts").delete(request.draftId);
    await attachBlobs(tx, blobs, hashesIn(m.set), mid, m.at);
    return raise(tx, "j");
  };
  const before = await s.conn.run(stores, "readwrite", work, "strict");
  if (!before) return false;
  s.head = head;
  s.hot.set(mid, { ...rec, ...made, verdict: {} });
  s.stamp = { ...s.stamp, j: before.j === s.stamp.j ? before.j + 1 : -1 };
  return true;
}

/** Mutations the server has not answered, lowest number first. @param {State} s */
export const unsettled = (s) =>
  [...s.hot.values()]
    .filter((entry) => ["waiting", "sending"].includes(entry.state))
    .sort((a, b) => a.mid - b.mid);

/**
 * Change the state of journal records; `change` edits the record and says whether to keep it.
 * @param {State} s @param {number[]} mids @param {(rec: any) => void} change
 * @param {"strict" | "relaxed"} durability
 */
async function edit(s, mids, change, durability) {
  if (!mids.length) return;
  const work = async (/** @type {IDBTransaction} */ tx) => {
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
const turn = (from, to) => (/** @type {any} */ rec) => {
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

/**
 * Settle exactly what the answer names; everything else stays as it was.
 * @param {State} s @param {(Verdict & {mid: number, status: string})[]} results
 */
export async function settle(s, results) {
  const named = results.filter(
    ({ mid, status }) => s.hot.has(mid) && Object.hasOwn(SETTLED, status),
  );
  /** @type {Map<number, {state: string, ver?: number, live: boolean, verdict: Uint8Array}>} */
  const changes = new Map();
  for (const { mid, ...result } of named) {
    const entry = /** @type {Entry} */ (s.hot.get(mid));
    const verdict = { ...result, skip: entry.verdict.skip, resolved: entry.verdict.resolved };
    const state = stateAfter(verdict);
    const after = { ...entry, state, ver: result.ver, verdict };
    const live = Boolean(entry.live) && state !== "resolved" && !isShown(s, after);
    changes.set(mid, { state, ver: result.ver, live, verdict: await encode(verdict) });
    if (["arrived", "conflict"].includes(state)) await putRight(s, entry, changes);
    for (const released of result.released ?? []) await takeEffect(s, released, changes);
  }
  await edit(s, [...changes.keys()], (rec) => applyChange(rec, changes.get(rec.mid)), "strict");
}

/**
 * An earlier save that was held took effect together with the one just answered.
 * @param {State} s @param {{key: string, status: string, scope?: string, ver?: number}} released
 * @param {Map<number, any>} changes
 */
async function takeEffect(s, { key, ...result }, changes) {
  const entry = [...s.hot.values()].find((one) => one.key === key);
  if (!entry || !Object.hasOwn(SETTLED, result.status)) return;
  const state = stateAfter(result);
  const live =
    Boolean(entry.live) && !isShown(s, { ...entry, state, ver: result.ver, verdict: result });
  changes.set(entry.mid, { state, ver: result.ver, live, verdict: await encode(result) });
}

/** @param {any} rec @param {any} change */
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
  isSeen(entry, s.base, (scope, id) => s.shelf(scope)?.rows.get(id));

/**
 * A later save of the same fields puts earlier held or invalid ones right: they are not replayed
 * over it, and once nothing is left of them they are resolved.
 * @param {State} s @param {Entry} later @param {Map<number, any>} changes
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
      verdict: await encode(verdict),
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
      verdicts.set(mid, await encode({ ...entry.verdict, resolved: true }));
    }
  }
  await edit(
    s,
    [...verdicts.keys()],
    (rec) => applyChange(rec, { state: "resolved", live: false, verdict: verdicts.get(rec.mid) }),
    "strict",
  );
}

/**
 * The server has less than it once confirmed (a restored backup): offer everything after
 * `received` again, with the same keys.
 * @param {State} s @param {number} received
 */
export async function offerAgain(s, received) {
  const range = IDBKeyRange.lowerBound(received, true);
  const records = await s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").getAll(range)),
  );
  const mids = records.filter((rec) => [...ANSWERED, "returned", "resolved"].includes(rec.state));
  await edit(
    s,
    mids.map((rec) => rec.mid),
    (rec) => {
      rec.state = "waiting";
    },
    "strict",
  );
}

/**
 * Let go of what lies in a verified backup: from the front, answered, out of view, with nothing
 * left to upload.
 * @param {State} s @param {number} durable
 */
export async function prune(s, durable) {
  if (durable <= s.head.floor.mid) return;
  const kept = IDBKeyRange.bound(s.head.floor.mid + 1, durable);
  const { records, todo } = await s.conn.run(["journal", "blobs"], "readonly", async (tx) => ({
    records: await ask(tx.objectStore("journal").getAll(kept, 500)),
    todo: await ask(tx.objectStore("blobs").index("todo").getAll()),
  }));
  const uploading = new Set(todo.map((blob) => blob.mid));
  const stop = records.findIndex((rec) => rec.hot || uploading.has(rec.mid));
  const safe = stop < 0 ? records : records.slice(0, stop);
  const last = safe.at(-1);
  if (!last) return;
  const { h } = await decode(last.payload);
  const work = async (/** @type {IDBTransaction} */ tx) => {
    const head = await ask(tx.objectStore("meta").get("head"));
    if (head.device !== s.head.device) return;
    tx.objectStore("journal").delete(IDBKeyRange.upperBound(last.mid));
    const floor = { mid: last.mid, hash: h, key: last.key };
    await ask(tx.objectStore("meta").put({ ...head, floor }, "head"));
    await raise(tx, "j");
  };
  await s.conn.run(["meta", "journal"], "readwrite", work, "strict");
  await s.refresh();
}

/**
 * Key and chain value of one of my numbers; null when it is no longer kept.
 * @param {State} s @param {number} mid
 * @returns {Promise<{key: string, hash: string} | null>}
 */
export async function mine(s, mid) {
  if (mid === 0) return { key: "", hash: GENESIS };
  const { floor } = s.head;
  if (mid === floor.mid) return { key: floor.key, hash: floor.hash };
  const rec = await s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").get(mid)),
  );
  return rec ? { key: rec.key, hash: (await decode(rec.payload)).h } : null;
}

/**
 * The server stored one save as raw text: its chain, and with it what my later saves continue,
 * runs over other bytes.
 * @param {State} s @param {number} mid @param {string} hash the server's chain at `mid`
 */
export const rechain = (s, mid, hash) =>
  exclusively(`jk-${s.userId}-journal`, async () => {
    await s.refresh();
    const { device, mid: top } = s.head;
    const range = IDBKeyRange.lowerBound(mid);
    const records = await s.conn.run(["journal"], "readonly", (tx) =>
      ask(tx.objectStore("journal").getAll(range)),
    );
    let last = hash;
    for (const rec of records) {
      const { json, st } = await open(rec);
      if (rec.mid > mid) last = await link(last, json);
      rec.payload = await encode({ m: json, h: last, st });
    }
    const work = async (/** @type {IDBTransaction} */ tx) => {
      const head = await ask(tx.objectStore("meta").get("head"));
      if (head.device !== device || head.mid !== top) throw new StoreError("storage_busy");
      for (const rec of records) tx.objectStore("journal").put(rec);
      await ask(tx.objectStore("meta").put({ ...head, hash: last }, "head"));
      await raise(tx, "j");
    };
    await s.conn.run(["meta", "journal"], "readwrite", work, "strict");
    await s.refresh();
  });

/**
 * Go on as another device: every kept mutation gets a new number and keeps its key.
 * @param {State} s @param {string} device
 */
export const renumber = (s, device) =>
  exclusively(`jk-${s.userId}-journal`, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await s.refresh();
      if (s.head.device === device) return;
      if (await rewrite(s, device)) {
        s.forget();
        await s.refresh();
        return;
      }
    }
    throw new StoreError("storage_busy");
  });

/** @param {State} s @param {string} device @returns {Promise<boolean>} */
async function rewrite(s, device) {
  const old = s.head;
  const kept = await s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").getAll()),
  );
  const head = { ...newHead(device), before: old.before + old.floor.mid };
  const renamed = new Map();
  for (const rec of kept) {
    const { m, st } = await open(rec);
    head.mid += 1;
    renamed.set(rec.mid, head.mid);
    const json = JSON.stringify({ ...m, mid: head.mid });
    head.hash = await link(head.hash, json);
    head.key = rec.key;
    const payload = await encode({ m: json, h: head.hash, st });
    Object.assign(rec, { mid: head.mid, state: "waiting", hot: 1, payload });
  }
  const work = async (/** @type {IDBTransaction} */ tx) => {
    const held = await ask(tx.objectStore("meta").get("head"));
    if (held.mid !== old.mid || held.device !== old.device) return false;
    const journal = tx.objectStore("journal");
    await ask(journal.clear());
    for (const rec of kept) journal.add(rec);
    tx.objectStore("meta").put(head, "head");
    const sync = await ask(tx.objectStore("meta").get("sync"));
    const anew = { fork: undefined, received: 0, durable: 0, raw: 0, badUntil: 0 };
    tx.objectStore("meta").put({ ...sync, ...anew }, "sync");
    const blobs = tx.objectStore("blobs");
    for (const blob of await ask(blobs.getAll())) {
      if (blob.mid) blobs.put({ ...blob, mid: renamed.get(blob.mid) });
    }
    await raise(tx, "j");
    return true;
  };
  return s.conn.run(["meta", "journal", "blobs"], "readwrite", work, "strict");
}
