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

/** @param {Range[]} ranges @param {number} first @param {number} last @param {number} offset @returns {Range[]} */
const within = (ranges, first, last, offset) =>
  ranges
    .filter(([from, to]) => from <= last && to >= first)
    .map(([from, to, settled]) => [
      Math.max(from, first) + offset,
      Math.min(to, last) + offset,
      settled,
    ]);

/** True for what the phone was let go of, which is counted in `before`. @param {NonNullable<import("../records/state.js").Head["let_go"]>[number]} range */
const wasSafe = ([, from, , turned]) => from === 1 && !turned;

/**
 * What the server lacks of the numbers before this device, as the phone counts on: `gone` was once
 * there, `lost` went when the storage turned back. @param {State} s
 */
function earlierRanges({ head: { before, let_go: all = [] }, sync: { earlier = [] } }) {
  const told = new Map(earlier.map((one) => [one.device, one]));
  /** @type {Map<string, number>} */
  const offsets = new Map();
  /** @type {Range[][]} */
  const [gone, lost] = [[], []];
  let at = before - all.filter(wasSafe).reduce((sum, [, , to]) => sum + to, 0);
  for (const range of all) {
    const [device, from, to] = range;
    const offset = offsets.get(device) ?? at;
    offsets.set(device, offset);
    if (wasSafe(range)) at += to;
    const missing = told.get(device)?.missing ?? [];
    (wasSafe(range) ? gone : lost).push(...within(missing, from, to, offset));
  }
  for (const { device, back = [] } of earlier)
    lost.push(...within(back, 1, Infinity, offsets.get(device) ?? 0));
  return { gone, lost: waiting(lost) };
}

/** Those that nobody has settled. @param {Range[]} ranges */
const waiting = (ranges) => ranges.filter(([, , settled]) => !settled);

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
  const earlier = earlierRanges(s);
  const before = size(earlier.gone);
  const open = [...waiting([...away, ...earlier.gone]), ...earlier.lost];
  const lost = size(lostRanges(s)) + size(open);
  return {
    recorded: counts.recorded,
    received: counts.received - lacking - before,
    pending: counts.pending + lacking - gone,
    gone: gone + before,
    lost,
    ...(lost ? { done: "field.sent_but" } : {}),
  };
});

/** @param {State} s @returns {Losses} */
export function losses(s) {
  const { lost, before: offset, device } = s.head;
  const earlier = earlierRanges(s);
  const own = within(lostRanges(s), 1, Infinity, lost?.device === device ? offset : 0);
  /** @type {Range[]} */
  const ranges = [...earlier.lost, ...own].map(([from, to]) => [from, to]);
  const gone = [...earlier.gone, ...within(goneRanges(s), 1, Infinity, offset)];
  const about = {
    ranges,
    known: Boolean(lost?.missing || !own.length),
    after: lost?.after,
    until: lost?.at,
    // What went before this device was named then, and has no button of its own.
    seen: Boolean(lost?.seen || !own.length),
  };
  return {
    lost: ranges.length ? about : null,
    gone: waiting(gone).map(([from, to]) => [from, to]),
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
