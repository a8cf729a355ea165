// What an earlier version wrote in clear, rewritten encrypted, some records at a time. The place
// reached is kept in the same transaction as the records, so a kill at any moment repeats nothing
// and leaves nothing out; what somebody changes meanwhile is encrypted by that change already.
import { ask } from "../store/idb.js";
import { PLAIN } from "../store/db.js";
import { decode, encode, encodeBytes, isPlain } from "../store/payload.js";
import { placeOf } from "../store/shelves.js";
import { exclusively } from "../store/locks.js";
import { open } from "../store/state.js";

/** @typedef {import("../store/state.js").State} State */
/** @typedef {{store: string, after: IDBValidKey | null, clean: boolean}} Reached */

const TOGETHER = 25;
const ORDER = ["meta", "journal", "drafts", "bytes", "index", "pages"];

/** @param {State} s @param {any} rec */
async function journal(s, rec) {
  const { json, h, st, verdict } = await open(s, rec);
  const after = { h, payload: await encode(s, `journal/${rec.key}`, { m: json, st }) };
  if (!rec.verdict) return after;
  return { ...after, verdict: await encode(s, `verdict/${rec.key}`, verdict) };
}

/** @param {"index" | "pages"} store */
const shelf = (store) => async (/** @type {State} */ s, /** @type {any} */ rec) => {
  const place = placeOf(store, rec);
  return { payload: await encode(s, place, await decode(s, place, rec.payload)) };
};

/** What of a record changes, by store. @type {Record<string, (s: State, rec: any, key: any) => Promise<any>>} */
const REWRITE = {
  meta: async (s, rec) => encode(s, "profile", await decode(s, "profile", rec)),
  bytes: async (s, rec, key) => encodeBytes(s, `bytes/${key}`, rec.slice(1)),
  journal,
  drafts: async (s, rec) => {
    const place = `drafts/${rec.id}`;
    return { payload: await encode(s, place, await decode(s, place, rec.payload)) };
  },
  index: shelf("index"),
  pages: shelf("pages"),
};

/** @param {any} bytes */
const inClear = (bytes) => bytes instanceof Uint8Array && isPlain(bytes);

/** True when part of a record lies in clear. @param {any} rec */
const needs = (rec) => inClear(rec) || inClear(rec?.payload) || inClear(rec?.verdict);

/**
 * The next records, and where they lie.
 * @param {State} s
 * @returns {Promise<{reached: Reached | undefined, keys: IDBValidKey[], records: any[]}>}
 */
const next = (s) =>
  s.conn.run([...ORDER], "readonly", async (tx) => {
    const reached = await ask(tx.objectStore("meta").get("plain"));
    if (!reached) return { reached, keys: [], records: [] };
    const store = tx.objectStore(reached.store);
    const range = reached.after === null ? null : IDBKeyRange.lowerBound(reached.after, true);
    const [keys, records] = await Promise.all([
      ask(store.getAllKeys(range, TOGETHER)),
      ask(store.getAll(range, TOGETHER)),
    ]);
    return { reached, keys, records };
  });

/**
 * Where to go on. A whole pass that found nothing in clear is the end.
 * @param {Reached} reached @param {IDBValidKey[]} keys @param {boolean} clean
 * @returns {Reached | null}
 */
function onward({ store, ...rest }, keys, clean) {
  const still = rest.clean && clean;
  if (keys.length === TOGETHER) return { store, after: keys[TOGETHER - 1], clean: still };
  const after = ORDER[ORDER.indexOf(store) + 1];
  if (after) return { store: after, after: null, clean: still };
  return still ? null : PLAIN;
}

/** @param {any} rec @param {any} after @returns {any} the record with what is still in clear replaced */
function replaced(rec, after) {
  if (inClear(rec)) return after;
  for (const [name, value] of Object.entries(after)) {
    if (rec[name] === undefined || inClear(rec[name])) rec[name] = value;
  }
  return rec;
}

/**
 * Rewrite the next records.
 * @param {State} s
 * @returns {Promise<boolean>} true while there may be more
 * @throws {import("../store/errors.js").StoreError} locked
 */
export const encryptSome = (s) =>
  exclusively(`jk-${s.userId}-journal`, async () => {
    const { reached, keys, records } = await next(s);
    if (!reached) return false;
    /** @type {Map<IDBValidKey, any>} */
    const changes = new Map();
    for (const [i, rec] of records.entries()) {
      if (needs(rec)) changes.set(keys[i], await REWRITE[reached.store](s, rec, keys[i]));
    }
    const on = onward(reached, keys, !changes.size);
    await s.conn.run(
      [...new Set(["meta", reached.store])],
      "readwrite",
      async (tx) => {
        const store = tx.objectStore(reached.store);
        for (const [key, after] of changes) {
          const rec = await ask(store.get(key));
          if (!rec) continue;
          if (store.keyPath === null) store.put(replaced(rec, after), key);
          else store.put(replaced(rec, after));
        }
        if (on) tx.objectStore("meta").put(on, "plain");
        else tx.objectStore("meta").delete("plain");
      },
      "strict",
    );
    return Boolean(on);
  });
