/** Mobile numbers as Indonesians write them, stored as +628…. */

/** @param {string} text @returns {string} +628… for every usual form, else the digits */
export function normalisePhone(text) {
  const digits = text.replace(/[^0-9+]/g, "");
  const found = /^(?:\+?620|\+?62|00620|0062|0)?(8.*)$/.exec(digits);
  return found ? `+62${found[1]}` : digits;
}

/** @param {string|null|undefined} number @returns {string} 08… */
export function nationalPhone(number) {
  return number?.startsWith("+62") ? `0${number.slice(3)}` : (number ?? "");
}
