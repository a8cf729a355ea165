/**
 * Faults to mend on a screen before going on: the shared rules for each value, and the
 * door's questions that a person must answer. Errors are named after the input that holds them.
 */
import { needsGuardian } from "../../../domain/age.js";
import { doubts } from "../../../domain/doubts.js";
import { readMoney } from "../../../domain/money.js";
import { readPlace } from "../../../domain/places.js";
import { captureDay, checkSet, checkTogether, missingForDoor } from "../../../domain/rules.js";
import { changeable, stepOf } from "./flow.js";
import { digits, fromNik, heirCount, tooYoung } from "./form_read.js";
import { proofOf, WITNESSED } from "./proof.js";

/** Where the error of a data field shows; the others show at the input of the same name. */
const SHOWN_AT = {
  domicile_same_as_ktp: "domicile",
  monthly_income: "income",
  income_said: "income",
  informant: "informant_name",
  birth_about: "birth_date",
  pemangku: "here_at",
  rt: "here_at",
  consent: "agree",
};
/** A part of a field that has an input of its own. @type {Record<string, string>} */
const PART_AT = {
  "consent.witness": "witness",
  "consent.guardian": "guardian",
  "informant.name": "informant_name",
};
/** Sentences where the proof of consent is missing, by the answer that holds it. @type {Record<string, string>} */
const NEEDED = {
  signature: "field.error.sign_needed",
  evidence_photo: "field.error.evidence_needed",
  voice: "field.error.voice_needed",
};
/** Fields that are answered by choosing, for the words of the error. */
const CHOSEN = [
  "nik_status",
  "nik_match",
  "sex",
  "domicile",
  "occupation_code",
  "employment_relation",
  "already_member",
  "income",
];

/** @typedef {import("./form_types.js").Errors} Errors */
/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("./form_types.js").Form} Form */
/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */
/** @typedef {Record<string, unknown>} Params */
/** @typedef {{name: string, at: string, key: string, code: string, params: Params}} Question */

/** @param {string} name @returns {Errors[string]} */
const unanswered = (name) => [
  { code: CHOSEN.includes(name) ? "field.error.must_choose" : "field.error.must_fill" },
];

/**
 * @param {Draft} draft @param {Answers} data @param {string} role @param {string} today
 * @returns {Errors}
 */
export function check(draft, data, role, today) {
  const step = stepOf(draft.step);
  if (!step) return {};
  // Consent is whole after its second screen.
  const half = draft.step === "setuju" && draft.mode !== "section";
  const own = half ? [] : changeable(draft.step, role);
  const set = Object.fromEntries(
    own.map((name) => [name, [null, /** @type {Keyed} */ (data)[name] ?? null]]),
  );
  /** @type {Errors} */
  const errors = {};
  const broken = { ...checkSet(role, set) };
  for (const [name, fault] of Object.entries(checkTogether(data)))
    if (own.includes(name)) broken[name] = [fault];
  for (const [name, faults] of Object.entries(broken)) place(errors, name, faults);
  if (draft.step === "nik" && disowned(draft.form))
    errors.nik_match = [{ code: "field.error.nik_match" }];
  if (own.includes("pemangku")) placed(errors, draft.form);
  if (own.includes("birth_date") && tooYoung(data, draft, today))
    errors[draft.form.birth_date ? "birth_date" : draft.form.century ? "century" : "nik"] ??= [
      { code: "field.age.floor" },
    ];
  if (own.includes("income_said")) money(errors, draft.form);
  if (draft.mode !== "section" || ["setuju", "waris"].includes(draft.step))
    door(errors, draft, data, own, today);
  for (const { at, key, code, params } of asked(draft, data, own))
    if (draft.form[`sure_${at}`] !== key) errors[at] ??= [{ code, params }];
  return errors;
}

/** A sum that was typed and cannot be read. @param {Errors} errors @param {Form} form */
function money(errors, form) {
  if (form.income !== "tulis") return;
  for (const at of ["income_amount", "sack_price"])
    if (form[at]?.trim() && readMoney(form[at]) === null)
      errors[at] ??= [{ code: "field.error.money" }];
  if (form.income_amount?.trim() && !form.income_per)
    errors.income_per ??= [{ code: "field.error.must_choose" }];
  for (const at of ["income_harvests", "sack_n"])
    if (form[at]?.trim() && !/^\s*\d{1,4}\s*$/.test(form[at]))
      errors[at] ??= [{ code: "field.error.whole" }];
}

/** Stored answers that would go; by the second part, which alone opens what was stored. */
export const removals = {
  /** @param {Draft} _draft @param {Answers} _data @returns {Question[]} */
  of: (_draft, _data) => [],
};

/**
 * Questions that are asked once: answers that look wrong, and stored ones that would go.
 * ``key`` is the doubted answer: another answer is asked about again.
 * @param {Draft} draft @param {Answers} data @param {string[]} own
 * @returns {Question[]}
 */
export function asked(draft, data, own = changeable(draft.step, "officer")) {
  const { form } = draft;
  const found = Object.entries(doubts(data)).map(([name, { code, params }]) => ({
    name,
    at: placeOf(name, params),
    key: String(params.name ?? params.money),
    code,
    params,
  }));
  const banded = form.income && form.income !== "tulis";
  return [...found, ...removals.of(draft, data)].filter(
    ({ name }) => own.includes(name) && !(name === "monthly_income" && banded),
  );
}

/** Where somebody lives, typed and not readable, or in two ways. @param {Errors} errors @param {Form} form */
function placed(errors, form) {
  const typed = (form.here_at ?? "").trim();
  if (!typed) return;
  const place = readPlace(typed);
  const [, pemangku, rt] = /^g:(.*)\|(\d*)$/.exec(form.domicile ?? "") ?? [];
  if (!place) errors.here_at = [{ code: "field.error.here" }];
  else if (pemangku && (place.pemangku !== pemangku || (place.rt ?? "") !== rt))
    errors.here_at = [{ code: "field.error.here_two" }];
}

/** "Not as on the KTP" with nothing put right: the number would be kept as good. @param {Form} form */
const disowned = ({ nik, nik_match, birth_date, sex }) =>
  nik && nik_match === "tidak" && !birth_date && !sex;

/** @param {Errors} errors @param {string} name @param {Errors[string]} faults */
function place(errors, name, faults) {
  errors[placeOf(name, faults[0].params ?? {})] ??= faults;
}

/** The input that holds a field, or the part of one. @param {string} name @param {Params} params */
export function placeOf(name, params) {
  if (name === "heirs" && params.row)
    return `heir${/** @type {number} */ (params.row) - 1}_${params.part ?? "name"}`;
  const at = /** @type {Record<string, string>} */ (SHOWN_AT)[name] ?? name;
  if (at === "income" && params.money !== undefined) return "income_amount";
  return PART_AT[`${name}.${params.part}`] ?? at;
}

/** @param {Errors} errors @param {Draft} draft @param {Answers} data @param {string[]} own @param {string} today */
function door(errors, draft, data, own, today) {
  const special = ASKED[/** @type {keyof typeof ASKED} */ (draft.step)];
  special?.(errors, draft.form, data, today, draft);
  for (const name of missingForDoor(data, today)) {
    if (
      !own.includes(name) ||
      [
        "consent",
        "heirs",
        "nik",
        "nik_status",
        "nik_check",
        "address_line",
        "work_location",
      ].includes(name)
    )
      continue;
    // A NIK that is missing or wrong tells neither; once it is right it tells both.
    if (errors.nik && ["birth_date", "sex"].includes(name)) continue;
    const at = /** @type {Record<string, string>} */ (SHOWN_AT)[name] ?? name;
    // Of a sum that is typed, its own inputs say what is missing.
    if (at !== "income" || draft.form.income !== "tulis") errors[at] ??= unanswered(at);
  }
}

/** Fields that each screen asks for; of an edit the second part asks more. */
export const ASKED = {
  /** @param {Errors} errors @param {Form} form @param {Answers} data @param {string} today */
  nik(errors, form, data, today) {
    if (form.no_nik === "ya") {
      if (!data.nik_status || data.nik_status === "ada")
        errors.nik_status = unanswered("nik_status");
      return;
    }
    if (!data.nik) errors.nik = [{ code: "field.error.nik_needed" }];
    else if (!errors.nik) {
      if (fromNik(form, today)?.ask && !form.century && !form.birth_date)
        errors.century = [{ code: "field.error.must_choose" }];
      if (form.nik_last4 && digits(form.nik_last4) !== data.nik.slice(-4))
        errors.nik_last4 = [{ code: "field.error.last4_differs" }];
      else if (!data.nik_check)
        errors[form.retype === "ya" ? "nik_last4" : "ktp_photo"] = [
          { code: "field.error.photo_or_retype" },
        ];
    }
  },
  /** @param {Errors} errors @param {Form} form */
  waris(errors, form) {
    for (let i = 0; i < heirCount(form); i++) {
      if (!(form[`heir${i}_name`] ?? "").trim()) errors[`heir${i}_name`] ??= unanswered("name");
      if (!form[`heir${i}_relation`])
        errors[`heir${i}_relation`] ??= [{ code: "field.error.must_choose" }];
      if (form[`heir${i}_minor`] === "ya" && !form[`heir${i}_guardian`])
        errors[`heir${i}_guardian`] ??= unanswered("guardian");
    }
  },
  /** @param {Errors} errors @param {Form} form @param {Answers} data */
  hasil(errors, form, data) {
    if (form.income === "tulis" && data.monthly_income === undefined) {
      if (!form.income_amount?.trim()) errors.income_amount ??= unanswered("income_amount");
      if (!form.income_per) errors.income_per = [{ code: "field.error.must_choose" }];
    }
    if (form.income === "tulis" && form.income_per === "panen" && !form.income_harvests?.trim())
      errors.income_harvests = unanswered("income_harvests");
    if (!data.phone && !data.no_phone) errors.phone ??= [{ code: "field.error.phone_or_none" }];
  },
  /** @param {Errors} errors @param {Form} form @param {Answers} data @param {string} today @param {Draft} [_draft] */
  setuju(errors, form, data, today, _draft) {
    if (form.facts_from === "diwakili") return;
    if (!form.agree) errors.agree = [{ code: "field.error.must_choose" }];
    if (form.agree !== "ya") return;
    if (needsGuardian(data.birth_date, captureDay(data, today)) && !data.consent?.guardian)
      errors.guardian ??= unanswered("guardian");
  },
  /** @param {Errors} errors @param {Form} form @param {Answers} data @param {string} today @param {Draft} _draft */
  izin(errors, form, data, today, _draft) {
    ASKED.setuju(errors, form, data, today);
    if (form.agree !== "ya" || form.facts_from === "diwakili") {
      errors.agree ??= [{ code: "field.error.must_choose" }];
      return;
    }
    // Whether the name may hang on the wall may stay open: then it does not.
    for (const name of ["p_wa", "p_foto", "p_opd"])
      if (!form[name]) errors[name] = [{ code: "field.error.ask_each" }];
    const proof = proofOf(form.method);
    if (!data.consent?.evidence) errors[proof] = [{ code: NEEDED[proof] }];
    if (WITNESSED.includes(form.method) && !(form.witness ?? "").trim())
      errors.witness = unanswered("witness");
  },
};
