/**
 * A list by keyboard: arrows go from line to line, 1, 2 and 3 give its answers, u takes one back.
 * After an answer by key the next line that waits has the focus.
 */
import { on, onPage } from "./behaviours.js";

const LINE = "[data-line]";
/** The line that a key answered stands here by the time its new look is put in. @type {{at: number} | null} */
let answered = null;

/** @returns {HTMLElement[]} */
const lines = () =>
  [...document.querySelectorAll(LINE)].map((line) => /** @type {HTMLElement} */ (line));

/** @param {HTMLElement | undefined} line */
function focusLine(line) {
  const button = /** @type {HTMLElement | null | undefined} */ (line?.querySelector("[data-key]"));
  button?.focus();
  line?.scrollIntoView({ block: "nearest" });
}

/** @param {number} step from the line that has the focus, or to the first */
function move(step) {
  const all = lines().filter((line) => line.querySelector("[data-key]"));
  const here = all.findIndex((line) => line.contains(document.activeElement));
  focusLine(all[here < 0 ? 0 : Math.max(0, Math.min(all.length - 1, here + step))]);
}

/** @param {string} key @returns {boolean} true when something had this key */
function press(key) {
  const line = document.activeElement?.closest(LINE);
  const button = /** @type {HTMLElement | null | undefined} */ (
    line?.querySelector(`[data-key="${key}"]`)
  );
  if (!line || !button) return false;
  answered =
    button.tagName === "BUTTON" ? { at: lines().indexOf(/** @type {HTMLElement} */ (line)) } : null;
  button.click();
  return true;
}

const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 });

on("keydown", "body", (_found, event) => {
  const { key, ctrlKey, metaKey, altKey, target } = /** @type {KeyboardEvent} */ (event);
  if (ctrlKey || metaKey || altKey || !document.querySelector("[data-list-keys]")) return;
  if (/** @type {Element} */ (target).closest("input, textarea, select")) return;
  if (STEPS[key]) move(STEPS[key]);
  else if (!/^[123u]$/.test(key) || !press(key)) return;
  event.preventDefault();
});

onPage(() => {
  if (!answered) return;
  const { at } = answered;
  answered = null;
  const all = lines();
  focusLine(all.slice(at + 1).find((line) => line.querySelector(".answers")) ?? all[at]);
});
