// Sending while the phone is locked: sealed copies need no data key. Verdicts are personal and
// could not be kept, so nothing is settled here: after the PIN each save is offered once more and
// the server repeats its first verdict. Nothing is fetched.
import { ask } from "../store/engine/idb.js";
import { keyAt } from "../store/journal/chain.js";
import { noteSync } from "../store/records/sync_state.js";
import { renew } from "../vault/term.js";
import { call } from "./call.js";
import { heard } from "./lineage.js";
import { backOff, waitLeft } from "./progress.js";
import { envelope, PUSH } from "./push.js";

/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */
/** @typedef {import("./answer_types.js").Pushed} Pushed */
/** @typedef {import("./call.js").Answer} Answer */

const RESTED = { fails: 0, until: 0 };
const IDLE = /** @type {Result} */ ({ did: "locked", more: false });

/** Saves that the server lacks, from the first, as far as they are sealed. @param {State} s @returns {Promise<import("./push.js").Sendable[]>} */
async function sealedSaves(s) {
  const range = IDBKeyRange.lowerBound(s.sync.received, true);
  const records = await s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").getAll(range, s.sync.batch)),
  );
  const end = records.findIndex(({ sealed, state }) => !sealed || !UNSENT.includes(state));
  const usable = end < 0 ? records : records.slice(0, end);
  return usable.map((rec) => ({ ...rec, shut: true }));
}
const UNSENT = ["waiting", "sending"];

/**
 * Push once, sealed.
 * @param {State} s @param {Means} means @param {boolean} force
 * @returns {Promise<Result>}
 */
export async function lockedStep(s, means, force) {
  await s.peek();
  const now = means.now().getTime();
  if (!s.sync.epoch) return { did: "auth", more: false };
  const wait = waitLeft(s, now);
  if (wait > 0 && !force) return { ...IDLE, wait };
  const waiting = s.sync.fork || s.sync.raw ? [] : await sealedSaves(s);
  if (!waiting.length) return IDLE;
  const { request: what } = await envelope(s, waiting, means.report);
  const answer = await call(s, means.fetch, PUSH, what);
  // Read as a push's only where it is one: status 200.
  const { status, body, retryAfter, trouble } = /** @type {Answer & {body: Pushed}} */ (answer);
  if (status === 401) return { did: "auth", more: false, code: body?.code };
  if (status === 426) return { did: "update", more: false, code: body?.code };
  if (status === 200 && (await continues(s, body))) {
    await renew(s);
    const before = s.sync.received;
    const durable = body.durable_mid ?? s.sync.durable;
    const signed = body.receipt ? { receipt: body.receipt } : {};
    await noteSync(s, {
      received: body.last_mid,
      durable,
      ...heard(s, body),
      ...signed,
      ...RESTED,
    });
    if (body.last_mid > before) return { did: "push", more: true };
  }
  await backOff(s, now, means.random(), retryAfter);
  const did = status === 200 ? "locked" : "offline";
  return { did, more: false, code: body?.code, trouble };
}

/**
 * True when an answer goes on where my journal does. A fork or a restored server changes what can
 * be read here, and waits for the PIN.
 * @param {State} s @param {Pushed} body
 */
async function continues(s, { fork, epoch, last_mid: mid, last_key: key }) {
  if (fork || epoch !== s.sync.epoch || !Number.isInteger(mid) || mid > s.head.mid) return false;
  const own = await keyAt(s, mid);
  return !own || !key || own === key;
}
