/** A worker's page: who it is, what has to be put right, what is missing; then all that is known. */
import { age } from "../../../domain/age.js";
import { formatDate, formatDateTime, formatMoney } from "../../../domain/formats.js";
import { group } from "../../../domain/nik.js";
import { nationalPhone } from "../../../domain/phone.js";
import { fields, fieldsFor, missingForDoor, missingForProposal } from "../../../domain/rules.js";
import { changeable, sections as allSections } from "../form/flow.js";
import { fieldLabel, label, mark, nikText } from "../../parts_of_screens/field_builders.js";
import { addQuestions, missingQuestions } from "../../parts_of_screens/missing_questions.js";
import { lacks } from "../saved/view.js";
import { hamletName, occupationName, soon } from "../../parts_of_screens/people_rows.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */
/** @typedef {import("../../../store/records/record_types.js").WorkerData} WorkerData */
/** @typedef {import("../../../store/records/record_types.js").Notice} Notice */
/** @typedef {import("../../../store/store.js").WorkerView} WorkerView */
/** @typedef {import("../../context.js").Occupation} Occupation */
/** @typedef {import("../../parts_of_screens/field_builders.js").Mistake} Mistake */
/** @typedef {{occupations: Occupation[]}} Named what values need to be called by name */
/** @typedef {Record<string, (value: unknown, data: WorkerData, ctx: Named, w: Words) => string>} Shown */
/** @typedef {Pick<Notice, "errors" | "conflicts" | "other">} Reasons */
/**
 * @typedef {object} RecordContext what the page needs besides the worker
 * @property {string} today
 * @property {string} role
 * @property {import("../../context.js").Village} village
 * @property {Occupation[]} occupations
 * @property {string} code
 * @property {Set<unknown>} held hashes of pictures that lie on this phone
 * @property {{sound: string} | {pen: string, box: string} | null} proof
 * @property {string[]} flags
 * @property {boolean} canAdd
 * @property {Record<string, unknown>[]} cards of what has to be put right
 * @property {string[]} [visible] fields that the role sees
 * @property {Set<string>} [told] fields that stand on the page already
 */
/** @typedef {RecordContext & Required<Pick<RecordContext, "visible" | "told">>} Whole */
/** @typedef {{purposes: Record<string, boolean>}} Agreed */

const PICTURES = ["ktp_photo", "face_photo"];

lacks.ask = missingQuestions;
// What only a proposal needs.
addQuestions({
  birth_place: ["diri", "label.birth_place"],
  domicile_since: ["nama", "field.ask.domicile_since"],
  ktp_village_code: ["nama", "field.ask.ktp_village_text"],
  programmes: ["iuran", "field.ask.programmes"],
  months: ["iuran", "label.months"],
  funding_source: ["iuran", "label.funding_source"],
});

/** @param {WorkerData["income_said"]} said @param {WorkerData} data @param {Words} w */
function income(said, data, w) {
  if (said?.per === "tidak_tahu") return w.t("field.income.unknown");
  const monthly =
    data.monthly_income == null
      ? ""
      : w.t("field.income.monthly", { to: formatMoney(data.monthly_income, w.lang) });
  if (said?.amount == null) return monthly;
  return `${formatMoney(said.amount, w.lang)} ${w.t(`field.income.per.${said.per}`)} (${monthly})`;
}

/** @type {{[K in keyof WorkerData]?: (value: NonNullable<WorkerData[K]>, data: WorkerData, ctx: Named, w: Words) => string}} */
const SHOW = {
  nik: (v) => group(v),
  kk_number: (v) => group(v),
  birth_date: (v, _d, _c, w) => formatDate(v, w.lang),
  captured_at: (v, _d, _c, w) => formatDateTime(v, w.lang),
  occupation_code: (v, _d, ctx, w) => occupationName(ctx.occupations, v, w),
  occupation2_code: (v, _d, ctx, w) => occupationName(ctx.occupations, v, w),
  monthly_income: (_v, data, _c, w) => income(data.income_said, data, w),
  income_said: (v, data, _c, w) => (data.monthly_income == null ? income(v, data, w) : ""),
  heirs: (v, _d, _c, w) =>
    v
      .map(
        (h) =>
          `${h.name} (${[label("heir_relation", h.relation, w), h.guardian && w.t("field.guardian", { name: h.guardian })].filter(Boolean).join(", ")})`,
      )
      .join("; "),
  birth_about: (v, _d, _c, w) =>
    w.t(v.said === "usia" ? "kit.about_age" : "kit.about_year", {
      year: v.year,
      years: v.age ?? "",
    }),
  informant: (v) => [v.name, v.relation].filter(Boolean).join(", "),
  programmes: (v) => v.join(" + "),
  vulnerability_flags: (v, _d, _c, w) =>
    v.map((c) => label("vulnerability_flags", c, w)).join("; "),
  months: (v, _d, _c, w) => w.t("field.months", { n: v }),
  nik_check: (v, _d, _c, w) => label("nik_check", v, w),
};

/** A value in words. @param {string} name @param {WorkerData} data @param {Named} ctx @param {Words} w */
export function shown(name, data, ctx, w) {
  const value = /** @type {Keyed} */ (data)[name];
  if (value === null || value === undefined) return "";
  if (/** @type {Shown} */ (SHOW)[name])
    return String(/** @type {Shown} */ (SHOW)[name](value, data, ctx, w) ?? "");
  if (fields[name]?.re === "phone") return nationalPhone(String(value));
  if (fields[name]?.t === "e") return label(name, value, w);
  if (typeof value === "boolean") return w.t(value ? "kit.yes" : "kit.no");
  return typeof value === "object" ? "" : String(value);
}

/** One field's conflicting or changed value, for the history. @param {string} name @param {unknown} value @param {Named} ctx @param {Words} w */
export const shownValue = (name, value, ctx, w) =>
  shown(name, { [name]: value }, ctx, w) || w.t("field.empty");

/** A field is shown once, in the first section that has it. @param {{slug: string, data: string[]}} step @param {WorkerData} data @param {Whole} ctx @param {Words} w */
function section({ slug, data: own }, data, ctx, w) {
  const names = own.filter((name) => ctx.visible.includes(name) && !ctx.told.has(name));
  for (const name of names) ctx.told.add(name);
  const facts = names
    .filter((name) => !PICTURES.includes(name) && name !== "consent")
    .map((name) => ({
      label: fieldLabel(name, w),
      value: shown(name, data, ctx, w),
      cls: name === "nik" ? "nik" : "",
    }))
    .filter((fact) => fact.value);
  /** @type {Record<string, unknown>[]} */
  const pictures = names
    .filter(
      (name) =>
        PICTURES.includes(name) &&
        /** @type {Keyed} */ (data)[name] &&
        ctx.held.has(/** @type {Keyed} */ (data)[name]),
    )
    .map((name) => ({ sha: /** @type {Keyed} */ (data)[name], label: fieldLabel(name, w) }));
  if (slug === "setuju" && ctx.proof) {
    const key = /** @type {{sound?: string}} */ (ctx.proof).sound
      ? "field.ask.voice"
      : "field.signature";
    pictures.push({ ...ctx.proof, label: w.t(key) });
  }
  if (slug === "setuju" && data.consent) {
    facts.push({
      label: w.t("field.ask.method"),
      value: label("consent_method", data.consent.method, w),
      cls: "",
    });
    if (data.consent.guardian)
      facts.push({ label: w.t("field.ask.guardian"), value: data.consent.guardian, cls: "" });
    if (data.consent.witness)
      facts.push({ label: w.t("field.ask.witness"), value: data.consent.witness, cls: "" });
    if (data.consent.at)
      facts.push({
        label: w.t("field.when"),
        value: formatDateTime(data.consent.at, w.lang),
        cls: "",
      });
  }
  const title = w.t(`field.section.${slug}`);
  const can = ctx.role !== "department" && changeable(slug, ctx.role).length > 0 ? 1 : 0;
  return {
    step: slug,
    title,
    can_edit: can,
    edit: w.t("field.edit_section", { title }),
    facts,
    pictures,
  };
}

const PURPOSES = ["pendaftaran", "hubungi_wa", "pasfoto", "bagi_ke_opd", "pajang_nama"];

/** @param {WorkerData} data @param {RecordContext} ctx @param {Words} w */
function consents(data, ctx, w) {
  if (!data.consent?.purposes || ctx.role === "head") return [];
  return PURPOSES.filter((p) => p in /** @type {Agreed} */ (data.consent).purposes).map(
    (purpose) => {
      const gone = /** @type {Record<string, string> | undefined} */ (data.consent_withdrawn)?.[
        purpose
      ];
      const given = /** @type {Agreed} */ (data.consent).purposes[purpose];
      const state = gone
        ? w.t("field.withdrawn_at", { at: formatDateTime(gone, w.lang) })
        : w.t(given ? "kit.yes" : "kit.no");
      return {
        purpose,
        label: label("purpose", purpose, w),
        state,
        can_withdraw: given && !gone ? 1 : 0,
      };
    },
  );
}

/** Why an operation came back, one sentence each. @param {Reasons} entry @param {Named} ctx @param {Words} w */
export function reasons(entry, ctx, w) {
  const list = [];
  for (const [name, faults] of Object.entries(entry.errors ?? {})) {
    for (const fault of faults) {
      list.push(`${fieldLabel(name, w)}: ${safeError(fault, w)}`);
    }
  }
  for (const c of entry.conflicts ?? []) {
    list.push(
      w.t(entry.other ? "field.conflict.other" : "field.conflict", {
        field: fieldLabel(c.field, w),
        base: shownValue(c.field, c.base, ctx, w),
        mine: shownValue(c.field, c.mine, ctx, w),
        theirs: shownValue(c.field, c.theirs, ctx, w),
        who: c.who || w.t("field.conflict.somebody"),
      }),
    );
  }
  return list;
}

/**
 * The sentences a save came back with: why, what the office says to it, what is wrong in it.
 * @param {Reasons & {reason?: unknown, code?: unknown, words?: string}} said @param {Named} ctx @param {Words} w
 */
export function spoken(said, ctx, w) {
  const found = [said.reason, said.code].filter(Boolean).map((why) => {
    if (typeof why === "object") return safeError(/** @type {Mistake} */ (why), w);
    return /^[a-z_]+$/.test(String(why)) ? safeError({ code: String(why) }, w) : String(why);
  });
  if (said.words) found.push(w.t("field.book.words", { words: said.words }));
  return [...found, ...reasons(said, ctx, w)];
}

/** @param {Mistake} fault @param {Words} w */
export function safeError(fault, w) {
  try {
    return w.t(`error.${fault.code}`, fault.params ?? {});
  } catch {
    return w.t("field.error.other");
  }
}

/** @param {WorkerView["history"][number]} entry @param {Whole} ctx @param {Words} w */
function happened(entry, ctx, w) {
  const names = Object.keys(entry.set ?? {}).filter((name) => ctx.visible.includes(name));
  return {
    title: `${w.t("field.operation", { n: entry.mid })} · ${formatDateTime(entry.at, w.lang)}`,
    what:
      names
        .slice(0, 6)
        .map((name) => fieldLabel(name, w))
        .join(", ") + (names.length > 6 ? ", …" : ""),
    mark: mark(/** @type {{state?: string}} */ (entry).state ?? entry.status, w),
    reasons: reasons(entry, ctx, w),
  };
}

/** Sex, age and work. @param {WorkerData} data @param {RecordContext} ctx @param {Words} w */
function inShort(data, ctx, w) {
  const years = data.birth_date
    ? w.t("field.years", { n: age(data.birth_date, ctx.today) ?? 0 })
    : shown("birth_about", data, ctx, w);
  return [label("sex", data.sex, w), years, shown("occupation_code", data, ctx, w)];
}

/**
 * The facts that somebody looks a person up for, a line each; the NIK masked, as on every list.
 * @param {WorkerView} worker @param {Whole} ctx @param {Words} w
 */
function summary({ data, scope }, ctx, w) {
  const hamlet = data.pemangku || data.rt ? hamletName(data, ctx.village?.kind, w) : "";
  const sees = (/** @type {string} */ name) => ctx.visible.includes(name);
  return [
    inShort(data, ctx, w).filter(Boolean).join(" · "),
    [hamlet, ctx.village?.name ?? scope].filter(Boolean).join(", "),
    sees("phone") ? shown("phone", data, ctx, w) : "",
    sees("nik") ? `${data.nik ? "NIK " : ""}${nikText(data.nik, w)}` : "",
    `${w.t("field.code")} ${ctx.code}`,
  ].filter(Boolean);
}

/**
 * The context of the worker page. @param {WorkerView} worker view from the store
 * @param {RecordContext} ctx @param {Words} w
 */
export function recordView(worker, ctx, w) {
  const data = worker.data;
  ctx.visible = fieldsFor(ctx.role, "see");
  ctx.told = new Set();
  // What did not come to this phone, or what a role does not see, is not missing.
  const unknown = ctx.role === "head" || worker.partial;
  const door = unknown ? [] : missingForDoor(data, ctx.today);
  const later = (worker.partial ? [] : missingForProposal(data, ctx.today)).filter(
    (name) => /** @type {Whole} */ (ctx).visible.includes(name) && !door.includes(name),
  );
  const whole = worker.status !== "draf" || !ctx.canAdd;
  const asks = (/** @type {string[]} */ names) =>
    missingQuestions(names, data, w, whole).filter(
      ({ step, name }) => ctx.role !== "head" || changeable(step, ctx.role).includes(name),
    );
  const sections = allSections().map((step) => section(step, data, /** @type {Whole} */ (ctx), w));
  const filled = (/** @type {ReturnType<typeof section>} */ s) =>
    s.facts.length + s.pictures.length > 0;
  const notes = (ctx.flags ?? []).map((f) => ({
    cls: "note note-warn",
    text: label("flag", f, w),
  }));
  const near = soon(data.birth_date, ctx.today, w);
  if (near) notes.unshift({ cls: "note note-warn", text: near });
  return {
    id: worker.id,
    name: data.full_name || w.t("field.no_name"),
    village: worker.scope,
    status: label("status", worker.status, w),
    state: mark(worker.state, w),
    partial: worker.partial ? w.t("field.partial") : "",
    cards: ctx.cards ?? [],
    summary: summary(worker, /** @type {Whole} */ (ctx), w),
    notes,
    missing: asks(door),
    missing_later: asks(later),
    sections: sections.filter(filled),
    empty: sections.filter((s) => !filled(s) && s.can_edit),
    consents: consents(data, ctx, w),
    history: (worker.history ?? []).map((entry) => happened(entry, /** @type {Whole} */ (ctx), w)),
    can_add: ctx.canAdd ? 1 : 0,
  };
}

/** A signature's points as an SVG path, from numbers only. @param {{s?: unknown[][], w?: unknown, h?: unknown} | null} points as drawn */
export function inkPath(points) {
  const whole = (/** @type {unknown} */ n) => Math.round(Number(n) || 0);
  const lines = (points?.s ?? []).map((flatPoints) => {
    let path = "";
    for (let i = 0; i + 1 < flatPoints.length; i += 2) {
      path += `${i ? "L" : "M"}${whole(flatPoints[i])} ${whole(flatPoints[i + 1])}`;
    }
    return flatPoints.length === 2 ? `${path}l1 0` : path;
  });
  return { pen: lines.join(""), box: `0 0 ${whole(points?.w) || 300} ${whole(points?.h) || 150}` };
}
