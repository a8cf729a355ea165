// Bytes under a short code that is read aloud: a file that passes from phone to phone without signal.
import { fromText, random, toText, utf8 } from "../store/engine/bytes.js";
import { ROUNDS, stretch } from "./keys.js";

/** @typedef {{salt: string, iv: string, box: string}} CodeBox */

const { subtle } = crypto;
const AES = "AES-GCM";
/** Neither two that look alike nor two that sound alike when they are spelled out. */
const LETTERS = "ACDEFGHJKMNPQRTUVWXY34679";
export const CODE_LENGTH = 8;
/** Bytes from here on would favour the first letters. */
const FAIR = 256 - (256 % LETTERS.length);

/** A new code. */
export function newCode() {
  let code = "";
  while (code.length < CODE_LENGTH) {
    const [byte] = random(1);
    if (byte < FAIR) code += LETTERS[byte % LETTERS.length];
  }
  return code;
}

/** A code as it was typed, without what people put between its letters. @param {string} text */
export const codeIn = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** @param {string} code @param {Uint8Array<ArrayBuffer>} salt */
async function keyOf(code, salt) {
  const bits = await stretch(`jangkau code 1 ${code}`, salt, ROUNDS);
  return subtle.importKey("raw", bits, AES, false, ["encrypt", "decrypt"]);
}

/** @param {string} code @param {string} text @returns {Promise<CodeBox>} */
export async function shutByCode(code, text) {
  const [salt, iv] = [random(16), random(12)];
  const box = await subtle.encrypt({ name: AES, iv }, await keyOf(code, salt), utf8(text));
  return { salt: toText(salt), iv: toText(iv), box: toText(new Uint8Array(box)) };
}

/** The text; null for another code, and for a box that was changed. @param {string} code @param {CodeBox} shut */
export async function openByCode(code, { salt, iv, box }) {
  try {
    const how = { name: AES, iv: fromText(iv) };
    const plain = await subtle.decrypt(how, await keyOf(code, fromText(salt)), fromText(box));
    return new TextDecoder().decode(plain);
  } catch {
    return null;
  }
}
