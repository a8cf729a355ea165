// The sync client's memory between steps, in the person's own database.
import { ask } from "../engine/idb.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").SyncState} SyncState */

/**
 * Remember a change of the client's own state.
 * @param {State} s @param {Partial<SyncState>} change
 */
export async function noteSync(s, change) {
  const after = { ...s.sync, ...change };
  await s.conn.run(["meta"], "readwrite", (tx) => ask(tx.objectStore("meta").put(after, "sync")));
  s.sync = after;
}
