/** The status that facts alone decide, and the flags that deserve a second look. */
import { follows } from "../gen/lifecycle.js";
import { age, ageProblem } from "./age.js";
import { isDemo, warnings } from "./nik.js";
import { captureDay, guardianLacks, missingForDoor } from "./rules.js";

/** @typedef {import("./rules.js").Data} Data */

/**
 * The status that follows from the facts; one that rests on somebody's word stays until the server
 * has judged the save by the whole table of steps.
 * @param {Data} data @param {string} today @param {string|null} [current] @param {number} [minAge]
 * @returns {string}
 */
export function deriveStatus(data, today, current, minAge) {
  if (current === "usulan" && data.captured_at == null) return current;
  if (current && current !== "usulan" && !follows.includes(current)) return current;
  if (data.consent_withdrawn?.pendaftaran) return "tarik_persetujuan";
  if (data.facts_from === "diwakili" || missingForDoor(data, today).length) return "draf";
  if (data.already_member === "ya_pu" || data.already_member === "ya_bpu") return "sudah_peserta";
  if (data.employment_relation === "punya_majikan") return "dirujuk_pu";
  return ageProblem(data.birth_date, captureDay(data, today), minAge) ? "di_luar_usia" : "calon";
}

/**
 * The flags that deserve a look; those that need other records or the server's clock are added elsewhere.
 * @param {Data} data @param {string} today @param {{production?: boolean, minAge?: number}} [options]
 * @returns {string[]}
 */
export function flags(data, today, { production = false, minAge } = {}) {
  const { nik, birth_date: birth } = data;
  const found = nik ? warnings(nik, data.village_code, birth, data.sex, today) : ["nik_kosong"];
  const problem = ageProblem(birth, captureDay(data, today), minAge);
  if (problem) found.push(problem);
  if (data.facts_from === "diwakili") found.push("diwakili");
  const differs = found.includes("tgl_lahir_beda") || found.includes("jk_beda");
  if (nik && !data.ktp_photo && (data.nik_check !== "ketik_ulang" || differs))
    found.push("foto_ktp_kurang");
  if (production && nik && isDemo(nik)) found.push("nik_uji");
  if (guardianLacks(data, today)) found.push("wali_kurang");
  if (data.birth_about && !birth) found.push("tgl_perkiraan");
  return found;
}

/** @type {Record<string, string>} */
const AFTER_SAVING = {
  draf: "after_saving_draf",
  dirujuk_pu: "after_saving_pu",
  sudah_peserta: "after_saving_member",
};

/**
 * The name of the text that is read out after saving: only a calon hears what protects.
 * @param {string} status @param {Data} data @param {string} today @returns {string}
 */
export function afterSaving(status, data, today) {
  if (status !== "di_luar_usia") return AFTER_SAVING[status] ?? "after_saving";
  const years = age(data.birth_date, captureDay(data, today)) ?? 0;
  return years >= 65 ? "after_saving_65" : "after_saving_minor";
}

/** @param {string|null|undefined} villageCode @returns {boolean} an urban village (…1001) */
export function isKelurahan(villageCode) {
  return villageCode?.split(".")[3]?.startsWith("1") ?? false;
}

/** @param {string|null|undefined} villageCode @returns {string} key of the title of its head */
export function headKey(villageCode) {
  return `label.head.${isKelurahan(villageCode) ? "kelurahan" : "pekon"}`;
}
