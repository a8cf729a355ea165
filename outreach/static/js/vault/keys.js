// The keys of one person on one phone: a signing key, a secret that never leaves the browser, and
// the data key, which lies here only wrapped by that secret and, once there is one, by the PIN.
import { join, random, toText, utf8 } from "./bytes.js";

const { subtle } = crypto;
export const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { ...CURVE, hash: "SHA-256" };
const DATA = { name: "AES-GCM", length: 256 };
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };
export const ROUNDS = 600_000;

/**
 * @typedef {object} Keys as they lie in the vault; no CryptoKey among them is extractable
 * @property {CryptoKey} sign private half of the key that the phone sends with, locked or not
 * @property {import("./fetch_key.js").Fetch} [fetch] the key that it fetches with
 * @property {string} public its public half as it travels
 * @property {CryptoKey} secret
 * @property {number} gen which data key this is; raised when a lost one is replaced
 * @property {Uint8Array} wrapped iv and the data key
 * @property {Uint8Array<ArrayBuffer>} [salt] of the PIN; none while there is no PIN
 * @property {number} [rounds]
 * @property {Wrapped[]} [old] data keys whose PIN was forgotten
 */
/** @typedef {Pick<Keys, "gen" | "wrapped" | "salt" | "rounds">} Wrapped */

/** Keys for a person who is new on this phone; there is no PIN yet. @returns {Promise<Keys>} */
export async function makeKeys() {
  const pair = /** @type {CryptoKeyPair} */ (
    await subtle.generateKey(SIGN, false, ["sign", "verify"])
  );
  const raw = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const secret = /** @type {CryptoKey} */ (await subtle.generateKey(HMAC, false, ["sign"]));
  const own = { sign: pair.privateKey, public: toText(raw), secret };
  return { ...own, ...(await freshKey({ secret, gen: 0 })) };
}

/** A new data key, without a PIN. @param {Pick<Keys, "secret" | "gen">} keys @returns {Promise<Wrapped>} */
export async function freshKey({ secret, gen }) {
  const data = /** @type {CryptoKey} */ (await subtle.generateKey(DATA, true, ["encrypt"]));
  return { gen: gen + 1, salt: undefined, wrapped: await wrap(data, await keyOver(secret)) };
}

/**
 * What wraps the data key: the phone's secret over nothing, or over the stretched PIN.
 * @param {CryptoKey} secret @param {string} [pin] @param {Uint8Array<ArrayBuffer>} [salt] @param {number} [rounds]
 */
async function keyOver(secret, pin, salt = random(0), rounds = ROUNDS) {
  const stretched = pin === undefined ? random(0) : await stretch(pin, salt, rounds);
  const bits = await subtle.sign("HMAC", secret, join(utf8("jangkau wrap 1"), stretched));
  return subtle.importKey("raw", bits, DATA, false, ["wrapKey", "unwrapKey"]);
}

/** @param {string} pin @param {Uint8Array<ArrayBuffer>} salt @param {number} iterations */
async function stretch(pin, salt, iterations) {
  const key = await subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await subtle.deriveBits(how, key, 256));
}

/** @param {CryptoKey} data @param {CryptoKey} over */
async function wrap(data, over) {
  const iv = random(12);
  return join(iv, new Uint8Array(await subtle.wrapKey("raw", data, over, { ...DATA, iv })));
}

/** @param {Keys} keys @param {string | undefined} pin @param {boolean} extractable */
async function unwrap({ secret, wrapped, salt, rounds }, pin, extractable) {
  const over = await keyOver(secret, salt && pin, salt, rounds);
  const how = { ...DATA, iv: wrapped.slice(0, 12) };
  const body = wrapped.slice(12);
  return subtle.unwrapKey("raw", body, over, how, DATA, extractable, ["encrypt", "decrypt"]);
}

/**
 * The data key, which cannot be exported; null when the PIN is wrong.
 * @param {Keys} keys @param {string} [pin] needed once there is one
 * @returns {Promise<CryptoKey | null>}
 */
export const openKey = (keys, pin) => unwrap(keys, pin, false).catch(() => null);

/**
 * The same data key under another PIN; null when the old one is wrong.
 * @param {Keys} keys @param {string | undefined} pin the present one @param {string} next
 * @param {number} [rounds] only tests take fewer
 * @returns {Promise<Wrapped | null>}
 */
export async function withPin(keys, pin, next, rounds = ROUNDS) {
  const data = await unwrap(keys, pin, true).catch(() => null);
  if (!data) return null;
  const salt = random(16);
  const wrapped = await wrap(data, await keyOver(keys.secret, next, salt, rounds));
  return { gen: keys.gen, salt, rounds, wrapped };
}

/** A signature over some bytes, as it travels. @param {Pick<Keys, "sign">} keys @param {Uint8Array} body */
export async function sign(keys, body) {
  const made = await subtle.sign(SIGN, keys.sign, /** @type {BufferSource} */ (body));
  return toText(new Uint8Array(made));
}
