/** Rows of people: the village list, grouped by hamlet, and search results. */
import { nearing65 } from "../../domain/age.js";
import { formatShortDate } from "../../domain/formats.js";
import { label, mark, nikText, who } from "./field_builders.js";

/** @typedef {import("../request_types.js").Words} Words */

/** @typedef {import("../../store/replica/lists.js").Hit} Hit */
/** @typedef {import("../context.js").Occupation} Occupation */
/** @typedef {import("../context.js").Village} Village */
/**
 * @typedef {object} RowsContext what rows need besides the people
 * @property {string} today
 * @property {Occupation[]} occupations
 * @property {Village} [village]
 * @property {Map<string, Hit> | null} [places] where rows stand under the place they live in
 */

/** @param {Hit} row @param {Pick<RowsContext, "today" | "occupations">} ctx @param {Words} w */
export function person(row, ctx, w) {
  return {
    id: row.id,
    name: row.name || w.t("field.no_name"),
    who: who(row, ctx.today, w),
    work: occupationName(ctx.occupations, row.occ, w),
    nik: nikText(row.nik, w),
    mark: mark(row.state, w),
    status: [label("status", row.status, w), soon(row.birth, ctx.today, w)]
      .filter(Boolean)
      .join(" · "),
  };
}

/** "akan 65 pada 2-12-2026", or nothing. @param {string | undefined} birth @param {string} today @param {Words} w */
export function soon(birth, today, w) {
  const turns = nearing65(birth, today);
  return turns ? w.t("kit.turns_65", { date: formatShortDate(turns) }) : "";
}

/** @param {Occupation[]} occupations @param {string|undefined} code @param {Words} w */
export function occupationName(occupations, code, w) {
  if (!code) return "";
  const found = occupations.find((o) => o.code === code);
  return found ? (found[w.lang] ?? found.id) : code;
}

/** "Pemangku 1 · RT 002", or Lingkungan in a kelurahan. @param {{pemangku?: string, rt?: string} | undefined} place @param {string | undefined} kind @param {Words} w */
export function hamletName(place, kind, w) {
  if (!place?.pemangku && !place?.rt) return w.t("field.hamlet.none");
  const first = kind === "kelurahan" ? "field.hamlet.lingkungan" : "field.hamlet.pemangku";
  const parts = [];
  if (place.pemangku)
    parts.push(/^\d+$/.test(place.pemangku) ? w.t(first, { n: place.pemangku }) : place.pemangku);
  if (place.rt) parts.push(`RT ${place.rt}`);
  return parts.join(" · ");
}

/**
 * People in groups, each with its heading; groups keep the order of their first person.
 * @param {Hit[]} rows @param {RowsContext} ctx @param {Words} w
 */
export function grouped(rows, ctx, w) {
  /** @type {Map<string, ReturnType<typeof person>[]>} */
  const groups = new Map();
  for (const row of rows) {
    const place = ctx.places?.get(row.id);
    const title = ctx.places ? hamletName(place, ctx.village?.kind, w) : "";
    groups.set(title, [...(groups.get(title) ?? []), person(row, ctx, w)]);
  }
  const list = [...groups].map(([title, people]) => ({ title, people }));
  return ctx.places
    ? list.sort((a, b) => a.title.localeCompare(b.title, "id", { numeric: true }))
    : list;
}
