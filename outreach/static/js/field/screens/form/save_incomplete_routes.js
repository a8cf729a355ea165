/** "Simpan, lengkapi nanti": who gave the facts, what is missing, and the save as it is. */
import { checkSet, checkTogether, missingForDoor } from "../../../domain/rules.js";
import { route } from "../../router.js";
import { draftName, fieldKit, flat } from "../../parts_of_screens/field_builders.js";
import { missingQuestions } from "../../parts_of_screens/missing_questions.js";
import { today } from "../../context.js";
import * as drafts from "./drafts.js";
import { finish, posted, savedBefore, withDraft } from "./routes.js";

/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Errors} Errors */

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */

/** @param {Open} q @param {Draft} draft @param {Errors} [errors] @param {string} [said] @param {boolean} [full] */
async function laterView(q, draft, errors, said = q.t("field.mend"), full = false) {
  const data = drafts.dataOf(q, draft);
  const k = fieldKit(draft.form, errors, q.w);
  const whole = draft.mode === "section";
  // Who gave the facts is asked on this very screen.
  const absent = draft.form.no_nik === "ya";
  const lacks = missingForDoor(data, today(q)).map((name) =>
    absent && name === "nik" ? "nik_status" : name,
  );
  const missing = missingQuestions(lacks, data, q.w, whole).filter(
    ({ step }) => step !== "keterangan",
  );
  const facts = ["sendiri", "diwakili"].map((value) => ({
    value,
    label: q.t(`label.facts_from.${value}`),
  }));
  const fields = [
    k.pick("facts_from", facts, { cols: "wide", key: "field.who_said" }),
    k.when("facts_from", "diwakili", [
      k.text("informant_name", { caps: "words" }),
      k.text("informant_relation", { max: 60 }),
    ]),
  ];
  return {
    view: "later",
    title: q.t("field.later"),
    status: errors ? 422 : 200,
    at: `/field/form/${draft.id}/later`,
    ctx: {
      draft: draft.id,
      step: draft.step,
      user: q.store.userId,
      name: draftName(draft, q.w),
      missing,
      fields: flat(fields),
      errors: errors ? said : "",
      full: full ? 1 : 0,
    },
  };
}

route(
  "GET",
  "/field/form/{draft}/later",
  withDraft((q, draft) => laterView(q, draft)),
);

route(
  "POST",
  "/field/form/{draft}/save",
  posted(async (q, draft) => {
    drafts.answer(draft, q.form, []);
    /** @type {Errors} */
    const errors = {};
    if (!draft.form.facts_from) errors.facts_from = [{ code: "field.error.must_choose" }];
    if (draft.form.facts_from === "diwakili" && !draft.form.informant_name)
      errors.informant_name = [{ code: "field.error.must_fill" }];
    const data = drafts.dataOf(q, draft);
    if (!data.full_name && !data.nik) errors.facts_from = [{ code: "field.error.name_or_nik" }];
    await drafts.keep(q, draft);
    if (Object.keys(errors).length) return laterView(q, draft, errors);
    return finish(q, withoutWrong(q, { ...draft, mode: draft.worker ? "continue" : "door" }));
  }, laterView),
  withDraft((q, draft) => {
    drafts.answer(draft, q.form, []);
    return laterView(q, draft, {}, q.t("field.sent_again"));
  }, savedBefore),
);

/**
 * The draft with the names of answers that break a rule: the record is saved without them and
 * says that they are missing. @param {Q} q @param {Draft} draft
 */
function withoutWrong(q, draft) {
  const data = drafts.dataOf(q, draft);
  const set = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, [null, value]]),
  );
  const wrong = new Set([
    ...Object.keys(checkSet("officer", set)),
    ...Object.keys(checkTogether(data)),
  ]);
  return { ...draft, leave: [...wrong] };
}
