/** Opening what was saved before: one section of it, or the rest of the questions at the door. */
import { route } from "../router.js";
import { addSteps, progress, stepOf } from "../views/flow.js";
import { writeForm } from "../views/form_write.js";
import { LATER } from "../views/steps_later.js";
import { canAdd, references, servesAll } from "./base.js";
import { keep, load } from "./drafts.js";
import { gone } from "./form.js";

addSteps(LATER);

/**
 * The form of a record that exists, for one section or to go on at the door. An edit that was
 * begun before is taken up again. @param {any} q @param {any} worker @param {string} step @param {boolean} door
 */
async function beginEdit(q, worker, step, door) {
  const before = await load(q, worker.id);
  if (before) {
    /** @type {import("./drafts.js").Draft} */
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

route("POST", "/field/form/edit", async (q) => {
  const worker = await q.store?.worker(q.form.get("edit"));
  const step = q.form.get("step") ?? "nik";
  if (!worker || !stepOf(step)) return gone(q);
  const door = worker.status === "draf" && Boolean(progress(step)) && canAdd(q);
  const draft = await beginEdit(q, worker, step, door);
  return { redirect: `/field/form/${draft.id}/${step}` };
});
