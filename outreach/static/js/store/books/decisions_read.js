// Which decisions of the office an officer has read; lies in the user's own database.
import { ask } from "../engine/idb.js";

/**
 * Note that the officer has read how a conflict ended: its row, and how many answers were decided.
 * A later decision about the same save shows again.
 * @param {import("../records/state.js").State} s @param {string} row @param {number} count
 */
export const noteRead = (s, row, count) =>
  s.conn.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const before = await ask(meta.get("read"));
    await ask(meta.put({ ...before, [row]: count }, "read"));
  });
