// The keys of one person on one phone: a signing key, a secret that never leaves the browser, and
// the data key. That lies here only wrapped by the secret and, once there is one, by the PIN.
import { StoreError } from "../store/engine/errors.js";
import { join, random, toText, utf8 } from "../store/engine/bytes.js";

const { subtle } = crypto;
export const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { ...CURVE, hash: "SHA-256" };
const DATA = { name: "AES-GCM", length: 256 };
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };
export const ROUNDS = 600_000;

/**
 * @typedef {object} Keys as they lie in the vault; no CryptoKey among them is extractable
 * @property {CryptoKey} sign private half of the key that the phone sends with, locked or not
 * @property {FetchPair} [fetch] the key that it fetches with
 * @property {FetchPair} [next] the one that is to take its place, which the server does not know yet
 * @property {string} public its public half as it travels
 * @property {CryptoKey} secret
 * @property {number} gen which data key this is; raised when a lost one is replaced
 * @property {Uint8Array} [wrapped] iv and the data key; none is left of a phone that was called lost
 * @property {Uint8Array<ArrayBuffer>} [salt] of the PIN; none while there is no PIN
 * @property {number} [rounds]
 * @property {1} [own] the data key was made together with its PIN, and never lay here without one
 * @property {Older[]} [old] earlier data keys: some under a later one, some whose PIN was forgotten
 */
/** @typedef {Pick<Keys, "gen" | "salt" | "rounds"> & {wrapped: Uint8Array}} Wrapped */
/** @typedef {{gen: number, public: string, shut: Uint8Array<ArrayBuffer>}} FetchPair `shut`: iv and the private half */
/** @typedef {Wrapped & {under?: number}} Older `under`: the data key that opens it */

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
  const wrapped = await wrap(await newData(), await keyOver(secret));
  return { gen: gen + 1, salt: undefined, wrapped };
}

/** @returns {Promise<CryptoKey>} a data key that can be wrapped, and wraps an earlier one */
const newData = () =>
  /** @type {Promise<CryptoKey>} */ (subtle.generateKey(DATA, true, ["wrapKey", "decrypt"]));

/**
 * The key that wraps the data key: the phone's secret over nothing, or over the stretched PIN.
 * @param {CryptoKey} secret @param {string} [pin] @param {Uint8Array<ArrayBuffer>} [salt] @param {number} [rounds]
 */
async function keyOver(secret, pin, salt = random(0), rounds = ROUNDS) {
  const stretched = pin === undefined ? random(0) : await stretch(pin, salt, rounds);
  const bits = await subtle.sign("HMAC", secret, join(utf8("jangkau wrap 1"), stretched));
  return subtle.importKey("raw", bits, DATA, false, ["wrapKey", "unwrapKey"]);
}

/** @param {string} pin @param {Uint8Array<ArrayBuffer>} salt @param {number} iterations */
export async function stretch(pin, salt, iterations) {
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
export async function unwrap({ secret, wrapped, salt, rounds }, pin, extractable) {
  const over = await keyOver(secret, salt && pin, salt, rounds);
  const how = { ...DATA, iv: /** @type {Uint8Array} */ (wrapped).slice(0, 12) };
  const body = /** @type {Uint8Array<ArrayBuffer>} */ (wrapped).slice(12);
  return subtle.unwrapKey("raw", body, over, how, DATA, extractable, ["encrypt", "decrypt"]);
}

/**
 * The data key, which cannot be exported; null when the PIN is wrong.
 * @param {Keys} keys @param {string} [pin] needed once there is one
 * @returns {Promise<CryptoKey | null>}
 */
export const openKey = (keys, pin) => unwrap(keys, pin, false).catch(() => null);

/**
 * Another data key under another PIN, the first one too. The one that is here by then once lay
 * without a PIN, or under one that somebody may know, and stays so in the browser's files. From now
 * on it lies under the new key. Null when the old PIN is wrong.
 * @param {Keys} keys @param {string | undefined} pin the present one @param {string} next
 * @param {number} [rounds] only tests take fewer
 * @returns {Promise<Wrapped & Pick<Keys, "own" | "old"> | null>}
 */
export async function withPin(keys, pin, next, rounds = ROUNDS) {
  const before = await unwrap(keys, pin, true).catch(() => null);
  if (!before) return null;
  const [data, salt, gen] = [await newData(), random(16), keys.gen + 1];
  const wrapped = await wrap(data, await keyOver(keys.secret, next, salt, rounds));
  const older = { gen: keys.gen, under: gen, wrapped: await wrap(before, data) };
  return { gen, salt, rounds, wrapped, own: 1, old: [...(keys.old ?? []), older] };
}

/** The entry of an earlier data key that lies under a later one. @param {Keys} keys @param {number} gen */
const olderOf = ({ old = [] }, gen) => old.find((one) => one.gen === gen && one.under);

/** True when the data key of `top` opens what was written under that of `gen`. @param {Keys} keys @param {number} gen @param {number} [top] the present one @returns {boolean} */
export function opens(keys, gen, top = keys.gen) {
  const under = olderOf(keys, gen)?.under;
  return gen === top || Boolean(under && opens(keys, under, top));
}

/** The keys that each data key has opened. @type {WeakMap<CryptoKey, Map<number, CryptoKey>>} */
const opened = new WeakMap();

/**
 * The data key `gen`, which lies under another one.
 * @param {Keys} keys @param {number} gen @param {{key: CryptoKey, gen: number}} top an open one
 * @returns {Promise<CryptoKey>}
 * @throws {StoreError} key_lost, when it does not lie under that
 */
export async function olderKey(keys, gen, top) {
  if (gen === top.gen) return top.key;
  const known = opened.get(top.key) ?? new Map();
  if (known.has(gen)) return known.get(gen);
  const one = olderOf(keys, gen);
  if (!one?.under) throw new StoreError("key_lost");
  const over = await olderKey(keys, one.under, top);
  const how = { ...DATA, iv: one.wrapped.slice(0, 12) };
  const raw = await subtle.decrypt(how, over, one.wrapped.slice(12));
  const key = await subtle.importKey("raw", raw, DATA, false, ["encrypt", "decrypt"]);
  opened.set(top.key, known.set(gen, key));
  return key;
}

/**
 * A data key whose PIN came back to mind, under the present one; null when the PIN fits none.
 * @param {Keys} keys @param {string} pin @param {{key: CryptoKey, gen: number}} top the open data key
 * @returns {Promise<Older | null>}
 */
export async function recalled(keys, pin, top) {
  for (const { under, ...one } of keys.old ?? []) {
    const found = under ? null : await unwrap({ ...keys, ...one }, pin, true).catch(() => null);
    if (!found) continue;
    const [iv, raw] = [random(12), await subtle.exportKey("raw", found)];
    const shut = new Uint8Array(await subtle.encrypt({ ...DATA, iv }, top.key, raw));
    return { gen: one.gen, under: top.gen, wrapped: join(iv, shut) };
  }
  return null;
}

/** A signature over some bytes, as it travels. @param {Pick<Keys, "sign">} keys @param {Uint8Array} body */
export async function sign(keys, body) {
  const made = await subtle.sign(SIGN, keys.sign, /** @type {BufferSource} */ (body));
  return toText(new Uint8Array(made));
}
