// One push: the oldest unanswered saves, as few as the network bears; one that the server cannot
// read is found by halving and goes alone, as raw text, so that it never stops the queue.
import { byteLength } from "../store/engine/hash.js";
import { mine, rechain } from "../store/journal/chain.js";
import { settle } from "../store/journal/settle.js";
import { toText } from "../store/engine/bytes.js";
import { noteSync } from "../store/records/sync_state.js";
import { call } from "./call.js";
import { compare } from "./lineage.js";
import { backOff } from "./progress.js";
import { pack } from "./wire.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("../store/records/state.js").Entry} Entry */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */
/** @typedef {import("./call.js").Answer} Answer */
/** @typedef {import("./answer_types.js").Pushed} Pushed */
/** @typedef {Pick<Entry, "mid" | "key" | "kid" | "sealed" | "shut"> & {json?: string}} Sendable a save, opened or not */

export const PUSH = "/sync/v1/push";
const MAX_BATCH = 50;
const MAX_INFLATED = 900000;
const MAX_WIRE = 64000;
const UNREADABLE = [400, 413, 422];

/**
 * Push once.
 * @param {Store} store @param {Means} means @param {Entry[]} waiting
 * @param {(s: State, mids: number[]) => Promise<void>} markSending
 * @returns {Promise<Result>}
 */
export async function push(store, means, waiting, markSending) {
  const s = store.state;
  const { sent, request: what } = await envelope(s, waiting, means.report);
  await markSending(
    s,
    sent.map((entry) => entry.mid),
  );
  const answer = await call(s, means.fetch, PUSH, what);
  if (answer.status === 200 && Number.isInteger(answer.body?.last_mid)) {
    return accepted(store, means, sent, /** @type {Pushed} */ (answer.body));
  }
  return refused(s, means, sent, answer);
}

/** A save as it travels: as it was made, or sealed where this phone cannot read it now. @param {Sendable} entry */
export function textOf({ mid, key, json, kid, sealed, shut }) {
  if (!shut) return /** @type {string} */ (json);
  // Without a copy the number is still sent, so that the loss has a name and stops nothing.
  return JSON.stringify({ mid, key, ...(sealed ? { kid, sealed: toText(sealed) } : { raw: "" }) });
}

/**
 * The saves in a row from the first, at most as many as go.
 * @template {Sendable} T
 * @param {State} s @param {T[]} waiting
 */
function batchOf(s, waiting) {
  let bytes = 0;
  const size = waiting.findIndex((entry, i) => {
    bytes += byteLength(textOf(entry)) + 8;
    const follows = !i || entry.mid === waiting[i - 1].mid + 1;
    return !follows || i >= s.sync.batch || (i > 0 && bytes > MAX_INFLATED);
  });
  return size < 0 ? waiting : waiting.slice(0, size);
}

/**
 * A push of the first of these saves, packed.
 * @template {Sendable} T
 * @param {State} s @param {T[]} waiting @param {Means["report"]} [report]
 */
export async function envelope(s, waiting, report) {
  let sent = batchOf(s, waiting);
  for (;;) {
    const before = await mine(s, sent.length ? sent[0].mid - 1 : s.head.floor.mid);
    const packed = await pack({
      device: s.head.device,
      epoch: s.sync.epoch,
      app: s.sync.app ?? "",
      recorded: s.head.mid,
      kept_from: s.head.floor.mid + 1,
      first_prev: before?.hash ?? "",
      receipts: 2, // the newest form that receipt.js reads
      mutations: sent.map((entry) => (entry.mid === s.sync.raw ? rawOf(entry) : textOf(entry))),
      ...(report ? { report } : {}),
    });
    if (packed.body.length <= MAX_WIRE || sent.length < 2) {
      const headers = { "Content-Type": "application/json" };
      return { sent, request: { ...packed, headers } };
    }
    sent = sent.slice(0, Math.ceil(sent.length / 2));
  }
}

/** @param {Sendable} entry */
const rawOf = (entry) => JSON.stringify({ mid: entry.mid, key: entry.key, raw: textOf(entry) });

/**
 * @param {Store} store @param {Means} means @param {Entry[]} sent @param {Pushed} body
 * @returns {Promise<Result>}
 */
async function accepted(store, means, sent, body) {
  const s = store.state;
  const before = s.sync.received;
  const relation = await compare(store, body);
  if (relation !== "same") return { did: "push", more: true };
  const results = body.results ?? [];
  await settle(s, results);
  const last = sent[sent.length - 1].mid;
  const foreign = s.sync.raw === last || sent.some((entry) => entry.shut);
  if (foreign && body.last_mid === last) await rechain(s, last, body.last_hash);
  if (!results.length && body.last_mid <= before) {
    await backOff(s, means.now().getTime(), means.random());
    return { did: "offline", more: false, code: "no_progress", trouble: "server" };
  }
  const searching = last < s.sync.badUntil;
  const batch = searching ? s.sync.batch : Math.min(MAX_BATCH, s.sync.batch * 2);
  const badUntil = searching ? s.sync.badUntil : 0;
  const calm = { fails: 0, fives: 0, until: 0, raw: 0 };
  await noteSync(s, { ...calm, batch, badUntil, deltas: true });
  return { did: "push", more: true };
}

/**
 * @param {State} s @param {Means} means @param {Entry[]} sent @param {Answer} answer
 * @returns {Promise<Result>}
 */
async function refused(s, means, sent, { status, seen, body, timeout, retryAfter, trouble }) {
  const code = body?.code;
  if (status === 401) return { did: "auth", more: false, code };
  if (status === 426) return { did: "update", more: false, code };
  const now = means.now().getTime();
  const fives = status === 500 ? s.sync.fives + 1 : s.sync.fives;
  if (UNREADABLE.includes(status) || fives >= 3) {
    if (s.sync.raw) await backOff(s, now, means.random(), 300, { raw: 0, fives: 0 });
    else await narrow(s, sent);
    return { did: "push", more: !s.sync.until || s.sync.until <= now, code };
  }
  // Somebody on the way may bear less at once; only our server's word makes a save go raw.
  const fewer = timeout || UNREADABLE.includes(seen);
  const batch = fewer ? Math.max(1, Math.floor(sent.length / 2)) : s.sync.batch;
  await backOff(s, now, means.random(), retryAfter, { fives, batch });
  return { did: "offline", more: false, code, trouble };
}

/** Look for the unreadable one in half as many; a single one goes raw next. @param {State} s @param {Entry[]} sent */
async function narrow(s, sent) {
  const last = sent[sent.length - 1].mid;
  if (sent.length === 1) return noteSync(s, { raw: last, fives: 0 });
  const badUntil = s.sync.badUntil && s.sync.badUntil < last ? s.sync.badUntil : last;
  return noteSync(s, { batch: Math.floor(sent.length / 2), badUntil, fives: 0 });
}
