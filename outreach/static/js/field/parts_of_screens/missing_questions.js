/**
 * What a record lacks, as the screens ask for it: each question once, in its screen's own words,
 * with the screen. What no screen asks, because it comes by itself or from the office, is not named.
 */

/** @typedef {import("../request_types.js").Words} Words */
/** @typedef {Pick<import("../../store/records/record_types.js").WorkerData, "consent" | "consent_withdrawn" | "domicile_same_as_ktp" | "heirs" | "occupation_code"> & {facts_from?: string}} Answered what decides how something is asked */
/** @typedef {[step: string, key: string]} Question */

const DOMICILE = /** @type {Question} */ (["nama", "field.ask.domicile"]);
const OCCUPATION = /** @type {Question} */ (["kerja", "label.occupation_code"]);
const CARD = /** @type {Question} */ (["nik", "field.ask.ktp_photo"]);

/** The proof of each way to agree; a signature where none was chosen. @type {Record<string, string>} */
const PROOFS = {
  cap_jempol_foto: "field.ask.evidence_photo",
  formulir_kertas_foto: "field.ask.evidence_photo",
  lisan_terekam: "field.ask.voice",
};
const WITNESSED = ["cap_jempol_foto", "lisan_terekam"];
const HALVES = {
  relation: "label.heir_relation",
  guardian: "label.heir_guardian",
  name: "label.heir_name",
};

/** @type {Record<string, Question>} */
const QUESTIONS = {
  facts_from: ["keterangan", "label.facts_from"],
  informant: ["keterangan", "field.ask.informant_name"],
  nik: ["nik", "field.ask.nik"],
  nik_status: ["nik", "label.nik_status"],
  nik_match: ["nik", "field.ask.nik_match"],
  nik_check: CARD,
  ktp_photo: CARD,
  birth_date: ["nik", "label.birth_date"],
  sex: ["nik", "label.sex"],
  full_name: ["nama", "label.full_name"],
  domicile_same_as_ktp: DOMICILE,
  occupation_code: OCCUPATION,
  occupation_text: ["kerja", "label.occupation_text"],
  employment_relation: ["majikan", "label.employment_relation"],
  employer_name: ["majikan", "label.employer_name"],
  already_member: ["majikan", "label.already_member"],
  monthly_income: ["hasil", "field.ask.income"],
  phone: ["hasil", "label.phone"],
};

/** Questions that only a proposal asks; the second part of the app adds them. @param {typeof QUESTIONS} more */
export const addQuestions = (more) => Object.assign(QUESTIONS, more);

/**
 * Questions that depend on what was answered already. @type {Record<string, (data: Answered, whole: boolean) => Question>}
 */
const BY_ANSWERS = {
  // Both come with another answer, unless that was given elsewhere.
  address_line: (data) =>
    data.domicile_same_as_ktp == null ? DOMICILE : ["alamat", "label.address_line"],
  work_location: (data) => (data.occupation_code ? ["usaha", "label.work_location"] : OCCUPATION),
  heirs: ({ heirs = [] }) => {
    if (heirs.some(({ relation }) => !relation)) return ["waris", HALVES.relation];
    const alone = heirs.some(({ minor, guardian }) => minor && !guardian);
    return ["waris", alone ? HALVES.guardian : HALVES.name];
  },
  consent({ consent, facts_from: from, consent_withdrawn: withdrawn }, whole) {
    if (from === "diwakili") return ["setuju", "field.section.setuju"];
    if (!consent?.purposes?.pendaftaran || withdrawn?.pendaftaran)
      return ["setuju", "field.ask.agree"];
    const { method = "", evidence, witness } = consent;
    const on = whole ? "setuju" : "izin";
    if (!evidence) return [on, PROOFS[method] ?? "field.ask.signature"];
    if (WITNESSED.includes(method) && !witness) return [on, "field.ask.witness"];
    return ["setuju", "field.ask.guardian"];
  },
};

/**
 * @param {string[]} names of data fields, as the rules miss them
 * @param {Answered} data @param {Words} w
 * @param {boolean} [whole] consent is asked on one screen, as in an edit, instead of the door's two
 * @returns {{step: string, label: string, name: string}[]}
 */
export function missingQuestions(names, data, w, whole = false) {
  /** @type {Map<string, {step: string, label: string, name: string}>} */
  const asked = new Map();
  for (const name of names) {
    const [step, key] = BY_ANSWERS[name]?.(data, whole) ?? QUESTIONS[name] ?? [];
    if (step && key && !asked.has(key)) asked.set(key, { step, label: w.t(key), name });
  }
  return [...asked.values()];
}
