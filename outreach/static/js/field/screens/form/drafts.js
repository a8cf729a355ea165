/** Drafts as the form's handlers use them: begun, read, answered, turned into a save. */
import { changesOf, writable } from "./flow.js";
import { readForm } from "./form_read.js";
import { references, servesAll, today, village } from "../../context.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */

/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */
/** @typedef {{id: string, given?: import("../../../store/replica/view.js").View | null}} Saved */

/** Answers that people of one house have in common. */
export const CARRIED = ["address_line", "pemangku", "rt"];

/** @typedef {import("../../../store/replica/lists.js").Hit} Hit */

/** What the second part knows of houses. */
export const house = {
  /** Begin a form in somebody's house. @param {Open} _q @param {Draft} draft @param {string} id @returns {Promise<void>} */
  begin: async (_q, draft, id) => {
    draft.householdId = id;
  },
  /** Who else is of the form's house, where its screen asks. @param {Open} _q @param {Draft} _draft @returns {Promise<Hit[]>} */
  people: async (_q, _draft) => [],
};

/** A draft with its id and scope, or null. @param {Q} q @param {string} id @returns {Promise<Draft|null>} */
export async function load(q, id) {
  const found = await q.store?.draft(id);
  return found
    ? /** @type {Draft} */ ({ ...found.data, id, scope: found.scope, at: found.at })
    : null;
}

/** @param {Open} q @param {Draft} draft @param {boolean} [blank] */
export async function keep(q, draft, blank) {
  const { id, scope, at: _at, ...data } = draft;
  await q.store.putDraft(id, { scope, data, blank });
}

/**
 * A new form for a village, in the house of somebody who is saved. @param {Open} q @param {string} code @param {string|null} mate
 */
export async function begin(q, code, mate) {
  const refs = await references(q);
  const id = q.store.newId();
  /** @type {Draft} */
  const draft = {
    id,
    scope: code,
    form: {},
    step: "nik",
    mode: "door",
    capturedAt: q.now.toISOString(),
    source: servesAll(q) ? "mpp" : "kunjungan",
    visitId: id,
    householdId: id,
    consentVersion: refs.texts.consent.version,
    consentLang: q.lang,
  };
  if (mate) await house.begin(q, draft, mate);
  await keep(q, draft, true);
  return draft;
}

/** The data that the draft's answers say. @param {Q} q @param {Draft} draft */
export const dataOf = (q, draft) =>
  readForm(draft, { today: today(q), village: village(draft.scope) });

/**
 * The answers of a posted screen merged into the draft; several values of one name are joined.
 * A box nobody ticked is not sent, so the screen's own box names are cleared first.
 * @param {Draft} draft @param {URLSearchParams} posted @param {string[]} boxes
 */
export function answer(draft, posted, boxes) {
  for (const name of boxes) delete draft.form[name];
  const names = new Set(
    [...posted.keys()].filter((n) => !["go", "find", "q", "later"].includes(n)),
  );
  // A box "Ya, benar" stands beneath its answer and is not sent when unticked.
  for (const name of names) delete draft.form[`sure_${name}`];
  for (const name of names) draft.form[name] = posted.getAll(name).join(",");
}

/** The consent of an edit, by the second part; without it the server keeps the same rules. */
export const edits = {
  /** @param {Open} _q @param {Draft} _draft @param {Answers} data @returns {Answers | Promise<Answers>} */
  consent: (_q, _draft, data) => data,
};

/**
 * Save the draft: a new worker whole, an existing one by what changed. Answers the worker's id, and
 * the worker as saved; none where nothing had changed.
 * @param {Open} q @param {Draft} draft @returns {Promise<Saved>}
 */
export async function save(q, draft) {
  if (draft.form.agree && !draft.consentAt) draft.consentAt = q.now.toISOString();
  const id = draft.worker ?? draft.id;
  const data = await edits.consent(q, draft, dataOf(q, draft));
  for (const name of draft.leave ?? []) delete (/** @type {Keyed} */ (data)[name]);
  const role = q.profile.role ?? "officer";
  const set = changesOf(draft.base ?? {}, data, writable(draft, data, role));
  if (Object.keys(set).length === 0) {
    await q.store.deleteDraft(draft.id);
    return { id };
  }
  await q.store.save({
    table: "worker",
    id,
    scope: draft.scope,
    set,
    op: "put",
    draftId: draft.id,
  });
  return { id, given: await q.store.asSaved(id) };
}
