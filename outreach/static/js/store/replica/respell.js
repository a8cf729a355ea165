// Names whose comparing form an earlier version wrote. Memory has today's form from the start. Here
// the disk gets it, some chunks at a time, so that it is worked out once and not at each start.
import { ask } from "../engine/idb.js";
import { chunkOf, SPELLING } from "../records/list_index.js";
import { stampIn } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */

const TOGETHER = 25;
/** Databases without an old chunk: none can come any more. @type {WeakSet<State>} */
const done = new WeakSet();

/** Old chunks that memory holds, with their rows. @param {State} s */
const oldOnes = (s) =>
  s.conn.run(["index"], "readonly", async (tx) => {
    const records = await ask(tx.objectStore("index").getAll());
    return records.flatMap(({ scope, gen, n, spelling }) => {
      const rows = s.indexes.get(`${scope}|${gen}`)?.chunks.get(n);
      return rows && spelling !== SPELLING ? [{ at: { scope, gen, n }, rows }] : [];
    });
  });

/**
 * Write the next chunks anew. What somebody pulled meanwhile is left alone: it is newer.
 * @param {State} s
 * @returns {Promise<boolean>} true while there may be more
 * @throws {import("../engine/errors.js").StoreError} locked
 */
export async function respellSome(s) {
  if (done.has(s)) return false;
  await s.refresh();
  const { b } = s.stamp;
  const old = (await oldOnes(s)).slice(0, TOGETHER);
  if (!old.length) {
    done.add(s);
    return false;
  }
  const chunks = await Promise.all(old.map(({ at, rows }) => chunkOf(s, at, rows)));
  await s.conn.run(["meta", "index"], "readwrite", async (tx) => {
    if ((await stampIn(tx)).b !== b) return;
    for (const chunk of chunks) tx.objectStore("index").put(chunk);
  });
  return true;
}
