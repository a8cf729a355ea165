/** A village's list: search at each keystroke by POST, so that no name or NIK is in an address. */
import { search } from "../../../store/replica/search.js";
import { route } from "../../router.js";
import { grouped } from "../../parts_of_screens/people_rows.js";
import { chips } from "../revisit/view.js";
import { canAdd, references, today, village } from "../../context.js";
import { revisitsIn, whyOf } from "../revisit/routes.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../../store/replica/lists.js").Hit} Hit */
/** @typedef {import("../../../store/books/revisit.js").Why} Why */

const PAGE = 40;

/** @param {Q} q @param {Hit[]} rows @param {string} code @param {boolean} byPlace */
async function rowsView(q, rows, code, byPlace) {
  const refs = await references(q);
  const places = byPlace ? new Map(rows.map((row) => [row.id, row])) : null;
  const ctx = { today: today(q), occupations: refs.occupations, village: village(code), places };
  return grouped(rows, ctx, q.w);
}

/** The filter for rows; all pass where none is set. @param {Open} q @param {string} code @param {Why | ""} why */
async function filter(q, code, why) {
  if (!why) return (/** @type {Hit[]} */ rows) => rows;
  const fit = (await revisitsIn(q, code)).filter((row) => row.whys.includes(why));
  const ids = new Set(fit.map(({ id }) => id));
  return (/** @type {Hit[]} */ rows) => rows.filter(({ id }) => ids.has(id));
}

/** @param {Open} q @param {string} code @param {Why | ""} why @param {string} [after] */
async function pageOf(q, code, why, after) {
  const fits = await filter(q, code, why);
  const limit = why ? Number.POSITIVE_INFINITY : PAGE;
  const rows = fits(await q.store.list(code, { after, limit, order: "place" })).slice(0, PAGE);
  const groups = await rowsView(q, rows, code, true);
  return {
    code,
    groups,
    why,
    after: rows.length === PAGE ? rows[rows.length - 1].id : "",
    rows_none: q.t(emptyKey(q, why)),
  };
}

/** @param {Q} q @param {string} why */
const emptyKey = (q, why) =>
  why ? "field.revisit.none" : canAdd(q) ? "field.list.empty" : "field.list.empty_head";

route("GET", "/field/v/{code}", async (q) => {
  const { code } = q.params;
  if (!q.store) return { redirect: "/field/" };
  const place = village(code);
  const n = await q.store.count(code);
  const why = whyOf(q.query.get("s"));
  const ctx = {
    ...(await pageOf(q, code, why)),
    chips: chips(await revisitsIn(q, code), n, why, q.w),
    name: place.name,
    place: place.place,
    count: q.t("field.people", { n }),
    can_add: canAdd(q) ? 1 : 0,
  };
  return { view: "village", title: place.name, ctx };
});

route("POST", "/field/v/{code}/search", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { code } = q.params;
  const query = (q.form.get("q") ?? "").trim();
  const why = whyOf(q.form.get("s"));
  if (!query) return { view: "_rows", ctx: await pageOf(q, code, why) };
  const fits = await filter(q, code, why);
  const limit = why ? Number.POSITIVE_INFINITY : PAGE;
  const rows = fits(await search(q.store, code, query, limit)).slice(0, PAGE);
  const groups = await rowsView(q, rows, code, false);
  return {
    view: "_rows",
    ctx: { code, groups, why, after: "", rows_none: q.t("field.list.none_found") },
  };
});

route("POST", "/field/v/{code}/more", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const after = q.form.get("after") ?? undefined;
  return { view: "_rows", ctx: await pageOf(q, q.params.code, whyOf(q.form.get("s")), after) };
});
