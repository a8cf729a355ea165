// Asking the office, from the desk of the counter, whether a NIK is recorded already. The answer is
// the office's own, under the login of this browser, and is only read: it settles nothing.
import { send } from "./wire.js";

/** @typedef {{id: string, name: string, place: string, status: string, recorded: string}} Person */
/** @typedef {import("./wire.js").Trouble | "office" | "many"} Why no answer, a login that ended, or too many questions */

/** Why the office refused its own reader, by status. @type {Record<number, Why>} */
const REFUSED = { 401: "office", 403: "office", 429: "many" };

/**
 * Who has this NIK; why nobody could say.
 * @param {import("./wire.js").Fetch} fetch @param {string} address where the office answers
 * @param {string} nik sixteen digits
 * @returns {Promise<{people: Person[]} | {why: Why}>}
 */
export async function lookUp(fetch, address, nik) {
  const body = new TextEncoder().encode(new URLSearchParams({ nik }).toString());
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const { seen, bytes, trouble } = await send(fetch, address, { body, headers });
  const people = seen === 200 ? peopleIn(bytes) : null;
  return people ? { people } : { why: REFUSED[seen] ?? trouble };
}

/** The people of an answer; null for anything that is not the office's. @param {Uint8Array} bytes */
function peopleIn(bytes) {
  try {
    const { people } = /** @type {{people?: unknown}} */ (
      JSON.parse(new TextDecoder().decode(bytes))
    );
    return Array.isArray(people) ? /** @type {Person[]} */ (people) : null;
  } catch {
    return null;
  }
}
