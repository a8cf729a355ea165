// The journal's chain as a whole: what stands at a number, and numbering it anew.
import { StoreError } from "./errors.js";
import { GENESIS, link } from "./hash.js";
import { ask } from "./idb.js";
import { ATTEMPTS, twice } from "./journal.js";
import { exclusively } from "./locks.js";
import { linkOf, newHead, open, raise } from "./state.js";

/** @typedef {import("./state.js").State} State */

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

/** What a link runs over; where I cannot read a save, anything: the server tells its link. @param {import("./state.js").Entry} entry */
const standIn = ({ json, key }) => json || key;

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
  const head = { ...newHead(device), before: old.before + old.floor.mid, was: old.device };
  const renamed = new Map();
  for (const rec of kept) {
    const entry = await open(s, rec);
    head.mid += 1;
    renamed.set(rec.mid, head.mid);
    const json = entry.shut ? "" : JSON.stringify({ ...entry.m, mid: head.mid });
    head.hash = await link(head.hash, standIn({ ...entry, json }));
    head.key = rec.key;
    const again = entry.shut ? {} : await twice(s, rec.key, json, entry.st);
    Object.assign(rec, { mid: head.mid, h: head.hash, state: "waiting", hot: 1, ...again });
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
