// The journal's chain as a whole: what stands at a number, and where the server's is another.
import { StoreError } from "../engine/errors.js";
import { GENESIS, link } from "../engine/hash.js";
import { ask } from "../engine/idb.js";
import { exclusively } from "../engine/locks.js";
import { linkOf, open, raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/record_types.js").Tx} Tx */

/**
 * Key and chain value of one of my numbers; null when it is no longer kept.
 * @param {State} s @param {number} mid
 * @returns {Promise<{key: string, hash: string} | null>}
 */
export async function mine(s, mid) {
  if (mid === 0) return { key: "", hash: GENESIS };
  const { floor } = s.head;
  if (mid === floor.mid) return { key: floor.key, hash: floor.hash };
  const rec = await recordAt(s, mid);
  return rec ? { key: rec.key, hash: await linkOf(s, rec) } : null;
}

/** @param {State} s @param {number} mid */
const recordAt = (s, mid) =>
  s.conn.run(["journal"], "readonly", (tx) => ask(tx.objectStore("journal").get(mid)));

/**
 * Key of one of my numbers, which needs no data key; undefined when it is no longer kept.
 * @param {State} s @param {number} mid
 * @returns {Promise<string | undefined>}
 */
export const keyAt = async (s, mid) =>
  mid === s.head.floor.mid ? s.head.floor.key : (await recordAt(s, mid))?.key;

/** The bytes that a link runs over; of a save that I cannot read, any: the server tells its link. @param {import("../records/state.js").Entry} entry */
export const standIn = ({ json, key }) => json || key;

/**
 * The server's chain runs over other bytes than mine, because it stored one save as raw text or I
 * could not read what I sent; with it goes what my later saves continue.
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
      if (rec.mid > mid) last = await link(last, standIn(await open(s, rec)));
      rec.h = last;
    }
    const work = async (/** @type {Tx} */ tx) => {
      const head = await ask(tx.objectStore("meta").get("head"));
      if (head.device !== device || head.mid !== top) throw new StoreError("storage_busy");
      for (const rec of records) tx.objectStore("journal").put(rec);
      await ask(tx.objectStore("meta").put({ ...head, hash: last }, "head"));
      await raise(tx, "j");
    };
    await s.conn.run(["meta", "journal"], "readwrite", work, "strict");
    await s.refresh();
  });
