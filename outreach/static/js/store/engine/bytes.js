// Bytes as they are joined, and as they travel in JSON.

const writer = new TextEncoder();

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const utf8 = (text) => writer.encode(text);

/** All parts in one row. @param {...(Uint8Array | number[])} parts @returns {Uint8Array<ArrayBuffer>} */
export function join(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** base64url without padding. @param {Uint8Array} bytes */
export function toText(bytes) {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes that toText() was given. @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const fromText = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** @param {number} size */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));
