/** Rows of people from several villages, and the chips that say what somebody lacks. */
import { WHYS } from "../../../store/books/revisit.js";
import { person } from "../../parts_of_screens/people_rows.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../store/books/revisit.js").Revisit} Revisit */
/** @typedef {import("../../../store/replica/lists.js").Hit} Hit */
/** @typedef {import("../../context.js").Village} Village */

/** @typedef {{today: string, occupations: import("../../context.js").Occupation[], village: (code: string) => Village}} PlacedContext rows from several villages */

/** Found people under the village of each. @param {Hit[]} rows @param {PlacedContext} ctx @param {Words} w */
export function byVillage(rows, ctx, w) {
  /** @type {Map<string, ReturnType<typeof person>[]>} */
  const found = new Map();
  for (const row of rows) {
    const { name, place } = ctx.village(row.scope);
    const title = [name, place].filter(Boolean).join(" · ");
    found.set(title, [...(found.get(title) ?? []), person(row, ctx, w)]);
  }
  return [...found].map(([title, people]) => ({ title, people }));
}

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
