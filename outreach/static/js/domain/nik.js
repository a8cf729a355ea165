/** The national identity number; the same rules as outreach/domain/nik.py. */
import rules from "../../../domain/rules.json" with { type: "json" };
import { age } from "./age.js";

const PROVINCES = rules.nik.provinces.split(" ");
/** @type {Record<string, string>} */
const DISTRICTS_NOW = rules.nik.now;
const RUN_UP = "01234567890123456789012345";
const RUN_DOWN = "98765432109876543210987654";

/**
 * @typedef {{province: string, regency: string, district: string, day: number, month: number,
 *   years: number[], sex: "L"|"P", serial: string}} Nik
 */

/** @param {number} year @param {number} month @returns {number} days of the month */
export function daysIn(year, month) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/**
 * The facts in the number, or the code of the error that makes it impossible.
 * @param {string} nik @returns {Nik|string}
 */
export function parse(nik) {
  if (!/^[0-9]{16}$/.test(nik)) return "nik_length";
  if (nik === nik[0].repeat(16) || RUN_UP.includes(nik) || RUN_DOWN.includes(nik))
    return "nik_joke";
  if (!PROVINCES.includes(nik.slice(0, 2))) return "nik_province";
  if (nik.slice(2, 4) === "00" || nik.slice(4, 6) === "00") return "nik_region";
  const month = +nik.slice(8, 10);
  const written = +nik.slice(6, 8);
  const sex = written > 40 ? "P" : "L";
  const day = sex === "P" ? written - 40 : written;
  const years = [1900, 2000]
    .map((century) => century + +nik.slice(10, 12))
    .filter((year) => month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month));
  if (!years.length) return "nik_date";
  const serial = nik.slice(12);
  if (serial === "0000") return "nik_serial";
  return {
    province: nik.slice(0, 2),
    regency: nik.slice(2, 4),
    district: nik.slice(4, 6),
    day,
    month,
    years,
    sex,
    serial,
  };
}

/** @param {unknown} nik @returns {string|null} code of the hard error */
export function nikError(nik) {
  if (typeof nik !== "string") return "wrong_type";
  const found = parse(nik);
  return typeof found === "string" ? found : null;
}

/** @param {unknown} number @returns {string|null} code of the hard error of a family card number */
export function kkError(number) {
  if (typeof number !== "string") return "wrong_type";
  if (!/^[0-9]{16}$/.test(number)) return "kk_length";
  if (!PROVINCES.includes(number.slice(0, 2))) return "kk_province";
  return number.endsWith("0000") ? "kk_serial" : null;
}

/** @param {Nik} found @returns {string[]} ISO dates, one per possible century */
const datesOf = (found) =>
  found.years.map((year) => `${year}-${two(found.month)}-${two(found.day)}`);

/**
 * The birth years that give age 15 to 100, or all that are not to come where none does. `date` is
 * the ISO date where one year is left; two years mean that the person must be asked.
 * @param {Nik} said @param {string} today "YYYY-MM-DD" @returns {{years: number[], date: string|null}}
 */
export function birthDate(said, today) {
  const ages = datesOf(said).map((born) => /** @type {number} */ (age(born, today)));
  const fitting = said.years.filter((_, i) => ages[i] >= 15 && ages[i] <= 100);
  const years = fitting.length ? fitting : said.years.filter((_, i) => ages[i] >= 0);
  return {
    years,
    date: years.length === 1 ? `${years[0]}-${two(said.month)}-${two(said.day)}` : null,
  };
}

/** @param {string} nik @param {string} today @returns {string|null} the date by the century rule */
export function birthFromNik(nik, today) {
  const said = parse(nik);
  return typeof said === "string" ? null : birthDate(said, today).date;
}

/**
 * Soft findings, each a flag code; never a reason to refuse.
 * @param {string} nik @param {string|null|undefined} village @param {string|null|undefined} birth
 * @param {string|null|undefined} sex @param {string} today @returns {string[]}
 */
export function warnings(nik, village, birth, sex, today) {
  const found = parse(nik);
  if (typeof found === "string") return [];
  const codes = [];
  const districts = DISTRICTS_NOW[nik.slice(0, 4)];
  if (districts && !districts.split(" ").includes(found.district)) codes.push("nik_kode_lama");
  if (village && nik.slice(0, 4) !== village.slice(0, 2) + village.slice(3, 5))
    codes.push("nik_luar_daerah");
  if (birth && !datesOf(found).includes(birth)) codes.push("tgl_lahir_beda");
  if (sex && sex !== found.sex) codes.push("jk_beda");
  if (!birth && birthFromNik(nik, today) === null) codes.push("abad_ganda");
  return codes;
}

/** @param {string} nik @returns {boolean} a synthetic-looking serial (9000 and above) */
export function isDemo(nik) {
  return nikError(nik) === null && +nik.slice(12) >= 9000;
}

/** @param {string|null|undefined} nik @returns {string} 18••••••••••9001 */
export function mask(nik) {
  return nik ? nik.slice(0, 2) + "•".repeat(10) + nik.slice(-4) : "";
}

/** @param {string|null|undefined} nik @returns {string} 6-6-4 */
export function group(nik) {
  return nik ? `${nik.slice(0, 6)} ${nik.slice(6, 12)} ${nik.slice(12)}`.trim() : "";
}
