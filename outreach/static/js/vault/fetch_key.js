// The key that this phone fetches with. Its private half lies here only under the data key, so that
// a locked phone, or a copy of it, fetches nothing.
import { ask } from "../store/idb.js";
import { join, random, toText } from "./bytes.js";
import { CURVE } from "./keys.js";
import { keyOf, look } from "./session.js";

/** @typedef {import("./session.js").Owner} Owner */
/** @typedef {{gen: number, public: string, shut: Uint8Array<ArrayBuffer>}} Fetch `shut`: iv and the private half */

const { subtle } = crypto;
const FORM = "pkcs8";
/** Opened halves, gone with the data key that opened them. @type {WeakMap<CryptoKey, CryptoKey>} */
const opened = new WeakMap();

/** A new pair under a data key. @param {CryptoKey} key @param {number} gen @returns {Promise<Fetch>} */
async function made(key, gen) {
  const pair = /** @type {CryptoKeyPair} */ (await subtle.generateKey(CURVE, true, ["sign"]));
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const iv = random(12);
  const half = await subtle.exportKey(FORM, pair.privateKey);
  const shut = new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, half));
  return { gen, public: toText(point), shut: join(iv, shut) };
}

/**
 * The pair as it lies in the vault, made at the first need; a data key that took the place of a lost
 * one has another. @param {Owner} s
 * @returns {Promise<{key: CryptoKey, pair: Fetch}>} with the open data key
 * @throws {import("../store/errors.js").StoreError} locked
 */
async function pairOf(s) {
  const { key, gen } = await keyOf(s);
  const { keys } = await look(s, ["keys"]);
  if (keys.fetch?.gen === gen) return { key, pair: keys.fetch };
  const fresh = await made(key, gen);
  const pair = await s.conn.run(
    ["vault"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const now = await ask(vault.get("keys"));
      if (now.fetch?.gen === gen) return now.fetch;
      vault.put({ ...now, fetch: fresh }, "keys");
      return fresh;
    },
    "strict",
  );
  return { key, pair };
}

/** Its public half as it travels; undefined while the phone is locked. @param {Owner} s @returns {Promise<string | undefined>} */
export const fetchPoint = (s) =>
  pairOf(s).then(
    ({ pair }) => pair.public,
    () => undefined,
  );

/**
 * Its private half, in memory only.
 * @param {Owner} s @returns {Promise<CryptoKey>}
 * @throws {import("../store/errors.js").StoreError} locked
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
