// The only place that turns records into opaque bytes and back: encrypted with the person's data
// key and bound to where they lie. The first byte names the format, so that what earlier versions
// wrote in clear stays readable until vault/migrate.js has rewritten it.
import { join, random, utf8 } from "../vault/bytes.js";
import { keyOf } from "../vault/session.js";
import { StoreError } from "./errors.js";

/** @typedef {import("../vault/session.js").Owner} Owner */

const PLAIN_JSON = 1;
const PLAIN_BYTES = 2;
const JSON_ = 3;
const BYTES = 4;
const HEAD = 14;
const reader = new TextDecoder();
const { subtle } = crypto;

/** True for bytes of a version that did not encrypt. @param {Uint8Array} payload */
export const isPlain = (payload) => payload[0] <= PLAIN_BYTES;

/**
 * Opaque bytes of a value. Always call this before opening a transaction: awaiting it inside
 * would let the transaction commit.
 * @param {Owner} s @param {string} place where it will lie; nowhere else can it be read
 * @param {unknown} value JSON
 * @returns {Promise<Uint8Array<ArrayBuffer>>} format, number of the key, 12 random bytes, ciphertext
 * @throws {StoreError} locked
 */
export const encode = (s, place, value) => lockUp(s, place, JSON_, utf8(JSON.stringify(value)));

/**
 * What encode() was given.
 * @param {Owner} s @param {string} place @param {Uint8Array} payload
 * @returns {Promise<any>}
 * @throws {StoreError} locked; key_lost when it was written under a key that a reset replaced
 */
export async function decode(s, place, payload) {
  return JSON.parse(reader.decode(await openUp(s, place, payload, PLAIN_JSON, JSON_)));
}

/**
 * Opaque bytes of a picture or signature.
 * @param {Owner} s @param {string} place @param {Uint8Array} bytes
 */
export const encodeBytes = (s, place, bytes) => lockUp(s, place, BYTES, bytes);

/**
 * What encodeBytes() was given.
 * @param {Owner} s @param {string} place @param {Uint8Array} payload
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export const decodeBytes = (s, place, payload) => openUp(s, place, payload, PLAIN_BYTES, BYTES);

/** @param {string} place @param {Uint8Array} head */
const how = (place, head) => ({
  name: "AES-GCM",
  iv: head.slice(2),
  additionalData: utf8(place),
});

/** @param {Owner} s @param {string} place @param {number} format @param {Uint8Array} body */
async function lockUp(s, place, format, body) {
  const { key, gen } = await keyOf(s);
  const head = join([format, gen], random(12));
  const sealed = await subtle.encrypt(how(place, head), key, /** @type {BufferSource} */ (body));
  return join(head, new Uint8Array(sealed));
}

/** @param {Owner} s @param {string} place @param {Uint8Array} payload @param {number} plain @param {number} format */
async function openUp(s, place, payload, plain, format) {
  if (payload[0] === plain) return payload.slice(1);
  if (payload[0] !== format) throw new Error(`payload format ${payload[0]}`);
  const { key, gen } = await keyOf(s);
  if (payload[1] !== gen) throw new StoreError("key_lost");
  const body = /** @type {BufferSource} */ (payload.subarray(HEAD));
  return new Uint8Array(await subtle.decrypt(how(place, payload.subarray(0, HEAD)), key, body));
}
