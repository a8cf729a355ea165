/** Rows of people from several villages, and the chips that say why somebody is to be visited again. */
import { WHYS } from "../../../store/books/revisit.js";
import { person } from "../../parts_of_screens/people_rows.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../store/books/revisit.js").Revisit} Revisit */
/** @typedef {import("../../../store/replica/lists.js").Hit} Hit */
/** @typedef {import("../../context.js").Village} Village */

/** @typedef {{today: string, occupations: import("../../context.js").Occupation[], village: (code: string) => Village}} PlacedContext rows from several villages */

/** A row that says why, where a list says how far somebody is. @param {Revisit} row @param {PlacedContext} ctx @param {Words} w */
const revisitRow = (row, ctx, w) => ({
  ...person(row, ctx, w),
  status: row.whys.map((why) => w.t(`field.revisit.${why}`)).join(" · "),
});

/**
 * @template {Hit} R
 * @param {R[]} rows @param {PlacedContext} ctx @param {Words} w
 * @param {(row: R, ctx: PlacedContext, w: Words) => ReturnType<typeof person>} make
 */
function groups(rows, ctx, w, make) {
  /** @type {Map<string, ReturnType<typeof person>[]>} */
  const found = new Map();
  for (const row of rows) {
    const { name, place } = ctx.village(row.scope);
    const title = [name, place].filter(Boolean).join(" · ");
    found.set(title, [...(found.get(title) ?? []), make(row, ctx, w)]);
  }
  return [...found].map(([title, people]) => ({ title, people }));
}

/** @param {Revisit[]} rows @param {PlacedContext} ctx @param {Words} w */
export const revisitRows = (rows, ctx, w) => groups(rows, ctx, w, revisitRow);

/** @param {Hit[]} rows @param {PlacedContext} ctx @param {Words} w */
export const byVillage = (rows, ctx, w) => groups(rows, ctx, w, person);

/**
 * "Semua" and each reason that anybody has, or that is asked for.
 * @param {Revisit[]} rows @param {number} all how many "Semua" means @param {string} why @param {Words} w
 */
export function chips(rows, all, why, w) {
  const counted = WHYS.map((one) => ({
    why: one,
    n: rows.filter((r) => r.whys.includes(one)).length,
  }));
  const given = counted.filter((one) => one.n || one.why === why);
  if (!given.length) return [];
  return [{ why: "", n: all }, ...given].map((one) => ({
    why: one.why,
    label: w.t(`field.revisit.${one.why || "all"}`),
    n: one.n,
    on: one.why === why ? 1 : 0,
  }));
}
