// The key that this phone fetches with. Its private half lies here only under the data key, so that
// a locked phone, or a copy of it, fetches nothing.
import { ask } from "../store/engine/idb.js";
import { join, random, toText } from "../store/engine/bytes.js";
import { CURVE, opens } from "./keys.js";
import { keyFor, keyOf, look } from "./session.js";

/** @typedef {import("./session.js").Owner} Owner */
/** @typedef {import("./keys.js").FetchPair} FetchPair */
/** @typedef {import("./keys.js").Keys} Keys */

const { subtle } = crypto;
const FORM = "pkcs8";
/** Opened halves, gone with the data key that opened them. @type {WeakMap<CryptoKey, CryptoKey>} */
const opened = new WeakMap();

/** A new pair under a data key. @param {CryptoKey} key @param {number} gen @returns {Promise<FetchPair>} */
async function made(key, gen) {
  const pair = /** @type {CryptoKeyPair} */ (await subtle.generateKey(CURVE, true, ["sign"]));
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const iv = random(12);
  const half = await subtle.exportKey(FORM, pair.privateKey);
  const shut = new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, half));
  return { gen, public: toText(point), shut: join(iv, shut) };
}

/**
 * A pair of the vault that the open key opens, made and kept at the first need. Of the next pair
 * too an earlier one comes first: it may be what the server knows by now.
 * @param {Owner} s @param {"fetch" | "next"} name @param {{key: CryptoKey, gen: number}} data the open key
 * @returns {Promise<FetchPair>}
 */
async function kept(s, name, { key, gen }) {
  const fits = (/** @type {Keys} */ keys) => keys[name] && opens(keys, keys[name].gen, gen);
  const { keys } = await look(s, ["keys"]);
  if (fits(keys)) return /** @type {FetchPair} */ (keys[name]);
  const fresh = await made(key, gen);
  return s.conn.run(
    ["vault"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const now = await ask(vault.get("keys"));
      if (fits(now)) return /** @type {FetchPair} */ (now[name]);
      vault.put({ ...now, [name]: fresh }, "keys");
      return fresh;
    },
    "strict",
  );
}

/**
 * The pair that the server knows; a data key that took the place of a lost one has another. @param {Owner} s
 * @returns {Promise<{key: CryptoKey, pair: FetchPair}>} with the data key that it lies under
 * @throws {import("../store/engine/errors.js").StoreError} locked
 */
async function pairOf(s) {
  const data = await keyOf(s);
  const pair = await kept(s, "fetch", data);
  return { key: await keyFor(s, pair.gen), pair };
}

/**
 * The public half of the pair that is to take the place of the present one, which lay here under an
 * earlier data key; undefined where none is to. The server takes it with a pull that the present
 * one signed.
 * @param {Owner} s @returns {Promise<string | undefined>}
 * @throws {import("../store/engine/errors.js").StoreError} locked
 */
export async function nextPoint(s) {
  const data = await keyOf(s);
  const { pair } = await pairOf(s);
  if (pair.gen === data.gen) return undefined;
  return (await kept(s, "next", data)).public;
}

/** The server fetches with the next pair from now on. @param {Owner} s */
export const takeNext = (s) =>
  s.conn.run(
    ["vault"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const { next, ...keys } = await ask(vault.get("keys"));
      if (next) vault.put({ ...keys, fetch: next }, "keys");
    },
    "strict",
  );

/** Its public half as it travels; undefined while the phone is locked. @param {Owner} s @returns {Promise<string | undefined>} */
export const fetchPoint = (s) =>
  pairOf(s).then(
    ({ pair }) => pair.public,
    () => undefined,
  );

/**
 * Its private half, in memory only.
 * @param {Owner} s @returns {Promise<CryptoKey>}
 * @throws {import("../store/engine/errors.js").StoreError} locked
 */
export async function fetchKey(s) {
  const { key, pair } = await pairOf(s);
  const known = opened.get(key);
  if (known) return known;
  const how = { name: "AES-GCM", iv: pair.shut.slice(0, 12) };
  const half = await subtle.decrypt(how, key, pair.shut.slice(12));
  const mine = await subtle.importKey(FORM, half, CURVE, false, ["sign"]);
  opened.set(key, mine);
  return mine;
}
