/** From a worker's data to the answers of the form, so that a saved record can be edited. */
import { standing } from "../../../domain/consents.js";
import { tidy, writeAbout, writeDate } from "./form_read.js";
import { proofOf } from "./proof.js";

/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("./form_types.js").Form} Form */
/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */

const yesNo = (/** @type {boolean|null|undefined} */ value) =>
  value === true ? "ya" : value === false ? "tidak" : "";
const SAME = [
  "facts_from",
  "nik",
  "nik_status",
  "ktp_photo",
  "full_name",
  "sex",
  "birth_place",
  "mother_name",
  "kk_number",
  "marital_status",
  "face_photo",
  "address_line",
  "pemangku",
  "rt",
  "rw",
  "domicile_since",
  "ktp_village_text",
  "postal_code",
  "phone",
  "phone_owner",
  "email",
  "occupation_code",
  "occupation2_code",
  "occupation_text",
  "employment_relation",
  "employer_name",
  "work_location",
  "work_location_text",
  "work_hours",
  "group_name",
  "already_member",
  "kpj",
  "funding_source",
  "notes",
];

/** @param {Answers} data */
function writeIncome(data) {
  const said = data.income_said;
  if (said?.per === "tidak_tahu") return { income: "tidak_tahu" };
  if (said?.amount == null && data.monthly_income == null) return {};
  if (said?.amount == null) return { income: String(data.monthly_income) };
  const harvests = said.harvests ? String(said.harvests) : "";
  return {
    income: "tulis",
    income_amount: String(said.amount),
    income_per: said.per,
    income_harvests: harvests,
  };
}

/** @param {NonNullable<Answers["heirs"]>} heirs */
function writeHeirs(heirs) {
  /** @type {Record<string, string>} */
  const form = { heirs: String(Math.max(1, heirs.length)) };
  heirs.forEach((heir, i) => {
    for (const part of /** @type {const} */ (["name", "relation", "guardian", "nik", "phone"])) {
      if (heir[part]) form[`heir${i}_${part}`] = /** @type {string} */ (heir[part]);
    }
    if (heir.minor) form[`heir${i}_minor`] = "ya";
  });
  return form;
}

/** The standing consent; a withdrawn purpose reads as no. @param {Answers} data */
function writeConsent(data) {
  const { consent } = data;
  if (!consent) return {};
  const stands = standing(data);
  const purposes = Object.fromEntries(
    Object.keys(consent.purposes ?? {}).map((name) => [name, stands.includes(name)]),
  );
  return {
    agree: yesNo(purposes.pendaftaran),
    p_wa: yesNo(purposes.hubungi_wa),
    p_foto: yesNo(purposes.pasfoto),
    p_opd: yesNo(purposes.bagi_ke_opd),
    p_pajang: yesNo(purposes.pajang_nama),
    method: consent.method ?? "",
    [proofOf(consent.method)]: consent.evidence ?? "",
    witness: consent.witness ?? "",
    guardian: consent.guardian ?? "",
  };
}

/**
 * The form that would read back as ``data``. @param {Answers} data
 * @returns {Form}
 */
export function writeForm(data) {
  const same = Object.fromEntries(
    SAME.map((name) => [
      name,
      /** @type {Keyed} */ (data)[name] == null ? "" : String(/** @type {Keyed} */ (data)[name]),
    ]),
  );
  return /** @type {Form} */ (
    tidy({
      ...same,
      birth_date: data.birth_date
        ? writeDate(data.birth_date)
        : data.birth_about && writeAbout(data.birth_about),
      gps: data.gps ? JSON.stringify(data.gps) : "",
      informant_name: data.informant?.name,
      informant_relation: data.informant?.relation,
      nik_match: yesNo(data.nik_match),
      nik_last4: data.nik_check === "ketik_ulang" ? (data.nik ?? "").slice(-4) : "",
      domicile: yesNo(data.domicile_same_as_ktp),
      no_phone: data.no_phone ? "ya" : "",
      has_whatsapp: yesNo(data.has_whatsapp),
      programmes: yesNo(data.programmes?.includes("JHT") ?? null),
      months: data.months == null ? "" : String(data.months),
      children_school_age: data.children_school_age == null ? "" : String(data.children_school_age),
      vulnerability_flags: (data.vulnerability_flags ?? []).join(","),
      ...writeIncome(data),
      ...writeHeirs(data.heirs ?? []),
      ...writeConsent(data),
    })
  );
}
