/** The question before a stored answer goes because its input was left empty. */
import { fields } from "../../../domain/rules.js";
import { placeOf, removals } from "./check.js";

/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("./form_types.js").Form} Form */
/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */

/** What is chosen or photographed: emptied nowhere by leaving a field empty. */
const NOT_TYPED = ["sha", "occupation", "village", "uuid"];
/** Typed answers, whose removal from a stored record is asked. */
const TYPED = Object.keys(fields).filter((name) => {
  const { t, re = "", any } = fields[name];
  return ["s", "i", "d", "nik", "kk"].includes(t) && !any && !NOT_TYPED.includes(re);
});
/**
 * Where another answer was given in its place, or is asked about in its place.
 * @type {Record<string, (data: Answers, form: Form, base: Keyed) => unknown>}
 */
const IN_ITS_PLACE = {
  nik: (data, form) => form.no_nik === "ya" || (data.nik_status ?? "ada") !== "ada",
  birth_date: (data) => data.birth_about,
  rt: (data, _form, base) => data.pemangku !== base.pemangku,
  phone: (data) => data.no_phone,
  domicile_since: (data) => data.domicile_same_as_ktp,
  ktp_village_text: (data) => data.domicile_same_as_ktp,
  employer_name: (data) => data.employment_relation !== "punya_majikan",
  monthly_income: (_data, form) => form.income !== "tulis" || form.income_amount?.trim(),
};

removals.of = ({ base = {}, form }, data) =>
  TYPED.filter(
    (name) =>
      /** @type {Keyed} */ (base)[name] != null &&
      /** @type {Keyed} */ (data)[name] == null &&
      !IN_ITS_PLACE[name]?.(data, form, base),
  ).map((name) => {
    const value = String(/** @type {Keyed} */ (base)[name]);
    const at = name === "monthly_income" ? "income_amount" : placeOf(name, {});
    return { name, at, key: value, code: "answer_erased", params: { value } };
  });
