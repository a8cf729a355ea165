/** "Tidak masuk…": the reason, and what it asks, each on a screen of its own. */
import { decisionFault, stateOf, twinOf } from "../../../domain/village_decisions.js";
import { readDate } from "../form/form_read.js";
import { route } from "../../router.js";
import { kindOf, saidBy } from "./answers.js";
import { decideLine } from "./decide.js";
import { lineOf, whoDecides } from "./list_context.js";
import { detailView, isChoice, membersOf, reasonsView } from "./reason_view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").Line} Line */

const NOT_ANSWERS = ["line", "seen", "word"];

/** @param {ListContent} content @param {Line} [line] */
const back = ({ list }, line) => ({
  redirect: `/field/list/${list.id}${line?.part === "visit" ? "?p=visit" : ""}`,
});

/** The answers of a form without what it is about. @param {URLSearchParams} form */
const answersIn = (form) =>
  Object.fromEntries([...form].filter(([name]) => !NOT_ANSWERS.includes(name)));

/** What was typed as the wire has it: a day, and a line's number as that line. @param {ListContent} content @param {string} word @param {URLSearchParams} form */
export function detailIn(content, word, form) {
  const told = membersOf(word).map((name) => {
    const text = (form.get(name) ?? "").trim();
    if (name === "date") return [name, readDate(text)];
    return [name, name === "same_as" ? twinOf(text, form.get("line") ?? "", content.lines) : text];
  });
  const detail = told.filter(([, value]) => value);
  return detail.length ? Object.fromEntries(detail) : null;
}

route(
  "GET",
  "/field/list/{id}/no/{line}",
  whoDecides((q, content, ctx) => {
    const line = lineOf(content, q.params.line);
    if (!line) return back(content);
    const { heads } = stateOf(content.resolved, line.id);
    return {
      view: "list_reasons",
      title: q.t("field.lists.title"),
      ctx: reasonsView(content, line, heads, ctx, q.w),
    };
  }),
);

/** @param {Open} q @param {ListContent} content @param {Line} line @param {string} word @param {{form: Record<string, string>, seen: string, wrong?: string | null}} said */
function detailScreen(q, content, line, word, { form, seen, wrong }) {
  const errors = wrong ? { [wrong]: [{ code: `field.lists.error.${wrong}` }] } : undefined;
  return {
    view: "list_detail",
    title: q.t("field.lists.title"),
    status: wrong ? 422 : 200,
    at: `/field/list/${content.list.id}/no/${line.id}/${word}`,
    ctx: detailView(content, line, word, { form, errors, seen }, q.w),
  };
}

route(
  "GET",
  "/field/list/{id}/no/{line}/{word}",
  whoDecides((q, content) => {
    const line = lineOf(content, q.params.line);
    const { word } = q.params;
    if (!line || !isChoice(content, line, word)) return back(content, line);
    const seen = stateOf(content.resolved, line.id).heads.join(" ");
    return detailScreen(q, content, line, word, { form: {}, seen });
  }),
);

route(
  "POST",
  "/field/list/{id}/no",
  whoDecides(async (q, content) => {
    const line = lineOf(content, q.form.get("line"));
    const word = q.form.get("word") ?? "";
    if (!line || !isChoice(content, line, word)) return back(content, line);
    const seen = q.form.get("seen") ?? "";
    const said = {
      ...saidBy(kindOf(content.list, line), word),
      detail: detailIn(content, word, q.form),
    };
    const wrong = decisionFault(content.list.purpose, line.part, said);
    if (wrong)
      return detailScreen(q, content, line, word, { form: answersIn(q.form), seen, wrong });
    await decideLine(q.store, content, line, said, seen.split(" "));
    return back(content, line);
  }),
);
