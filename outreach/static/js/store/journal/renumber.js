// The journal numbered anew, as another device's.
import { standIn } from "./chain.js";
import { StoreError } from "../engine/errors.js";
import { link } from "../engine/hash.js";
import { ask } from "../engine/idb.js";
import { ATTEMPTS, twice } from "./journal.js";
import { exclusively } from "../engine/locks.js";
import { newHead, open, raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/record_types.js").Tx} Tx */

/**
 * Numbers of a device that this storage cannot send any more: what it was let go of, and what went
 * when the storage turned back, with a fourth 1. The rest is numbered anew.
 * @param {import("../records/state.js").Head} head
 * @returns {NonNullable<import("../records/state.js").Head["let_go"]>}
 */
function notKept({ device, mid, floor, lost }) {
  const own = lost?.device === device ? lost : null;
  /** @type {NonNullable<import("../records/state.js").Head["let_go"]>} */
  const ranges = [
    [device, 1, floor.mid],
    [device, mid + 1, own?.mid ?? 0, 1],
  ];
  // Numbers given out a second time since: the first saves under them are as lost as before.
  for (const [from, to] of own?.missing ?? []) ranges.push([device, from, Math.min(to, mid), 1]);
  return ranges.filter(([, from, to]) => from <= to);
}

/**
 * What the server lacks of a device that goes on as another stays known until it tells anew.
 * @param {import("../records/state.js").SyncState} sync @param {string} device
 * @returns {Partial<import("../records/state.js").SyncState>}
 */
function earlierOf({ earlier = [], missing }, device) {
  const more = missing?.length ? [{ device, missing }] : [];
  return { earlier: [...earlier, ...more], missing: undefined, toldIn: undefined };
}

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
  // What went with an earlier storage stays named: a restored server may have to hear of it again.
  if (old.lost && old.lost.device !== old.device) head.lost = old.lost;
  head.let_go = [...(old.let_go ?? []), ...notKept(old)];
  /** @type {Map<number, number>} */
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
  const work = async (/** @type {Tx} */ tx) => {
    const held = await ask(tx.objectStore("meta").get("head"));
    if (held.mid !== old.mid || held.device !== old.device) return false;
    const journal = tx.objectStore("journal");
    await ask(journal.clear());
    for (const rec of kept) journal.add(rec);
    tx.objectStore("meta").put(head, "head");
    const sync = await ask(tx.objectStore("meta").get("sync"));
    const anew = { fork: undefined, received: 0, durable: 0, raw: 0, badUntil: 0 };
    tx.objectStore("meta").put({ ...sync, ...anew, ...earlierOf(sync, old.device) }, "sync");
    const blobs = tx.objectStore("blobs");
    for (const blob of await ask(blobs.getAll())) {
      if (blob.mid) blobs.put({ ...blob, mid: renamed.get(blob.mid) });
    }
    await raise(tx, "j");
    return true;
  };
  return s.conn.run(["meta", "journal", "blobs"], "readwrite", work, "strict");
}
