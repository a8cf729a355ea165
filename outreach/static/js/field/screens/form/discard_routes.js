/** Throwing a form away: asked on a page of its own. Not needed before the first save. */
import { standing } from "../../../domain/consents.js";
import { route } from "../../router.js";
import { draftName } from "../../parts_of_screens/field_builders.js";
import { withDraft } from "./routes.js";

/** @typedef {import("./form_types.js").Draft} Draft */

/** @typedef {import("../../request_types.js").Q} Q */

route(
  "GET",
  "/field/form/{draft}/discard",
  withDraft((q, draft) => (withdraws(draft) ? toWithdrawal(draft) : asked(q, draft))),
);

/** A no to being registered, from somebody who had said yes. @param {Draft} draft */
const withdraws = (draft) =>
  draft.step === "setuju" &&
  draft.form.agree === "tidak" &&
  standing(draft.base ?? {}).includes("pendaftaran");

/** The page that says what a withdrawal means, and asks. @param {Draft} draft */
const toWithdrawal = (draft) => ({ redirect: `/field/w/${draft.worker}/withdraw/pendaftaran` });

/** The question itself. @param {Q} q @param {Draft} draft */
function asked(q, draft) {
  return {
    view: "ask",
    title: q.t("field.discard"),
    ctx: {
      action: "discard",
      id: draft.id,
      step: draft.step,
      title: q.t("field.discard"),
      cls: "note note-warn",
      text: q.t(draft.worker ? "field.discard.edit" : "field.discard.new", {
        name: draftName(draft, q.w),
      }),
      yes: q.t("field.discard.yes"),
      no: q.t("field.discard.no"),
    },
  };
}

route(
  "POST",
  "/field/form/{draft}/discard",
  withDraft(async (q, draft) => {
    await q.store.deleteDraft(draft.id);
    return { redirect: draft.worker ? `/field/w/${draft.worker}` : "/field/" };
  }),
);
