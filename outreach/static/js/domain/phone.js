/** Mobile numbers as Indonesians write them, stored as +628…. */

/** Signs that people write between digits; letters are no part of it. */
const BETWEEN = /[ .,:;/()_\u2010-\u2015-]/g;

/** @param {string} text @returns {string} without what stands between the digits */
export const cleanDigits = (text) => text.replace(BETWEEN, "");

/** @param {string} text @returns {string} +628… for every usual form; with letters as it was typed */
export function normalisePhone(text) {
  const digits = cleanDigits(text);
  const found = /^(?:\+?620|\+?62|00620|0062|0)?(8[0-9]*)$/.exec(digits);
  if (found) return `+62${found[1]}`;
  return /^[0-9+]*$/.test(digits) ? digits : text;
}

/** @param {string|null|undefined} number @returns {string} 08… */
export function nationalPhone(number) {
  return number?.startsWith("+62") ? `0${number.slice(3)}` : (number ?? "");
}
