/** Sums of money as people write them: read whole, or not at all; as outreach/domain/money.py. */

/** @type {Record<string, number>} */
const UNITS = { ribu: 1e3, rb: 1e3, k: 1e3, juta: 1e6, jt: 1e6 };
const PIECE = /([0-9.,]+)\s*(juta|jt|ribu|rb|k)(?![a-z])\s*/g;
const GROUPED = /^([0-9]{1,3}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*|[0-9]+)(?:[.,](?:00|-))?$/;

/**
 * Whole rupiah of 1.500.000, 1.500.000,00, Rp 1,5 juta, 750 rb or 1jt 500rb; null for what can be
 * read in two ways or is no sum. @param {string} text @returns {number|null}
 */
export function readMoney(text) {
  const plain = text
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^rp/, "")
    .replace(/^[. ]+/, "")
    .replace(/rupiah$/, "")
    .trim();
  const pieces = [...plain.matchAll(PIECE)];
  if (!pieces.length) {
    const found = plain.length < 20 ? GROUPED.exec(plain) : null;
    return found ? Number(found[1].replace(/[.,]/g, "")) : null;
  }
  if (plain.replace(PIECE, "").trim()) return null;
  const sums = pieces.map(([, number, unit]) => times(number, UNITS[unit]));
  return sums.includes(NaN) ? null : sums.reduce((a, b) => a + b, 0);
}

/** 1,5 or 1.5 of a unit; NaN where the result is no whole rupiah. @param {string} number @param {number} unit */
function times(number, unit) {
  const [, whole, cents = ""] = /^([0-9]{1,6})(?:[.,]([0-9]{1,3}))?$/.exec(number) ?? [];
  const sum = (Number(whole + cents) * unit) / 10 ** cents.length;
  return Number.isInteger(sum) ? sum : NaN;
}
