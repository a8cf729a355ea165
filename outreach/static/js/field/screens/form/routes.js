/**
 * The registration form: one group of questions a screen. GET draws a screen from the draft;
 * POST keeps the answers, checks them by the shared rules, and goes on or shows what to mend.
 */
import { formatMoney, formatTime } from "../../../domain/formats.js";
import { route } from "../../router.js";
import { asked, check } from "./check.js";
import { nextStep, progress, stepBefore, stepOf } from "./flow.js";
import { heirCount } from "./form_read.js";
import { harvest } from "./income.js";
import { fieldKit, flat } from "../../parts_of_screens/field_builders.js";
import { canAdd, formats, person, references, spoken, today, village } from "../../context.js";
import * as drafts from "./drafts.js";
import { CARRIED } from "./drafts.js";

/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("./form_types.js").Errors} Errors */
/** @typedef {import("./form_types.js").Form} Form */
/** @typedef {import("./form_types.js").Field} Field */

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../../../store/engine/errors.js").StoreError} StoreError */

/** @param {Open} q @param {Draft} draft @param {Answers} data */
export async function stepContext(q, draft, data) {
  const refs = await references(q);
  const nikWhole = /^\d{16}$/.test(data.nik ?? "") ? data.nik : null;
  const person_ = {
    nik: nikWhole,
    full_name: data.full_name,
    birth_date: data.birth_date,
    exceptId: draft.worker ?? draft.id,
  };
  return {
    today: today(q),
    village: village(draft.scope),
    bands: refs.bands,
    occupations: refs.occupations,
    hamlets: draft.step === "nama" ? await hamlets.met(q, draft.scope) : [],
    house: await drafts.house.people(q, draft),
    person: person(q),
    texts: spoken(q, refs, draft.scope),
    duplicates: nikWhole || data.full_name ? await q.store.duplicates(person_) : [],
    fmt: formats(q),
  };
}

/**
 * Hamlets met in a village, the commonest first: the second part counts them.
 * @type {{met: (q: Open, scope: string) => Promise<import("./form_types.js").Hamlet[]>}}
 */
export const hamlets = { met: async () => [] };

/** @param {Open} q @param {Draft} draft @param {Errors} [errors] @param {string} [said] @param {boolean} [full] */
async function show(q, draft, errors, said = "", full = false) {
  const step = stepOf(draft.step) ?? stepOf("nik");
  const data = drafts.dataOf(q, draft);
  const ctx = await stepContext(q, draft, data);
  const at = draft.mode === "section" ? null : progress(draft.step);
  const titled = draft.worker ? q.t(`field.section.${draft.step}`) : q.t("field.add_short");
  const last = !nextStep(draft.step);
  const ends = draft.mode === "section" || last;
  return {
    view: "form",
    title: titled,
    status: errors ? 422 : 200,
    ctx: {
      draft: draft.id,
      step: draft.step,
      user: q.store.userId,
      worker: draft.worker ?? "",
      before: draft.mode === "section" ? "" : (stepBefore(draft.step) ?? ""),
      heading: titled,
      steps: at ? q.t("field.progress", at) : "",
      errors: errors ? said || q.t("field.mend") : "",
      full: full ? 1 : 0,
      fields: withQuestions(
        q,
        draft,
        data,
        errors,
        step?.build(draft, data, inWords(q, errors), ctx, q.w),
      ),
      saved_at: draft.at ? q.t("field.autosaved", { at: formatTime(draft.at, q.lang) }) : "",
      // From the second screen on a name may just be typed; the page of its own asks for one.
      later: draft.mode !== "section" && (draft.step !== "nik" || data.nik) ? 1 : 0,
      next_words: q.t(
        refused(draft) ? "field.refused.next" : ends ? "field.save_here" : "field.next",
      ),
      gps: draft.form.gps || draft.worker ? 0 : 1,
    },
  };
}

/** Errors with sums as people read them. @param {Q} q @param {Errors | undefined} errors */
const inWords = (q, errors = {}) =>
  Object.fromEntries(
    Object.entries(errors).map(([at, faults]) => [
      at,
      faults.map((f) =>
        f.params?.money === undefined
          ? f
          : {
              ...f,
              params: {
                ...f.params,
                money: formatMoney(/** @type {number} */ (f.params.money), q.lang),
              },
            },
      ),
    ]),
  );

/**
 * The screen's fields, a box "Ya, benar" under each answer that is asked about.
 * @param {Q} q @param {Draft} draft @param {Answers} data @param {Errors | undefined} errors @param {Field[] | undefined} fields
 */
function withQuestions(q, draft, data, errors, fields = []) {
  const k = fieldKit(draft.form, undefined, q.w);
  const open = asked(draft, data).filter(
    ({ at, key, code }) => draft.form[`sure_${at}`] === key || errors?.[at]?.[0].code === code,
  );
  return flat(fields).flatMap((f) => {
    const question = open.find(({ at }) => at === f.name);
    if (!question) return [f];
    const options = [{ value: question.key, label: q.t("field.sure") }];
    return [
      f,
      k.pick(`sure_${f.name}`, options, {
        cols: "wide",
        several: true,
        key: "field.sure",
        bare: 1,
      }),
    ];
  });
}

const agreed = (/** @type {Form} */ form) => form.agree === "ya" && form.facts_from !== "diwakili";
const refused = (/** @type {Draft} */ draft) =>
  draft.step === "setuju" && draft.form.agree === "tidak";

/** The answer when a form is no longer there. @param {Q} q */
export const gone = (q) => ({
  view: "missing",
  status: 404,
  title: q.t("field.draft_gone"),
  ctx: { title: q.t("field.draft_gone"), text: q.t("field.draft_gone_text") },
});

/**
 * A tap on a form that is no draft any more: its save went through and the answer was lost on the
 * way, so the person is shown, who carries the draft's id.
 * @param {Q} q
 */
export const savedBefore = async (q) =>
  (await q.store?.worker(q.params.draft))
    ? { redirect: `/field/saved/${q.params.draft}` }
    : gone(q);

/**
 * @param {(q: Open, draft: Draft) => Made | Promise<Made>} handler
 * @param {import("../../request_types.js").Handler} [without]
 * @returns {(q: Q) => Promise<Made>}
 */
export const withDraft =
  (handler, without = gone) =>
  async (q) => {
    // What a save looks at is read beside the draft.
    if (q.method === "POST" && !nextStep(q.params.step)) q.store?.prepare(q.params.draft);
    const draft = await drafts.load(q, q.params.draft);
    return draft ? handler(/** @type {Open} */ (q), draft) : without(q);
  };

/** Sentences of a save that failed; the form stays as it is. @type {Record<string, string>} */
const FAILED = {
  storage_full: "field.error.full",
  storage_busy: "error.storage_busy",
  storage_failed: "error.storage_failed",
  mutation_too_big: "error.mutation_too_big",
  blob_missing: "field.error.blob",
};

/**
 * A posted screen. When the phone's storage refuses it, the answers stay on the screen, with the
 * words for why. @param {(q: Open, draft: Draft) => Made | Promise<Made>} handler
 * @param {(q: Open, draft: Draft, errors: Errors, said: string, full: boolean) => Made | Promise<Made>} again the screen
 */
export const posted = (handler, again = show) =>
  withDraft(async (q, draft) => {
    try {
      return await handler(q, draft);
    } catch (error) {
      const words = FAILED[/** @type {StoreError} */ (error).code];
      if (!words) throw error;
      await drafts.keep(q, draft).catch(() => {});
      return again(
        q,
        draft,
        {},
        q.t(words),
        /** @type {StoreError} */ (error).code === "storage_full",
      );
    }
  }, savedBefore);

route("POST", "/field/form/new", async (q) => {
  const code = q.form.get("village") ?? "";
  if (!q.store || !canAdd(q) || village(code).name === code) return { redirect: "/field/" };
  const draft = await drafts.begin(q, code, q.form.get("household_of"));
  return { redirect: `/field/form/${draft.id}/nik` };
});

route(
  "GET",
  "/field/form/{draft}/{step}",
  withDraft(async (q, draft) => {
    // What only takes answers, as the look-up of a NIK, is seen where the form was left.
    if (!stepOf(q.params.step)) return { redirect: `/field/form/${draft.id}/${draft.step}` };
    // Purposes and proof are asked of who has agreed.
    if (q.params.step === "izin" && !agreed(draft.form))
      return { redirect: `/field/form/${draft.id}/setuju` };
    if (draft.step !== q.params.step) {
      draft.step = q.params.step;
      // Only where the form was left: a full phone shows the screen all the same.
      await drafts.keep(q, draft).catch(() => {});
    }
    return show(q, draft);
  }),
);

/** Buttons inside a screen that change what it asks; what stands behind ":" is for them to read. @type {Record<string, (form: Form, draft: Draft, go: string) => void>} */
export const TURNS = {
  nik_tiada: (form) => Object.assign(form, { no_nik: "ya", nik: "", nik_match: "" }),
  nik_ada: (form) => Object.assign(form, { no_nik: "", nik_status: "" }),
  retype: (form) => Object.assign(form, { retype: "ya" }),
  foto: (form) => Object.assign(form, { retype: "", nik_last4: "" }),
  sacks: (form) => harvest.count(form),
  as_heir: (form) => {
    const kept = CARRIED.map((name) => [name, form[name]]).filter(([, value]) => value);
    const name = form.full_name;
    for (const key of Object.keys(form)) delete form[key];
    Object.assign(form, Object.fromEntries(kept), { heir0_name: name ?? "", heir0_minor: "ya" });
  },
  away: (form) => Object.assign(form, { facts_from: "diwakili" }),
  here: (form) => Object.assign(form, { facts_from: "sendiri" }),
  heir_add: (form) => Object.assign(form, { heirs: String(heirCount(form) + 1) }),
};

/** @param {Form} form @param {number} at */
function dropHeir(form, at) {
  const parts = ["name", "relation", "minor", "guardian", "nik", "phone"];
  const many = heirCount(form);
  for (let i = at; i < many; i++) {
    for (const part of parts) {
      const next = form[`heir${i + 1}_${part}`];
      if (next && i + 1 < many) form[`heir${i}_${part}`] = next;
      else delete form[`heir${i}_${part}`];
    }
  }
  form.heirs = String(Math.max(1, many - 1));
}

/** Names of a screen's boxes, which a browser leaves out when unticked. @param {Draft} draft */
function boxesOf(draft) {
  const heirs = Array.from({ length: heirCount(draft.form) }, (_, i) => `heir${i}_minor`);
  return (
    {
      hasil: ["no_phone"],
      kontak: ["no_phone"],
      waris: heirs,
      keluarga: heirs,
      kriteria: ["vulnerability_flags"],
    }[/** @type {string} */ (draft.step)] ?? []
  );
}

route(
  "POST",
  "/field/form/{draft}/{step}",
  posted(async (q, draft) => {
    if (!stepOf(q.params.step)) return null;
    draft.step = q.params.step;
    drafts.answer(draft, q.form, boxesOf(draft));
    const found = q.form.get("find")?.trim();
    if (found && draft.form.occupation_code === "LAIN" && !draft.form.occupation_text?.trim())
      draft.form.occupation_text = found;
    const go = q.form.get("go") ?? "next";
    if (go.startsWith("heir_drop_")) dropHeir(draft.form, Number(go.slice(10)));
    TURNS[go.split(":")[0]]?.(draft.form, draft, go);
    if (go === "as_heir") draft.asHeir = 1;
    // The sum of sacks that nobody has reckoned yet belongs to the answer.
    if (go === "next" && draft.step === "hasil" && !draft.form.income_amount?.trim())
      harvest.count(draft.form);
    if (go === "next") return goOn(q, draft);
    await drafts.keep(q, draft);
    return ["later", "away"].includes(go)
      ? { redirect: `/field/form/${draft.id}/later` }
      : show(q, draft);
  }),
  withDraft((q, draft) => {
    if (!stepOf(q.params.step)) return null;
    draft.step = q.params.step;
    drafts.answer(draft, q.form, boxesOf(draft));
    return show(q, draft, {}, q.t("field.sent_again"));
  }, savedBefore),
);

/**
 * The next screen, or the save. The draft is written once: as the next screen finds it, or not at
 * all when the save takes its place in the same tap.
 * @param {Open} q @param {Draft} draft
 */
async function goOn(q, draft) {
  const data = drafts.dataOf(q, draft);
  const role = q.profile.role ?? "officer";
  const errors = check(draft, data, role, today(q));
  if (errors.agree ?? errors.guardian) draft.step = "setuju";
  const twin = Object.keys(errors).length ? "" : await unseenTwin(q, draft, data);
  if (twin || Object.keys(errors).length) {
    await drafts.keep(q, draft);
    return show(q, draft, errors, twin);
  }
  const away = wayOn(draft);
  if (!away) return finish(q, draft);
  draft.step = stepOf(away)?.slug ?? draft.step;
  await drafts.keep(q, draft);
  return { redirect: `/field/form/${draft.id}/${away}` };
}

/** Where a finished screen leads: a step, a page of its own, or "" to the save. @param {Draft} draft */
function wayOn(draft) {
  if (refused(draft)) return "discard";
  if (draft.mode === "section") return "";
  if (draft.step === "setuju" && !agreed(draft.form)) return "later";
  return nextStep(draft.step) ?? "";
}

/**
 * A possible duplicate is shown once, with its link, before going on; it never blocks.
 * @param {Open} q @param {Draft} draft @param {Answers} data
 */
async function unseenTwin(q, draft, data) {
  if (!["nik", "nama"].includes(draft.step)) return "";
  const { duplicates } = await stepContext(q, draft, data);
  const key = duplicates
    .map((d) => d.id)
    .sort()
    .join();
  if (!key || draft.twinsSeen === key) return "";
  draft.twinsSeen = key;
  return q.t("field.twin.before");
}

/** Save; where the room is full, let go of pictures the server has long had, and try again. @param {Open} q @param {Draft} draft */
const saved = (q, draft) =>
  drafts.save(q, draft).catch(async (error) => {
    if (error.code !== "storage_full" || !(await q.store.freeSpace(true))) throw error;
    return drafts.save(q, draft);
  });

/** @param {Open} q @param {Draft} draft */
export async function finish(q, draft) {
  const { id, given } = await saved(q, draft);
  if (draft.worker && draft.mode === "section") return { redirect: `/field/w/${id}` };
  return { redirect: `/field/saved/${id}`, given };
}
