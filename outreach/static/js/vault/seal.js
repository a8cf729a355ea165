// Copies that only the server can open: what is sent while the phone is locked, carried by a
// colleague, or sent after the data key was lost.
import { fromText } from "../store/engine/bytes.js";
import { publicKey, seal } from "./hpke.js";

/** @typedef {{kid: string, kind: string, public: string}} ServerKey as /device tells them, newest first */
/** @typedef {{kid: string, sealed: Uint8Array<ArrayBuffer>}} Sealed */

/** Public keys in the form that seals. @type {Map<string, Promise<CryptoKey>>} */
const known = new Map();

/** A server key in the form that seals. @param {ServerKey} key */
export function imported({ public: point }) {
  let key = known.get(point);
  if (!key) {
    key = publicKey(fromText(point));
    known.set(point, key);
  }
  return key;
}

/** The server's newest key for sealing. @param {ServerKey[]} keys @returns {ServerKey | undefined} */
export const sealingKey = (keys) => keys.find(({ kind }) => kind === "seal");

/**
 * A copy of some bytes for the server alone; null while it has told no key, and also when its key
 * cannot be used: a save must not fail for that.
 * @param {ServerKey[]} keys @param {string} info what the copy is bound to @param {Uint8Array} plain
 * @returns {Promise<Sealed | null>}
 */
export async function sealed(keys, info, plain) {
  const key = sealingKey(keys);
  if (!key) return null;
  try {
    return { kid: key.kid, sealed: await seal(await imported(key), info, plain) };
  } catch {
    return null;
  }
}

/** The context that a mutation's copy is bound to. @param {string} key */
export const mutationInfo = (key) => `jangkau sealed 1 ${key}`;
