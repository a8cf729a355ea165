/** Who still lacks something in a village, by reason; and looking for somebody in all of them. */
import { revisits, WHYS } from "../../../store/books/revisit.js";
import { search } from "../../../store/replica/search.js";
import { route } from "../../router.js";
import { byVillage } from "./view.js";
import { canAdd, ownVillages, references, servesAll, today, village } from "../../context.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../../store/books/revisit.js").Why} Why */

const PAGE = 40;

/** Reference data that rows of people need to be shown. @param {Q} q */
const shown = async (q) => ({
  today: today(q),
  occupations: (await references(q)).occupations,
  village,
});

/** The reason that an address or form asks for; "" for all. @param {string | null} given @returns {Why | ""} */
export const whyOf = (given) =>
  /** @type {(string | null)[]} */ (WHYS).includes(given) ? /** @type {Why} */ (given) : "";

/** Those of one village with their reasons; nobody for whom completes nobody. @param {Open} q @param {string} code */
export async function revisitsIn(q, code) {
  await q.store.state.refresh();
  return canAdd(q) ? revisits(q.store.state, code, today(q)) : [];
}

/** The note where not everything has come to this phone. @param {Open} q */
export async function lacks(q) {
  const scopes = await q.store.scopes();
  const here = ownVillages(q).map((code) => scopes[code]);
  return here.every((one) => one?.listed && one.whole) ? "" : q.t("field.revisit.partly");
}

// Everybody who is to be seen stands in one list, that of the visits.
route("GET", "/field/revisit", () => ({ redirect: "/field/visits" }));

/** @param {Open} q @param {string} query */
async function foundContext(q, query) {
  const rows = query ? await search(q.store, null, query, PAGE + 1) : [];
  const groups = byVillage(rows.slice(0, PAGE), await shown(q), q.w);
  const many = rows.length > PAGE ? q.t("field.find.many", { n: PAGE }) : "";
  return {
    groups,
    many,
    after: "",
    code: "",
    rows_none: q.t(query ? "field.find.none" : "field.find.hint"),
  };
}

route("GET", "/field/find", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const what = servesAll(q) ? q.t("field.find.own") : await lacks(q);
  return {
    view: "find",
    title: q.t("field.find"),
    ctx: { ...(await foundContext(q, "")), lacks: what },
  };
});

route("POST", "/field/find", async (q) => {
  if (!q.store) return { redirect: "/field/find" };
  return { view: "_met", ctx: await foundContext(q, (q.form.get("q") ?? "").trim()) };
});
