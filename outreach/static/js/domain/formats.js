/** Money, numbers, dates and times as Indonesians write them, and in English. */
import { jakartaDate } from "./age.js";

/** @typedef {"id"|"en"} Lang */

/** @type {Record<Lang, string[]>} */
const MONTHS = {
  id: "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(
    " ",
  ),
  en: "January February March April May June July August September October November December".split(
    " ",
  ),
};
/** @type {Record<Lang, string[]>} */
const DAYS = {
  id: "Minggu Senin Selasa Rabu Kamis Jumat Sabtu".split(" "),
  en: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" "),
};

/** @param {number} value @param {Lang} lang @returns {string} 22.680 | 22,680 */
export function formatNumber(value, lang) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, lang === "en" ? "," : ".");
}

/** @param {number|null|undefined} value @param {Lang} lang @returns {string} Rp16.800 | Rp16,800 */
export function formatMoney(value, lang) {
  if (value == null) return "";
  return `${value < 0 ? "-" : ""}Rp${formatNumber(Math.abs(value), lang)}`;
}

/** @param {string|null|undefined} day @param {Lang} lang @returns {string} 22 November 2026 */
export function formatDate(day, lang) {
  return day ? `${+day.slice(8)} ${formatMonth(day, lang)}` : "";
}

/** @param {string|null|undefined} day @param {Lang} lang @returns {string} Minggu, 22 November 2026 */
export function formatDay(day, lang) {
  return day ? `${DAYS[lang][new Date(day).getUTCDay()]}, ${formatDate(day, lang)}` : "";
}

/** @param {string} month @param {Lang} lang @returns {string} November 2026 */
export function formatMonth(month, lang) {
  return `${MONTHS[lang][+month.slice(5, 7) - 1]} ${+month.slice(0, 4)}`;
}

/** @param {string|null|undefined} day @returns {string} 7-8-1980 */
export function formatShortDate(day) {
  return day ? `${+day.slice(8)}-${+day.slice(5, 7)}-${+day.slice(0, 4)}` : "";
}

/** @param {string|number|null|undefined} moment @param {Lang} lang @returns {string} 13.05 | 13:05, in Lampung */
export function formatTime(moment, lang) {
  if (moment == null) return "";
  const clock = new Date(new Date(moment).getTime() + 7 * 3600000).toISOString().slice(11, 16);
  return lang === "en" ? clock : clock.replace(":", ".");
}

/** @param {string|number|null|undefined} moment @param {Lang} lang @returns {string} date and clock in Lampung */
export function formatDateTime(moment, lang) {
  return moment == null
    ? ""
    : `${formatDate(jakartaDate(moment), lang)} ${formatTime(moment, lang)}`;
}
