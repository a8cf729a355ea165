// What this storage lost, as the cookie remembers it, and that somebody has read it.
import { ask } from "./idb.js";
import { lostNumbers } from "./ledger.js";

/** @typedef {import("./state.js").State} State */

/**
 * The numbers that went with a cleared storage, until somebody says they have read it.
 * @param {State} s
 * @returns {{from: number, to: number} | null}
 */
export const lostUnread = (s) => (s.head.lost?.seen ? null : lostNumbers(s));

/** The officer has read it; the ledger goes on naming them. @param {State} s @param {Date} now */
export async function lostSeen(s, now) {
  await s.conn.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const head = await ask(meta.get("head"));
      if (head.lost) meta.put({ ...head, lost: { ...head.lost, seen: now.toISOString() } }, "head");
    },
    "strict",
  );
  await s.refresh();
}
