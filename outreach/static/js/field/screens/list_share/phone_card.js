/** A phone's card: the server's word on whose phone a key is, checked with the server key known here. */
import { fromText, utf8 } from "../../../store/engine/bytes.js";
import { verify } from "../../../vault/verify.js";

/**
 * @typedef {object} PhoneCard
 * @property {string} device
 * @property {string} public the key that it signs with
 * @property {string} user
 * @property {string} name
 * @property {string} role
 * @property {string[]} villages
 * @property {string} at when the server said so
 * @property {string} kid
 */
/** @typedef {import("../../../vault/seal.js").ServerKey} ServerKey */

const FORM = /^JKD1\.([\w-]+)\.([\w-]+)$/;

/** What a card says, whoever wrote it; null for what is none. @param {unknown} text @returns {PhoneCard | null} */
export function readCard(text) {
  try {
    const body = FORM.exec(String(text))?.[1] ?? "";
    const card = JSON.parse(new TextDecoder().decode(fromText(body)));
    const texts = ["device", "public", "user", "name", "role", "at", "kid"];
    const right = texts.every((name) => typeof card[name] === "string");
    return right && Array.isArray(card.villages) ? card : null;
  } catch {
    return null;
  }
}

/**
 * True when the server signed it, false when somebody else did, null when this phone does not know
 * the key that it names. @param {string} text @param {ServerKey[]} keys @returns {Promise<boolean | null>}
 */
export async function isServersWord(text, keys) {
  const card = readCard(text);
  const key = keys.find(({ kid, kind }) => kind === "sign" && kid === card?.kid);
  if (!card || !key) return card ? null : false;
  const dot = text.lastIndexOf(".");
  return verify(key, text.slice(dot + 1), utf8(text.slice(0, dot)));
}
