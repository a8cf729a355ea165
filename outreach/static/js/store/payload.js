// The only place that turns records into opaque bytes and back; encryption goes in here.
// The first byte names the format, so that later formats live beside today's rows.

const PLAIN_JSON = 1;
const PLAIN_BYTES = 2;
const writer = new TextEncoder();
const reader = new TextDecoder();

/**
 * Opaque bytes of a value. Always call this before opening a transaction: awaiting it inside
 * would let the transaction commit.
 * @param {unknown} value JSON
 * @returns {Promise<Uint8Array>}
 */
export async function encode(value) {
  const json = writer.encode(JSON.stringify(value));
  return tagged(PLAIN_JSON, json);
}

/**
 * What encode() was given.
 * @param {Uint8Array} payload
 * @returns {Promise<any>}
 */
export async function decode(payload) {
  if (payload[0] !== PLAIN_JSON) throw new Error(`payload format ${payload[0]}`);
  return JSON.parse(reader.decode(payload.subarray(1)));
}

/**
 * Opaque bytes of a picture or signature.
 * @param {Uint8Array} bytes
 * @returns {Promise<Uint8Array>}
 */
export async function encodeBytes(bytes) {
  return tagged(PLAIN_BYTES, bytes);
}

/**
 * What encodeBytes() was given.
 * @param {Uint8Array} payload
 * @returns {Promise<Uint8Array>}
 */
export async function decodeBytes(payload) {
  if (payload[0] !== PLAIN_BYTES) throw new Error(`payload format ${payload[0]}`);
  return payload.subarray(1);
}

/** @param {number} format @param {Uint8Array} body */
function tagged(format, body) {
  const payload = new Uint8Array(body.length + 1);
  payload[0] = format;
  payload.set(body, 1);
  return payload;
}
