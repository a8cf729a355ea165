// Checking what the server signed: its answers and its receipts.
import { fromText } from "../store/engine/bytes.js";

/** @typedef {import("./seal.js").ServerKey} ServerKey */

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const WAY = { name: "ECDSA", hash: "SHA-256" };

/** Public keys in the form that checks. @type {Map<string, Promise<CryptoKey>>} */
const known = new Map();

/** @param {string} point */
function imported(point) {
  let key = known.get(point);
  if (!key) {
    key = Promise.resolve().then(() =>
      crypto.subtle.importKey("raw", fromText(point), CURVE, false, ["verify"]),
    );
    known.set(point, key);
  }
  return key;
}

/**
 * True when the owner of the key signed exactly these bytes; false for anything that is no key or
 * no signature. @param {ServerKey} key @param {string} made as it travels @param {Uint8Array} data
 */
export async function verify({ public: point }, made, data) {
  try {
    const bytes = /** @type {BufferSource} */ (data);
    return await crypto.subtle.verify(WAY, await imported(point), fromText(made), bytes);
  } catch {
    return false;
  }
}
