// Numbers that are gone from this phone and not on the server: as the cookie and the server remember it,
// named until somebody has settled what became of it.
import { ask } from "../engine/idb.js";
import { completeCounts } from "./save_counts.js";
import { offerAgain } from "../journal/settle.js";
import { noteSync } from "../records/sync_state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").Range} Range */
/** @typedef {NonNullable<import("../records/state.js").Head["lost"]>} Lost */
/**
 * @typedef {object} Losses
 * @property {{ranges: Range[], known: boolean, after?: string | null, until?: number, seen: boolean} | null} lost
 *   what went with a cleared storage; `known`: the server has told what it lacks, else only the
 *   cookie speaks; saved between `after`, when the server received the one before, and `until`
 * @property {Range[]} gone what the server had once confirmed and does not have now
 * @property {{name: string, recorded: number, received: number, seen_at: string} | null} before
 *   this person's phone that this one, which began empty, took the place of
 */

/** @param {Range[]} ranges */
const size = (ranges) => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** Numbers that the server lacks and this phone no longer keeps. @param {State} s @returns {Range[]} */
const goneRanges = ({ head: { floor }, sync: { missing = [] } }) =>
  missing
    .filter(([from]) => from <= floor.mid)
    .map(([from, to, settled]) => [from, Math.min(to, floor.mid), settled]);

/**
 * Numbers the cookie remembers and this storage never had; once the server has told, those that it
 * does not have either, until somebody settles them.
 * @param {State} s @returns {Range[]}
 */
function lostRanges({ head: { lost, mid, device } }) {
  if (!lost) return [];
  if (lost.missing) return lost.missing;
  if (lost.device === device) return lost.mid > mid ? [[mid + 1, lost.mid]] : [];
  return [[1, lost.mid]];
}

completeCounts((s, counts) => {
  const lacking = size(s.sync.missing ?? []);
  const away = goneRanges(s);
  const gone = size(away);
  const open = away.filter(([, , settled]) => !settled);
  const lost = size(lostRanges(s)) + size(open);
  return {
    recorded: counts.recorded,
    received: counts.received - lacking,
    pending: counts.pending + lacking - gone,
    gone,
    lost,
    ...(lost ? { done: "field.sent_but" } : {}),
  };
});

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

/** @param {State} s @param {(lost: Lost) => Partial<Lost>} change */
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

/**
 * Remember what the server tells at a registration of saves that this phone cannot know of.
 * @param {State} s
 * @param {{lost?: {missing: Range[], after: string | null} | null, before?: Losses["before"]}} told
 */
export async function rememberTold(s, { lost, before }) {
  if (lost !== undefined)
    await change(s, () => ({ missing: lost?.missing ?? [], after: lost?.after }));
  await noteSync(s, { before: s.head.mid ? null : (before ?? s.sync.before) });
}

/**
 * Numbers that the server lacks although it had gone past them: what is kept of them goes again,
 * once for each time it names them. True when something does.
 * @param {State} s
 */
export async function offerMissing(s) {
  const { missing = [], epoch } = s.sync;
  const offered = `${epoch} ${JSON.stringify(missing)}`;
  if (!missing.length || s.sync.offered === offered) return false;
  await noteSync(s, { offered });
  for (const [from, to] of missing) await offerAgain(s, from - 1, to);
  return true;
}
