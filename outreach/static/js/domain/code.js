/** The seven-letter code on a person's slip. */

const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ";

/** @param {string} id UUID @returns {string} seven letters, no I, no O */
export function workerCode(id) {
  // Ten hexadecimal digits are forty bits: exact in a double.
  let number = Number.parseInt(id.replaceAll("-", "").slice(-10), 16) % 24 ** 7;
  let letters = "";
  for (let i = 0; i < 7; i++) {
    letters = ALPHABET[number % 24] + letters;
    number = Math.floor(number / 24);
  }
  return letters;
}
