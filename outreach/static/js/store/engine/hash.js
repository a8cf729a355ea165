// The journal's hash chain: h(n) = SHA-256(h(n-1) ‖ bytes(n)), in lower-case hexadecimal.

/** The link before the first operation. */
export const GENESIS = "";

const writer = new TextEncoder();

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<string>} 64 hexadecimal digits
 */
export async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The next link of the chain.
 * @param {string} prev the link before, GENESIS at the start
 * @param {string} json the operation exactly as it travels
 * @returns {Promise<string>}
 */
export async function link(prev, json) {
  const body = writer.encode(json);
  const all = new Uint8Array(prev.length / 2 + body.length);
  for (let i = 0; i < prev.length; i += 2) all[i / 2] = Number.parseInt(prev.slice(i, i + 2), 16);
  all.set(body, prev.length / 2);
  return sha256(all);
}

/** @param {string} json @returns {number} bytes it takes on the wire */
export const byteLength = (json) => writer.encode(json).length;
