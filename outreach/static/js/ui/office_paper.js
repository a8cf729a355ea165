/**
 * A sheet of paper by keyboard: on a page marked `data-paper-keys` a letter or digit presses the
 * answer that has it as `data-key`. What comes by htmx gets the focus that a fresh page would have.
 */

const TYPED = "input, textarea, select";
const NUMBER = "[data-paper-keys] [name=no]";

/**
 * Press the answer of a key, unless somebody is typing. A key that comes before the person is shown
 * answers for nobody, and is no part of a number either.
 * @param {Document} root
 * @param {KeyboardEvent} event
 */
function press(root, event) {
  const { key, ctrlKey, metaKey, altKey, target, repeat } = event;
  if (ctrlKey || metaKey || altKey || repeat || !/^[a-z0-9]$/i.test(key)) return;
  const at = /** @type {Element} */ (target);
  if (at.matches?.(NUMBER) && (/\D/.test(key) || at.closest(".htmx-request")))
    event.preventDefault();
  if (at.closest?.(TYPED)) return;
  const answer = root.querySelector(`[data-paper-keys] [data-key="${key.toLowerCase()}"]`);
  if (!answer) return;
  event.preventDefault();
  /** @type {HTMLElement} */ (answer).click();
}

/**
 * Put the cursor where the next key belongs; a number is marked, so that typing replaces it.
 * @param {Document} root
 */
function focusNext(root) {
  const next = /** @type {HTMLElement | null} */ (root.querySelector("[data-paper-focus]"));
  next?.focus();
  if (next instanceof HTMLInputElement) next.select();
}

/**
 * Listen on a document.
 * @param {Document} root
 */
export function wakePaper(root) {
  root.addEventListener("keydown", (event) => press(root, event));
  root.addEventListener("htmx:after:swap", () => focusNext(root));
  if (root.querySelector("[data-paper-keys]")) focusNext(root);
}
