// The server's signed receipt: read, and checked against the server's keys that this phone knows.

import { fromText, utf8 } from "../store/engine/bytes.js";
import { verify } from "../vault/verify.js";

/**
 * @typedef {object} Receipt
 * @property {string} device
 * @property {number} last_mid
 * @property {string} last_hash
 * @property {number} epoch
 * @property {string} at the server's time
 * @property {string} user
 * @property {string} kid
 * @property {[number, number][]} [gaps] ranges that it leaves out
 */
/** @typedef {import("../vault/seal.js").ServerKey} ServerKey */

const FORM = /^JKR[12]\.([\w-]+)\.([\w-]+)$/;

/** The content of a receipt; null when it is none. @param {string} [token] @returns {Receipt | null} */
export function readReceipt(token = "") {
  const body = FORM.exec(token)?.[1];
  try {
    /** @type {Receipt | null} */
    const said = JSON.parse(new TextDecoder().decode(fromText(body ?? "")));
    return Number.isInteger(said?.last_mid) &&
      typeof (/** @type {Receipt} */ (said).device) === "string"
      ? said
      : null;
  } catch {
    return null;
  }
}

/**
 * True when the server signed it, false when somebody else did, null when this phone does not know
 * the key it names.
 * @param {string} token @param {ServerKey[]} keys
 * @returns {Promise<boolean | null>}
 */
export async function isSigned(token, keys) {
  const said = readReceipt(token);
  const key = keys.find(({ kid, kind }) => kind === "sign" && kid === said?.kid);
  if (!said || !key) return said ? null : false;
  const dot = token.lastIndexOf(".");
  return verify(key, token.slice(dot + 1), utf8(token.slice(0, dot)));
}
