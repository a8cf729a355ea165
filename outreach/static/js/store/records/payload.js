// The only place that turns records into opaque bytes and back: encrypted with the person's data
// key and bound to where they lie. The first byte names the format, so that what earlier versions
// wrote in clear stays readable until store/access/migrate.js has rewritten it.
import { join, random, utf8 } from "../engine/bytes.js";
import { keyFor, keyOf } from "../../vault/session.js";

/** @typedef {import("../../vault/session.js").Owner} Owner */

const PLAIN_JSON = 1;
const PLAIN_BYTES = 2;
const JSON_ = 3;
const BYTES = 4;
const SEALED = 5;
const HEAD = 14;
/** Key and nonce of a seal, with the tag of their encryption. */
const OPENER = 28 + 16;
const ENC = 65;
const reader = new TextDecoder();
const { subtle } = crypto;

/** True for bytes of a version that did not encrypt. @param {Uint8Array} payload */
export const isPlain = (payload) => payload[0] <= PLAIN_BYTES;

/**
 * Opaque bytes of a value. Always call this before opening a transaction: awaiting it inside
 * would let the transaction commit.
 * @template {string} P
 * @param {Owner} s @param {P} place where it will lie; nowhere else can it be read
 * @param {import("./record_types.js").Body<P>} value JSON
 * @returns {Promise<Uint8Array<ArrayBuffer>>} format, number of the key, 12 random bytes, ciphertext
 * @throws {import("../engine/errors.js").StoreError} locked
 */
export const encode = (s, place, value) => lockUp(s, place, JSON_, utf8(JSON.stringify(value)));

/**
 * The value that encode() was given.
 * @template {string} P
 * @param {Owner} s @param {P} place @param {Uint8Array} payload
 * @returns {Promise<import("./record_types.js").Body<P>>}
 * @throws {import("../engine/errors.js").StoreError} locked; key_lost when it was written under a key that a reset replaced
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
 * The bytes that encodeBytes() was given.
 * @param {Owner} s @param {string} place @param {Uint8Array} payload
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function decodeBytes(s, place, payload) {
  if (payload[0] !== SEALED) return openUp(s, place, payload, PLAIN_BYTES, BYTES);
  const opener = await openerOf(s, place, payload);
  const key = await subtle.importKey("raw", opener.slice(0, 16), "AES-GCM", false, ["decrypt"]);
  const sealed = sealedPart(payload).slice(ENC);
  return new Uint8Array(
    await subtle.decrypt({ name: "AES-GCM", iv: opener.slice(16) }, key, sealed),
  );
}

/**
 * Bytes that the server can open too, lying here once: sealed to it, with what opens the seal
 * encrypted before it.
 * @param {Owner} s @param {string} place @param {import("../../vault/hpke.js").Sender} from
 * @param {Uint8Array} sealed from sealWith()
 */
export const encodeSealed = async (s, place, { key, nonce }, sealed) =>
  join(await lockUp(s, place, SEALED, join(key, nonce)), sealed);

/**
 * The same content under the present key, whatever it was written under.
 * @param {Owner} s @param {string} place @param {Uint8Array} payload
 * @throws {import("../engine/errors.js").StoreError} as decode()
 */
export async function anew(s, place, payload) {
  const format = payload[0];
  if (format === SEALED) {
    return join(
      await lockUp(s, place, SEALED, await openerOf(s, place, payload)),
      sealedPart(payload),
    );
  }
  const kind = isPlain(payload) ? format + JSON_ - PLAIN_JSON : format;
  const plain = isPlain(payload) ? format : 0;
  return lockUp(s, place, kind, await openUp(s, place, payload, plain, kind));
}

/** The opener of a sealed payload, decrypted with the data key. @param {Owner} s @param {string} place @param {Uint8Array} payload */
const openerOf = (s, place, payload) =>
  openUp(s, place, payload.subarray(0, HEAD + OPENER), 0, SEALED);

/** True for bytes that were sealed to the server. @param {Uint8Array} payload */
export const isSealed = (payload) => payload[0] === SEALED;

/** The part of sealed bytes that the server opens. @param {Uint8Array} payload */
export const sealedPart = (payload) => payload.subarray(HEAD + OPENER);

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
  const key = await keyFor(s, payload[1]);
  const body = /** @type {BufferSource} */ (payload.subarray(HEAD));
  return new Uint8Array(await subtle.decrypt(how(place, payload.subarray(0, HEAD)), key, body));
}
