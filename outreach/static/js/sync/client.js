// One step of sync per call: one push, one pull page or one piece of a picture. The page calls
// again while `more` is true; nothing here loops, and no answer of a server deletes unsent work.
import { ifFree } from "../store/engine/locks.js";
import * as books from "../store/books/save_counts.js";
import { unsettled } from "../store/journal/journal.js";
import { markSending, recoverSending } from "../store/journal/settle.js";
import { noteUser } from "../store/engine/meta.js";
import * as lineage from "./lineage.js";
import { isOpen } from "../vault/session.js";
import { tellLeft } from "./login.js";
import { waitLeft } from "./progress.js";
import { push } from "./push.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Stepped} Stepped */
/** @typedef {import("./step_types.js").Result} Result */

/** @type {Result} */
const NOTHING = { did: "idle", more: false };

/**
 * Additions of the worker's second part to a step (second_part.js):
 * meet: ask for the server's keys, where this phone knows none ·
 * fork, another: go on as another device, where my storage went back in time or has other keys ·
 * encrypt: rewrite what an earlier version or PIN left here; null where that has to wait ·
 * follow: numbers lost by an older backup, pictures and what the server has, once every save is sent ·
 * tidy: let go and seal, when there is nothing better to do; true while there is more of it ·
 * locked: the step of a locked phone ·
 * told: remember what the server tells at a registration ·
 * lost: shut what can be read here. A phone whose second part is not there yet hears of it again
 * from its next pull, which only that part does.
 */
let second = {
  /** @param {Store} _store @param {Means} _means @param {boolean} _force @returns {Promise<Result | null>} */
  meet: async (_store, _means, _force) => null,
  /** @param {Store} _store @param {Means} _means @returns {Promise<Result>} */
  fork: async (_store, _means) => NOTHING,
  /** @param {Store} _store @param {import("./wire.js").Fetch} _fetch */
  another: async (_store, _fetch) => false,
  /** @param {State} _s @returns {Promise<Result | null>} */
  encrypt: async (_s) => null,
  /** @param {Store} _store @param {Means} _means @param {boolean} _force @returns {Promise<Result>} */
  follow: async (_store, _means, _force) => NOTHING,
  /** @param {State} _s @param {boolean} _more @returns {Promise<boolean>} */
  tidy: async (_s, _more) => false,
  /** @param {State} _s @param {Means} _means @param {boolean} _force @returns {Promise<Result>} */
  locked: async (_s, _means, _force) => ({ did: "locked", more: false }),
  /** @param {State} _s */
  lost: async (_s) => {},
  /** @type {((s: State, told: import("./answer_types.js").Told, about: lineage.About & {fetch: import("./wire.js").Fetch}) => Promise<void>) | undefined} */
  told: undefined,
};

/** @param {typeof second} work */
export function completeSteps(work) {
  second = work;
}

/** See `register` of lineage.js. @type {typeof lineage.register} */
export async function register(store, about) {
  const answer = await lineage.register(store, about);
  if (answer.status === 410) await second.lost(store.state);
  if (answer.told) await second.told?.(store.state, answer.told, about);
  const other = answer.code === lineage.OTHER_KEY && (await second.another(store, about.fetch));
  if (other) return register(store, about);
  return answer;
}

/**
 * Do one piece of work with the server.
 * @param {Store} store
 * @param {{fetch: import("./wire.js").Fetch, now?: (() => Date | number) | Date | number, random?: () => number, force?: boolean, report?: Means["report"], photos?: boolean, rows?: boolean}} options
 *   force: the person asked, so waiting times do not count
 * @returns {Promise<Stepped>}
 */
export async function step(store, { fetch, now, random = Math.random, force = false, ...more }) {
  const clock = () => new Date((typeof now === "function" ? now() : now) ?? Date.now());
  const means = { ...more, fetch, now: clock, random };
  const { state } = store;
  await tellLeft(state, fetch);
  const open = await isOpen(state);
  const result = await ifFree(
    `jk-${store.userId}-sync`,
    async () =>
      (await second.meet(store, means, force)) ??
      (open ? oneStep(store, means, force) : second.locked(state, means, force)),
  );
  if (await isOpen(state)) await state.refresh();
  else await state.peek();
  const ledger = await books.counts(store.state);
  if (result?.did === "push") await noteUser({ id: store.userId, unsent: ledger.pending });
  return { .../** @type {Result} */ (result ?? { did: "idle", more: false, wait: 1000 }), ledger };
}

/** @param {Store} store @param {Means} means @param {boolean} force @returns {Promise<Result>} */
async function oneStep(store, means, force) {
  const s = store.state;
  await s.refresh();
  const rewritten = s.plain && (await second.encrypt(s));
  if (rewritten) return rewritten;
  const now = means.now().getTime();
  if (!s.sync.epoch) return { did: "auth", more: false };
  const wait = waitLeft(s, now);
  if (wait > 0 && !force) return { did: "idle", more: await second.tidy(s, false), wait };
  if (s.sync.fork) return second.fork(store, means);
  const waiting = unsettled(s);
  const result = waiting.length ? await push(store, means, waiting, markSending) : null;
  // One step runs at a time, so whatever still seems to be on the way was cut off.
  await recoverSending(s);
  const done = result ?? (await second.follow(store, means, force));
  if (done.did === "locked") return done;
  return { ...done, more: (await second.tidy(s, done.more)) || done.more };
}
