/** The village's lists: which wait, one of them with its lines, and each answer to a line. */
import { addCard, addLink } from "../../parts_of_screens/feature_links.js";
import { nameSaves } from "../../parts_of_screens/other_saves.js";
import { village } from "../../context.js";
import { route } from "../../router.js";
import { aboutView } from "./about_view.js";
import { decideLine, undoDecision } from "./decide.js";
import { lineOf, whoDecides, withList } from "./list_context.js";
import { DECISION, LIST, NAME, openLists, readList, signedLists } from "./lists_read.js";
import { lineView } from "./line_view.js";
import { cardView, groupView, listView, movingView, partOf, rowsView } from "./list_view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").Line} Line */
/** @typedef {import("./list_context.js").ListScreen} ListScreen */

nameSaves(DECISION, "field.lists.save.decision");
nameSaves(NAME, "field.lists.save.name");
nameSaves(LIST, "field.lists.save.meeting");

/** The cards of lists that are on this phone; those that are not closed, unless told. @param {Open} q @param {typeof openLists} [which] */
async function cards(q, which = openLists) {
  const lists = await which(q.store);
  const contents = await Promise.all(lists.map(({ id }) => readList(q.store, id)));
  return contents
    .flatMap((content) => content ?? [])
    .map((content) => cardView(content, village(content.list.scope).name, q.w));
}

/** Who decides has the lists that wait on top of Today. */
addCard(async (q) => (q.profile.role === "head" ? cards(q) : []));
addLink(async (q) => {
  const n = q.profile.role === "head" ? 0 : (await openLists(q.store)).length;
  const word = n ? q.t("field.lists.count", { n }) : "";
  return { to: "lists", text: q.t("field.lists"), cls: n ? "mark" : "", word };
});

route("GET", "/field/lists", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const open = /** @type {Open} */ (q);
  const ctx = { cards: [...(await cards(open)), ...(await cards(open, signedLists))] };
  return { view: "lists", title: q.t("field.lists"), ctx };
});

route(
  "GET",
  "/field/list/{id}",
  withList((q, content, ctx) => ({
    view: "list",
    title: q.t("field.lists.title"),
    ctx: listView(content, partOf(q.query.get("p")), ctx, q.w),
  })),
);

/** Which rows a form asks for. @param {Open} q */
const wishOf = (q) => ({
  part: partOf(q.form.get("p")),
  query: (q.form.get("q") ?? "").trim(),
  after: q.form.get("after"),
});

for (const what of ["search", "more"])
  route(
    "POST",
    `/field/list/{id}/${what}`,
    withList((q, content, ctx) => ({
      view: "_list_rows",
      ctx: rowsView(content, wishOf(q), ctx, q.w),
    })),
  );

/**
 * The answer to a tap: the row anew where that is put in place of the old one, else the list.
 * @param {Open} q @param {ListContent} before @param {ListScreen} ctx @param {Line | undefined} line
 */
async function answered(q, before, ctx, line) {
  const back = `/field/list/${before.list.id}`;
  if (!line || !q.form.get("part")) {
    return { redirect: line?.part === "visit" ? `${back}?p=visit` : back };
  }
  const content = /** @type {ListContent} */ (await readList(q.store, before.list.id));
  const row = {
    l: lineView(line, content, ctx, q.w),
    group: groupView(content, line, ctx, q.w),
    ...movingView(content, ctx, q.w),
  };
  return { view: "_list_decided", ctx: row };
}

route(
  "POST",
  "/field/list/{id}/decide",
  whoDecides(async (q, content, ctx) => {
    const line = lineOf(content, q.form.get("line"));
    const said = { verdict: q.form.get("verdict") ?? "" };
    const seen = (q.form.get("seen") ?? "").split(" ");
    if (line) await decideLine(q.store, content, line, said, seen);
    return answered(q, content, ctx, line);
  }),
);

route(
  "POST",
  "/field/list/{id}/undo",
  whoDecides(async (q, content, ctx) => {
    const id = q.form.get("decision") ?? "";
    await undoDecision(q.store, content, id);
    const [first, ...others] = content.decisions.get(id)?.lines ?? [];
    const line = others.length ? undefined : content.lines.find((one) => one.id === first);
    return answered(q, content, ctx, line);
  }),
);

route(
  "GET",
  "/field/list/{id}/about",
  withList((q, content, ctx) => ({
    view: "list_about",
    title: q.t("field.lists.about"),
    ctx: aboutView(content, ctx, q.w),
  })),
);
