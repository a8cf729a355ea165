/** Acts on a list whole: an RT in one go, the meeting, somebody who is missing. */
import { missingNameFaults } from "../../../domain/village_decisions.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { route } from "../../router.js";
import { listName } from "./answers.js";
import { addName, beginMeeting, decideTogether } from "./decide.js";
import { whoDecides } from "./list_context.js";
import { placeWords } from "./list_view.js";
import { togetherView } from "./together_view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_context.js").ListScreen} ListScreen */

/** @param {ListContent} content */
const back = ({ list }) => ({ redirect: `/field/list/${list.id}` });
/** @param {ListContent} content */
const about = ({ list }) => ({ redirect: `/field/list/${list.id}/about` });

/** Hamlet and RT as an address or a form names them; null for what is no place. @param {string | null} text @returns {[string | null, string | null] | null} */
function placeIn(text) {
  try {
    const place = JSON.parse(text ?? "");
    return Array.isArray(place) && place.length === 2
      ? /** @type {[string, string]} */ (place)
      : null;
  } catch {
    return null;
  }
}

route(
  "GET",
  "/field/list/{id}/all/{place}",
  whoDecides((q, content, ctx) => {
    const place = placeIn(q.params.place);
    if (!place) return back(content);
    const [hamlet, rt] = place;
    const view = togetherView(content, hamlet, rt, q.w);
    if (!view.people.length) return back(content);
    const title = placeWords({ hamlet, rt }, ctx, q.w);
    return {
      view: "list_together",
      title: q.t("field.lists.title"),
      ctx: { ...view, title, place: q.params.place },
    };
  }),
);

route(
  "POST",
  "/field/list/{id}/all",
  whoDecides(async (q, content) => {
    const place = placeIn(q.form.get("place"));
    const shown = (q.form.get("lines") ?? "").split(" ");
    if (place) await decideTogether(q.store, content, ...place, shown);
    return back(content);
  }),
);

route(
  "GET",
  "/field/list/{id}/meeting",
  whoDecides((q, content) => {
    const { list } = content;
    if (list.state !== "open" || list.purpose !== "fund") return about(content);
    const ctx = { list: list.id, name: listName(list, q.w) };
    return { view: "list_meeting", title: q.t("field.lists.meeting"), ctx };
  }),
);

route(
  "POST",
  "/field/list/{id}/meeting",
  whoDecides(async (q, content) => {
    if (content.list.purpose === "fund") await beginMeeting(q.store, content.list);
    return back(content);
  }),
);

/** @param {Open} q @param {ListContent} content @param {ListScreen} ctx @param {Record<string, string>} form @param {Errors} [errors] */
function nameScreen(q, { list }, ctx, form, errors) {
  const kit = fieldKit(form, errors, q.w);
  const hamlet = ctx.kind === "kelurahan" ? "hamlet_urban" : "hamlet";
  return {
    view: "list_name",
    title: q.t("field.lists.add"),
    status: errors ? 422 : 200,
    at: `/field/list/${list.id}/name`,
    ctx: {
      list: list.id,
      fields: [
        kit.text("name", { key: "field.lists.ask.name", caps: "characters" }),
        kit.text("hamlet", { key: `field.lists.ask.${hamlet}` }),
        kit.text("note", {
          key: "field.lists.ask.note",
          hintKey: "field.lists.hint.note",
          enter: "done",
        }),
      ],
    },
  };
}

/** What the server would refuse is said before the save. @param {Record<string, string>} form @returns {Errors} */
function nameErrors(form) {
  if (!form.name) return { name: [{ code: "field.lists.error.name" }] };
  const found = Object.entries(missingNameFaults(form));
  return Object.fromEntries(found.map(([name, code]) => [name, [{ code }]]));
}

route(
  "GET",
  "/field/list/{id}/name",
  whoDecides((q, content, ctx) => nameScreen(q, content, ctx, {})),
);

route(
  "POST",
  "/field/list/{id}/name",
  whoDecides(async (q, content, ctx) => {
    const said = (/** @type {string} */ name) => (q.form.get(name) ?? "").trim();
    const form = { name: said("name"), hamlet: said("hamlet"), note: said("note") };
    const errors = nameErrors(form);
    if (Object.keys(errors).length) return nameScreen(q, content, ctx, form, errors);
    await addName(q.store, content.list, form);
    return about(content);
  }),
);
