// What is gone from this phone and is not on the server: as the cookie and the server remember it,
// named until somebody has settled what became of it.
import { ask } from "./idb.js";
import { goneRanges, lostRanges } from "./ledger.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./ledger.js").Range} Range */
/**
 * @typedef {object} Losses
 * @property {{ranges: Range[], known: boolean, after?: string | null, until?: number, seen: boolean} | null} lost
 *   what went with a cleared storage; `known`: the server has told what it lacks, else only the
 *   cookie speaks; saved between `after`, when the server received the one before, and `until`
 * @property {Range[]} gone what the server had once confirmed and does not have now
 * @property {{name: string, recorded: number, received: number, seen_at: string} | null} before
 *   this person's phone that this one, which began empty, took the place of
 */

/** @param {State} s @returns {Losses} */
export function losses(s) {
  const { lost, before: offset } = s.head;
  const ranges = lostRanges(s);
  const gone = goneRanges(s).filter(([, , settled]) => !settled);
  const about = lost && {
    ranges,
    known: Boolean(lost.missing),
    after: lost.after,
    until: lost.at,
    seen: Boolean(lost.seen),
  };
  return {
    lost: ranges.length && about ? about : null,
    gone: gone.map(([from, to]) => [from + offset, to + offset]),
    before: s.sync.before ?? null,
  };
}

/** @param {State} s @param {(lost: any) => any} change */
async function change(s, change) {
  await s.conn.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const head = await ask(meta.get("head"));
      if (head.lost) meta.put({ ...head, lost: { ...head.lost, ...change(head.lost) } }, "head");
    },
    "strict",
  );
  await s.peek();
}

/** The officer has read it; it goes on being named. @param {State} s @param {Date} now */
export const lostSeen = (s, now) => change(s, () => ({ seen: now.toISOString() }));
