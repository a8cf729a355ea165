/** A worker's page, and withdrawing consent. */
import { workerCode } from "../../../domain/code.js";
import { fieldsFor } from "../../../domain/rules.js";
import { flags } from "../../../domain/statuses.js";
import { route } from "../../router.js";
import { label } from "../../parts_of_screens/field_builders.js";
import { fixView } from "./to_fix_view.js";
import { inkPath, recordView } from "./record_view.js";
import { canAdd, person, references, today, village } from "../../context.js";
import { houseAround } from "../../../store/books/houses.js";
import { person as row } from "../../parts_of_screens/people_rows.js";
import { unknown } from "../saved/routes.js";
import { hasSlip } from "../slip/view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../../store/records/record_types.js").WorkerData} WorkerData */
/** @typedef {import("../../../store/replica/view.js").View} View */
/** @typedef {import("../../context.js").Refs} Refs */

const PURPOSES = ["pendaftaran", "hubungi_wa", "pasfoto", "bagi_ke_opd", "pajang_nama"];

/** Which pictures of a worker lie on this phone. @param {Open} q @param {WorkerData} data */
async function heldPictures(q, data) {
  const hashes = /** @type {string[]} */ ([data.ktp_photo, data.face_photo].filter(Boolean));
  const found = await Promise.all(hashes.map((sha) => q.store.blob(sha)));
  return new Set(hashes.filter((_, i) => found[i]));
}

/**
 * The proof of consent when it lies here and can be shown: a signature as an SVG path, or the hash
 * of a recording. @param {Open} q @param {WorkerData} data
 */
async function proof(q, data) {
  const { method, evidence } = data.consent ?? {};
  if (
    !["tanda_tangan_layar", "lisan_terekam"].includes(/** @type {string} */ (method)) ||
    !evidence
  )
    return null;
  const blob = await q.store.blob(evidence);
  if (!blob) return null;
  if (method === "lisan_terekam") return { sound: evidence };
  try {
    return inkPath(JSON.parse(new TextDecoder().decode(blob.bytes)));
  } catch {
    return null;
  }
}

/** Facts that some flags are made of; only those that any role may not see need a line. */
const MADE_OF = /** @type {Record<string, string>} */ ({ foto_ktp_kurang: "ktp_photo" });

/**
 * The flags that deserve a look. From facts that did not come to this phone nothing follows: there the
 * server's word stands.
 * @param {View} worker @param {Pick<Q, "profile" | "now">} q @param {Pick<Refs, "settings">} refs
 */
export function flagsOf(worker, q, refs) {
  const seen = fieldsFor(person(q).role, "see");
  const known = (/** @type {string} */ f) =>
    !worker.partial && (!MADE_OF[f] || seen.includes(MADE_OF[f]));
  const own = flags(worker.data, today(q), { minAge: refs.settings.min_age?.value });
  const told = (worker.flags ?? []).filter((f) => !known(f));
  return [...own.filter(known), ...told].filter((f) => f !== "nik_kosong");
}

/** Saves of this person that have to be put right, as on the screen of all such. @param {Open} q @param {string} id @param {Refs} refs */
async function cardsOf(q, id, refs) {
  const inbox = (await q.store.inbox()).filter((item) => item.id === id);
  const ctx = { inbox, occupations: refs.occupations, canAdd: canAdd(q) };
  return fixView(ctx, q.w).cards.map((card) => ({
    ...card,
    name: q.t("field.fix"),
    link: 0,
  }));
}

/** Who else lives in the house, as rows that lead to them. @param {Open} q @param {View} worker @param {Parameters<typeof row>[1]} ctx */
async function housemates(q, { id, scope }, ctx) {
  const people = await houseAround(q.store.state, scope, id);
  return people.filter((one) => one.id !== id).map((one) => row(one, ctx, q.w));
}

route("GET", "/field/w/{id}", async (q) => {
  const worker = await q.store?.worker(q.params.id);
  if (!worker) return unknown(q);
  const refs = await references(q);
  const ctx = {
    today: today(q),
    role: person(q).role,
    village: village(worker.scope),
    occupations: refs.occupations,
    code: workerCode(worker.id),
    held: await heldPictures(/** @type {Open} */ (q), worker.data),
    proof: await proof(/** @type {Open} */ (q), worker.data),
    flags: flagsOf(worker, q, refs),
    canAdd: canAdd(q),
    cards: await cardsOf(/** @type {Open} */ (q), worker.id, refs),
  };
  const view = recordView(worker, ctx, q.w);
  const slip = canAdd(q) && hasSlip(worker) ? 1 : 0;
  const house = await housemates(/** @type {Open} */ (q), worker, ctx);
  const own = { slip, house, houses: worker.table === "worker" ? 1 : 0 };
  return { view: "worker", title: q.t("shell.product"), ctx: { ...view, ...own } };
});

route("GET", "/field/w/{id}/withdraw/{purpose}", async (q) => {
  const worker = await q.store?.worker(q.params.id);
  const { id, purpose } = q.params;
  if (!worker || !PURPOSES.includes(purpose)) return unknown(q);
  const name = label("purpose", purpose, q.w);
  return {
    view: "ask",
    title: q.t("field.withdraw"),
    ctx: {
      action: "withdraw",
      id,
      purpose,
      title: `${q.t("field.withdraw")}: ${name}`,
      cls: "note note-warn",
      text: q.t(purpose === "pendaftaran" ? "field.withdraw.main" : "field.withdraw.text", {
        name: worker.data.full_name ?? "",
      }),
      yes: q.t("field.withdraw.yes"),
      no: q.t("field.withdraw.no"),
    },
  };
});

route("POST", "/field/w/{id}/withdraw/{purpose}", async (q) => {
  const worker = await q.store?.worker(q.params.id);
  const { id, purpose } = q.params;
  if (!worker || !PURPOSES.includes(purpose)) return unknown(q);
  const before = worker.data.consent_withdrawn ?? null;
  const after = { ...before, [purpose]: q.now.toISOString() };
  await /** @type {Open} */ (q).store.save({
    table: "worker",
    id,
    scope: worker.scope,
    set: { consent_withdrawn: [before, after] },
    op: "put",
  });
  // The form that led here is answered by this.
  const draft = await /** @type {Open} */ (q).store.draft(id);
  if (draft?.data.form?.agree === "tidak") await /** @type {Open} */ (q).store.deleteDraft(id);
  return { redirect: `/field/w/${id}` };
});
