// The key of a list that was handed over, under the officer's own: whoever gives the PIN reads what
// the village decided. The code that opens the list opens nothing else.
import { join, random } from "../store/engine/bytes.js";
import { openKey, unwrap } from "./keys.js";
import { keyFor, keyOf, keysOf } from "./session.js";

/** @typedef {import("./session.js").Owner} Owner */
/** @typedef {{gen: number, shut: Uint8Array<ArrayBuffer>}} ListKey `gen`: the officer's data key that it lies under; `shut`: iv and the key */

const { subtle } = crypto;
const AES = "AES-GCM";

/** True for a code that would open what is the officer's own. @param {Owner} officer @param {string} code */
export const isOwnPin = async (officer, code) =>
  Boolean(await openKey(await keysOf(officer), code));

/**
 * The data key of a list's store under the officer's open one.
 * @param {Owner} list @param {string} code that opens it @param {Owner} officer @returns {Promise<ListKey>}
 * @throws {import("../store/engine/errors.js").StoreError} locked
 */
export async function shutUnder(list, code, officer) {
  const [data, { key, gen }] = [await unwrap(await keysOf(list), code, true), await keyOf(officer)];
  const [iv, raw] = [random(12), await subtle.exportKey("raw", data)];
  const shut = new Uint8Array(await subtle.encrypt({ name: AES, iv }, key, raw));
  return { gen, shut: join(iv, shut) };
}

/**
 * The same key, once the officer's PIN was given.
 * @param {ListKey} kept @param {Owner} officer
 * @throws {import("../store/engine/errors.js").StoreError} locked; key_lost after a forgotten PIN
 */
export async function openUnder({ gen, shut }, officer) {
  const key = await keyFor(officer, gen);
  const raw = await subtle.decrypt({ name: AES, iv: shut.slice(0, 12) }, key, shut.slice(12));
  return subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}
