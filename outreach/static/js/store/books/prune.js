// Letting go of saves that need not be kept any longer.
import { noteDown } from "./save_log.js";
import { waitingIn } from "../records/blobs.js";
import { ask } from "../engine/idb.js";
import { linkOf, raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/record_types.js").Tx} Tx */

/**
 * Let go of what lies in a verified backup: from the front, answered, out of view, with nothing
 * left to upload, and written down in the book.
 * @param {State} s @param {number} durable
 */
export async function prune(s, durable) {
  if (durable <= s.head.floor.mid) return;
  const book = await noteDown(s);
  const kept = IDBKeyRange.bound(s.head.floor.mid + 1, durable);
  const { records, todo } = await s.conn.run(["journal", "blobs"], "readonly", async (tx) => ({
    records: await ask(tx.objectStore("journal").getAll(kept, 500)),
    todo: await waitingIn(tx),
  }));
  const uploading = new Set(todo.map((blob) => blob.mid));
  const stop = records.findIndex(
    (rec) => rec.hot || uploading.has(rec.mid) || !book.has(s.head.before + rec.mid),
  );
  const safe = stop < 0 ? records : records.slice(0, stop);
  const last = safe.at(-1);
  if (!last) return;
  const h = await linkOf(s, last);
  const work = async (/** @type {Tx} */ tx) => {
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
