/** Long numbers in groups while they are typed: a NIK as 6-6-4, money by thousands. */
import { on, onPage } from "./wake.js";

/** @type {Record<string, (digits: string) => string>} */
const SHAPES = {
  nik: (d) => [d.slice(0, 6), d.slice(6, 12), d.slice(12, 16)].filter(Boolean).join(" "),
  money: (d) => d.replace(/\B(?=(\d{3})+$)/g, document.documentElement.lang === "en" ? "," : "."),
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
  const { value } = input;
  const before = value.slice(0, input.selectionStart ?? value.length).replace(/\D/g, "").length;
  const shaped = SHAPES[input.dataset.keypad ?? ""](value.replace(/\D/g, ""));
  if (shaped === value) return;
  input.value = shaped;
  if (input === document.activeElement) {
    const at = caretAfter(shaped, before);
    input.setSelectionRange(at, at);
  }
}

on("input", "[data-keypad]", (input) => shape(/** @type {HTMLInputElement} */ (input)));
onPage((root) => {
  for (const input of root.querySelectorAll("[data-keypad]"))
    shape(/** @type {HTMLInputElement} */ (input));
});
