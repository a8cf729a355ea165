// Instant search over what the lists show.
import { workerCode } from "../../domain/code.js";
import { searchWords } from "../../domain/names.js";
import { hit, listing, scopesOf } from "./lists.js";

/** @typedef {import("./lists.js").Hit} Hit */
/** @typedef {import("../records/list_index.js").Row} Row */

const CODE = /^[A-HJ-NP-Z]{7}$/;

/** @param {string} query @returns {(row: Row) => boolean} */
function matcher(query) {
  const digits = query.replace(/[\s.-]/g, "");
  if (/^\d{4,16}$/.test(digits)) return (row) => row.nik.includes(digits);
  const words = searchWords(query);
  if (!words.length) return () => false;
  const named = (/** @type {Row} */ row) => words.every((word) => row.key.includes(word));
  const code = query.replace(/[\s-]/g, "").toUpperCase();
  // Seven letters may also be the code of a person's slip.
  return CODE.test(code) ? (row) => named(row) || workerCode(row.id) === code : named;
}

/**
 * The first workers whose name has every word, in any order, anywhere; four or more digits look
 * in the NIK. The desk finds the same: outreach/services/listing.py.
 * @param {{state: import("../records/state.js").State}} store
 * @param {string | null} scope null looks in everything on the phone
 * @param {string} query @param {number} limit
 * @returns {Promise<Hit[]>}
 */
export async function search({ state }, scope, query, limit) {
  await state.refresh();
  const fits = matcher(query);
  /** @type {Hit[]} */
  const hits = [];
  for (const one of scope ? [scope] : scopesOf(state)) {
    for (const row of listing(state, one)) {
      if (!fits(row)) continue;
      hits.push(hit(row, one));
      if (hits.length >= limit) return hits;
    }
  }
  return hits;
}
