/** A village's list: search at each keystroke by POST, so that no name or NIK is in an address. */
import { search } from "../../store/search.js";
import { route } from "../router.js";
import { grouped } from "../views/people.js";
import { canAdd, references, today, village } from "./base.js";

const PAGE = 40;

/** @param {any} q @param {any[]} rows @param {string} code @param {boolean} byPlace */
async function rowsView(q, rows, code, byPlace) {
  const refs = await references(q);
  const places = byPlace ? new Map(rows.map((row) => [row.id, row])) : null;
  const ctx = { today: today(q), occupations: refs.occupations, village: village(code), places };
  return grouped(rows, ctx, q.w);
}

/** @param {any} q @param {string} code @param {string} [after] */
async function pageOf(q, code, after) {
  const rows = await q.store.list(code, { after, limit: PAGE, order: "place" });
  const groups = await rowsView(q, rows, code, true);
  return {
    code,
    groups,
    after: rows.length === PAGE ? rows[rows.length - 1].id : "",
    rows_none: q.t(canAdd(q) ? "field.list.empty" : "field.list.empty_head"),
  };
}

route("GET", "/field/v/{code}", async (q) => {
  const { code } = q.params;
  if (!q.store) return { redirect: "/field/" };
  const place = village(code);
  const n = await q.store.count(code);
  const ctx = {
    ...(await pageOf(q, code)),
    name: place.name,
    place: place.place,
    count: q.t("field.people", { n }),
    can_add: canAdd(q) ? 1 : 0,
  };
  return { view: "village", title: place.name, ctx };
});

route("POST", "/field/v/{code}/search", async (q) => {
  const { code } = q.params;
  const query = (q.form.get("q") ?? "").trim();
  if (!query) return { view: "_rows", ctx: await pageOf(q, code) };
  const rows = await search(q.store, code, query, PAGE);
  const groups = await rowsView(q, rows, code, false);
  return {
    view: "_rows",
    ctx: { code, groups, after: "", rows_none: q.t("field.list.none_found") },
  };
});

route("POST", "/field/v/{code}/more", async (q) => ({
  view: "_rows",
  ctx: await pageOf(q, q.params.code, q.form.get("after") ?? undefined),
}));
