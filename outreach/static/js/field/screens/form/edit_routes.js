/** Opening what was saved before: one section of it, or the rest of the questions at the door. */
import { needsProof, settle } from "../../../domain/consents.js";
import { route } from "../../router.js";
import { addSteps, progress, stepOf } from "./flow.js";
import { ASKED } from "./check.js";
import { tidy } from "./form_read.js";
import { proofOf } from "./proof.js";
import "./removals.js";
import { writeForm } from "./form_write.js";
import { LATER } from "./steps_later.js";
import { canAdd, references, servesAll } from "../../context.js";
import { dataOf, edits, keep, load } from "./drafts.js";
import { gone } from "./routes.js";

/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Answers} Answers */

/** @typedef {import("../../request_types.js").Open} Open */

/** @typedef {(errors: import("./form_types.js").Errors, form: import("./form_types.js").Form, data: Answers, now: string) => void} Proved the first part's, which looks at no draft */

addSteps(LATER);

const [asked, proved] = [ASKED.setuju, ASKED.izin];
ASKED.izin = (errors, form, data, now, { base }) => {
  /** @type {Proved} */ (proved)(errors, form, data, now);
  // Its own time comes with the save; only the proof has to be asked for.
  const renewed = { ...data, consent: { ...data.consent, at: undefined } };
  if (base && form.agree === "ya" && needsProof(base, renewed))
    errors[proofOf(form.method)] ??= [{ code: "field.error.proof_again" }];
};
// An edit asks for all of it on one screen.
ASKED.setuju = (errors, form, data, now, draft) => {
  asked(errors, form, data, now);
  if (draft?.mode === "section" && form.agree === "ya") ASKED.izin(errors, form, data, now, draft);
};
edits.consent = async (q, draft, _data) => {
  await renewConsent(q, draft);
  return consented(q, draft, dataOf(q, draft));
};

/**
 * A consent with another proof than the stored one was asked for now, with the text of now.
 * @param {Open} q @param {Draft} draft
 */
async function renewConsent(q, draft) {
  const evidence = draft.form[proofOf(draft.form.method ?? "")];
  const old = draft.base?.consent;
  if (!old?.evidence || !evidence || evidence === old.evidence) return;
  const refs = await references(q);
  draft.consentAt = q.now.toISOString();
  draft.consentVersion = refs.texts.consent.version;
  draft.consentLang = q.lang;
}

/**
 * The data with the consent as it is stored; a withdrawal never goes with an edit of other answers.
 * @param {Open} q @param {Draft} draft @param {Answers} data
 */
function consented(q, draft, data) {
  const { base } = draft;
  if (!base) return data;
  const settled = base.consent && data.consent && settle(base, data, q.now.toISOString());
  return tidy({ ...data, ...(settled || { consent_withdrawn: base.consent_withdrawn }) });
}

/**
 * The form of a record that exists, for one section or to go on at the door. An edit that was
 * begun before is taken up again. @param {Open} q @param {import("../../../store/store.js").WorkerView} worker @param {string} step @param {boolean} door
 */
async function beginEdit(q, worker, step, door) {
  const before = await load(q, worker.id);
  if (before) {
    /** @type {Draft} */
    const again = {
      ...before,
      step,
      mode: before.mode === "door" ? "door" : door ? "continue" : "section",
    };
    await keep(q, again);
    return again;
  }
  const refs = await references(q);
  const draft = {
    id: worker.id,
    worker: worker.id,
    scope: worker.scope,
    base: worker.data,
    form: writeForm(worker.data),
    consentNote: worker.data.consent ? q.t("field.consent.changing") : "",
    step,
    mode: door ? "continue" : "section",
    capturedAt: worker.data.captured_at ?? q.now.toISOString(),
    source: worker.data.source_list ?? (servesAll(q) ? "mpp" : "kunjungan"),
    visitId: worker.data.visit_id ?? null,
    householdId: worker.data.household_id ?? null,
    consentVersion: worker.data.consent?.version ?? refs.texts.consent.version,
    consentLang: worker.data.consent?.lang ?? q.lang,
    consentAt: worker.data.consent?.at ?? null,
  };
  await keep(q, draft);
  return draft;
}

/** Who is met anew at such a door: their answers begin with this visit. */
const ANEW = ["usulan", "tidak_bersedia"];

/**
 * The questions at the door for somebody whom a visit met. What a list knew stands in the form; the
 * age of a list does not, for the card tells the day.
 * @param {Open} q @param {import("../../../store/store.js").WorkerView} worker
 */
export async function beginVisit(q, worker) {
  const before = await load(q, worker.id);
  const draft = await beginEdit(q, worker, before?.step ?? "nik", true);
  if (before || !ANEW.includes(worker.status)) return draft;
  draft.capturedAt = q.now.toISOString();
  if (worker.status === "usulan") delete draft.form.birth_date;
  await keep(q, draft);
  return draft;
}

route("POST", "/field/form/edit", async (q) => {
  const worker = await q.store?.worker(/** @type {string} */ (q.form.get("edit")));
  const step = q.form.get("step") ?? "nik";
  if (!worker || !stepOf(step)) return gone(q);
  const door = worker.status === "draf" && Boolean(progress(step)) && canAdd(q);
  const draft = await beginEdit(/** @type {Open} */ (q), worker, step, door);
  return { redirect: `/field/form/${draft.id}/${step}` };
});
