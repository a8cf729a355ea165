/**
 * Parts of the form that change while somebody types, as htmx asks for them: what the NIK says, and
 * occupations that fit the words. htmx comes with the second set, so these may come with it.
 */
import { route } from "../../router.js";
import { check } from "./check.js";
import { digits, fromNik } from "./form_read.js";
import { fieldKit, flat } from "../../parts_of_screens/field_builders.js";
import { cardDiffers, century, nikFacts, occupation, twins } from "./steps_door.js";
import { person, references, today } from "../../context.js";
import * as drafts from "./drafts.js";
import { stepContext, withDraft } from "./routes.js";

route(
  "POST",
  "/field/form/{draft}/check",
  withDraft(async (q, draft) => {
    drafts.answer(draft, q.form, []);
    const data = drafts.dataOf(q, draft);
    const ctx = await stepContext(q, draft, data);
    const k = fieldKit(draft.form, undefined, q.w);
    const typed = digits(draft.form.nik);
    const wrong =
      typed && !/^\d{1,15}$/.test(typed)
        ? check({ ...draft, step: "nik" }, data, person(q).role, today(q)).nik
        : null;
    const notes = wrong
      ? [
          {
            kind: "note",
            cls: "note note-warn",
            text: q.t(`error.${wrong[0].code}`, wrong[0].params),
          },
        ]
      : [
          ...nikFacts(draft, data, ctx, q.w),
          ...century(k, fromNik(draft.form, ctx.today)),
          ...twins(ctx, q.w),
        ];
    const differs = cardDiffers(draft, data, ctx, q.w);
    return { view: "_live", ctx: { fields: flat(notes), differs } };
  }),
);

route(
  "POST",
  "/field/form/{draft}/find",
  withDraft(async (q, draft) => {
    const refs = await references(q);
    const query = (q.form.get("find") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (/** @type {import("../../context.js").Occupation} */ o) =>
      query.every((word) =>
        `${o.id} ${o.en} ${o.local} ${o.words} ${o.code}`.toLowerCase().includes(word),
      );
    const found = query.length ? refs.occupations.filter(fits).slice(0, 8) : [];
    const options = found.map((/** @type {import("../../context.js").Occupation} */ o) => ({
      ...occupation(o, q.w),
      on: draft.form.occupation_code === o.code,
    }));
    // Whatever was typed can be taken as it is; the answer keeps the words.
    const typed = (q.form.get("find") ?? "").trim();
    const own = { value: "LAIN", label: q.t("field.work.own", { text: typed }), small: "", on: 0 };
    return { view: "_found", ctx: { options: typed ? [...options, own] : options } };
  }),
);
