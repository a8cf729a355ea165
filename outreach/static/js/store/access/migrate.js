// Records that lie in clear or under an earlier data key, rewritten under
// the present one, some records at a time. The place reached is kept in the same transaction as the
// records, so a kill at any moment repeats nothing and leaves nothing out; what somebody changes
// meanwhile is encrypted by that change already.
import { ask } from "../engine/idb.js";
import { PLAIN } from "../engine/db.js";
import { anew, encode, isPlain } from "../records/payload.js";
import { placeOf } from "../records/list_index.js";
import { exclusively } from "../engine/locks.js";
import { open } from "../records/state.js";
import { opens } from "../../vault/keys.js";
import { keysOf } from "../../vault/session.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../../vault/keys.js").Keys} Keys */
/** @typedef {import("../records/state.js").JournalRecord} JournalRecord */
/** @typedef {Record<string, unknown>} Rec a record of any store that holds objects */
/** @typedef {import("../../vault/vault_types.js").Reached} Reached */
/** @typedef {Record<string, Uint8Array>} Parts of a record by name; "" for one that is nothing else */

const TOGETHER = 25;
/** The twelve random bytes at the head of each writing are in so many. */
const HEAD = 14;
/** @type {(keyof import("../records/record_types.js").UserStores)[]} */
const ORDER = ["meta", "journal", "drafts", "bytes", "index", "pages"];

/** @param {"index" | "pages"} store */
const inChunks = (store) => (/** @type {Rec} */ rec) => ({
  payload: placeOf(store, /** @type {import("../records/record_types.js").ChunkKey} */ (rec)),
});

/** Where the parts of a record lie. @type {Record<string, (rec: Rec, key: IDBValidKey) => Record<string, string>>} */
const PLACES = {
  meta: (_rec, key) => ({ "": /** @type {string} */ (key) }),
  bytes: (_rec, key) => ({ "": `bytes/${key}` }),
  journal: ({ key }) => ({ payload: `journal/${key}`, verdict: `verdict/${key}` }),
  drafts: ({ id }) => ({ payload: `drafts/${id}` }),
  index: inChunks("index"),
  pages: inChunks("pages"),
};

/** @param {unknown} rec @param {string} part @returns {unknown} */
const partOf = (rec, part) => (part ? /** @type {Rec | undefined} */ (rec)?.[part] : rec);

/** True for what lies in clear or under an earlier key. @param {Keys} keys @param {unknown} bytes @returns {bytes is Uint8Array} */
const needs = (keys, bytes) =>
  bytes instanceof Uint8Array &&
  (isPlain(bytes) || (bytes[1] !== keys.gen && opens(keys, bytes[1])));

/**
 * The parts of a record that are to be written anew, as they will lie.
 * @param {State} s @param {Keys} keys @param {string} store @param {unknown} rec @param {IDBValidKey} key
 * @returns {Promise<Parts>}
 */
async function rewritten(s, keys, store, rec, key) {
  /** @type {Parts} */
  const after = {};
  for (const [part, place] of Object.entries(PLACES[store](/** @type {Rec} */ (rec), key))) {
    const bytes = partOf(rec, part);
    if (!needs(keys, bytes)) continue;
    if (place.startsWith("journal/") && isPlain(bytes)) {
      // The chain's value lies beside it since: a locked phone needs it to send.
      const { json, h, st } = await open(s, /** @type {JournalRecord} */ (rec));
      Object.assign(after, { h, [part]: await encode(s, place, { m: json, st }) });
    } else after[part] = await anew(s, place, bytes);
  }
  return after;
}

/**
 * The next records, and where they lie.
 * @param {State} s
 * @returns {Promise<{reached: Reached | undefined, keys: IDBValidKey[], records: unknown[]}>}
 */
const next = (s) =>
  s.conn.run([...ORDER], "readonly", async (tx) => {
    const reached = await ask(tx.objectStore("meta").get("plain"));
    if (!reached) return { reached, keys: [], records: [] };
    const store = /** @type {IDBTransaction} */ (tx).objectStore(reached.store);
    const range = reached.after === null ? null : IDBKeyRange.lowerBound(reached.after, true);
    const [keys, records] = await Promise.all([
      ask(store.getAllKeys(range, TOGETHER)),
      ask(store.getAll(range, TOGETHER)),
    ]);
    return { reached, keys, records };
  });

/**
 * Where to go on. A whole pass that found nothing to do is the end.
 * @param {Reached} reached @param {IDBValidKey[]} keys @param {boolean} clean
 * @returns {Reached | null}
 */
function onward({ store, ...rest }, keys, clean) {
  const still = rest.clean && clean;
  if (keys.length === TOGETHER) return { store, after: keys[TOGETHER - 1], clean: still };
  const after = ORDER[/** @type {string[]} */ (ORDER).indexOf(store) + 1];
  if (after) return { store: after, after: null, clean: still };
  return still ? null : PLAIN;
}

/** The very bytes that were read: each writing draws its head by lot. @param {unknown} a @param {unknown} b */
const same = (a, b) =>
  a instanceof Uint8Array &&
  a.length === /** @type {Uint8Array | undefined} */ (b)?.length &&
  a.subarray(0, HEAD).join() === /** @type {Uint8Array} */ (b).subarray(0, HEAD).join();

/**
 * A record with its new parts, where nobody has written anything else there since it was read.
 * @param {any} now of any store: an object, or bytes alone
 * @param {any} was the same
 * @param {Parts} after
 */
function replaced(now, was, after) {
  if (after[""]) return same(now, was) ? after[""] : now;
  for (const [part, bytes] of Object.entries(after)) {
    if (now[part] === undefined || same(now[part], was[part])) now[part] = bytes;
  }
  return now;
}

/**
 * Rewrite all that there is room for; the rest follows by itself, step by step.
 * @param {State} s
 * @throws {import("../engine/errors.js").StoreError} locked
 */
export async function encryptAll(s) {
  while (await encryptSome(s).catch(unlessFull));
}

/** False for a phone that is full, which ends no work but this. @param {import("../engine/errors.js").StoreError} error */
export function unlessFull(error) {
  if (error.code !== "storage_full") throw error;
  return false;
}

/**
 * Rewrite the next records.
 * @param {State} s
 * @returns {Promise<boolean>} true while there may be more
 * @throws {import("../engine/errors.js").StoreError} locked
 */
export const encryptSome = (s) =>
  exclusively(`jk-${s.userId}-journal`, async () => {
    const { reached, keys, records } = await next(s);
    if (!reached) return false;
    const mine = await keysOf(s);
    /** @type {Map<IDBValidKey, {was: unknown, after: Parts}>} */
    const changes = new Map();
    for (const [i, was] of records.entries()) {
      const after = await rewritten(s, mine, reached.store, was, keys[i]);
      if (Object.keys(after).length) changes.set(keys[i], { was, after });
    }
    const on = onward(reached, keys, !changes.size);
    await s.conn.run(
      [...new Set(/** @type {typeof ORDER} */ (["meta", reached.store]))],
      "readwrite",
      async (tx) => {
        const store = /** @type {IDBTransaction} */ (tx).objectStore(reached.store);
        for (const [key, { was, after }] of changes) {
          const rec = await ask(store.get(key));
          if (!rec) continue;
          if (store.keyPath === null) store.put(replaced(rec, was, after), key);
          else store.put(replaced(rec, was, after));
        }
        if (on) tx.objectStore("meta").put(on, "plain");
        else tx.objectStore("meta").delete("plain");
      },
      "strict",
    );
    return Boolean(on);
  });
