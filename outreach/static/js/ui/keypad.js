/**
 * Sums are read back while they are typed, long numbers grouped, a NIK as 6-6-4: every digit stays, the seventeenth
 * too. What is no plain number (letters, a decimal) is left as it was typed, for the check to name.
 */
import { formatMoney } from "../domain/formats.js";
import { readMoney } from "../domain/money.js";
import { cleanDigits } from "../domain/phone.js";
import { on, onPage } from "./behaviours.js";

/** @type {Record<string, (digits: string) => string>} */
const SHAPES = {
  nik: (d) =>
    [d.slice(0, 6), d.slice(6, 12), d.slice(12, 16), d.slice(16)].filter(Boolean).join(" "),
};

/** Where the caret belongs after so many digits. @param {string} text @param {number} digits */
function caretAfter(text, digits) {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    if (seen === digits) return i;
    if (/\d/.test(text[i])) seen++;
  }
  return text.length;
}

/** @param {HTMLInputElement} input */
function shape(input) {
  if (input.dataset.keypad === "money") return readBack(input);
  const { value } = input;
  const plain = cleanDigits(value);
  const before = value.slice(0, input.selectionStart ?? value.length).replace(/\D/g, "").length;
  const shaped = /^\d*$/.test(plain) ? SHAPES[input.dataset.keypad ?? ""](plain) : value;
  if (shaped === value) return;
  input.value = shaped;
  if (input === document.activeElement) {
    const at = caretAfter(shaped, before);
    input.setSelectionRange(at, at);
  }
}

/** A sum is never changed while it is typed; how it is read stands beneath it. @param {HTMLInputElement} input */
function readBack(input) {
  const line = input.parentElement?.querySelector("[data-reads]");
  const sum = readMoney(input.value);
  if (line) line.textContent = sum === null ? "" : `= ${formatMoney(sum, lang())}`;
}

const lang = () => (document.documentElement.lang === "en" ? "en" : "id");

on("input", "[data-keypad]", (input) => shape(/** @type {HTMLInputElement} */ (input)));
onPage((root) => {
  for (const input of root.querySelectorAll("[data-keypad]"))
    shape(/** @type {HTMLInputElement} */ (input));
});
