/** j, k and Enter walk through the rows of a table marked `data-office-keys`. */

const TYPING = "input, select, textarea, [contenteditable]";

/**
 * The rows that can be walked through, in the order of the page.
 * @param {ParentNode} root
 * @returns {HTMLElement[]}
 */
export function rowsOf(root) {
  return [...root.querySelectorAll("[data-office-keys] [data-row]")].map(
    (row) => /** @type {HTMLElement} */ (row),
  );
}

/**
 * Index of the row to stand on after a key: never beyond the first or last.
 * @param {string} key
 * @param {number} here -1 when no row is chosen yet
 * @param {number} count
 * @returns {number}
 */
export function step(key, here, count) {
  if (!count) return -1;
  if (here < 0) return key === "k" ? count - 1 : 0;
  return Math.min(count - 1, Math.max(0, here + (key === "j" ? 1 : -1)));
}

/**
 * Listen for the keys on a document.
 * @param {Document} root
 */
export function wakeKeys(root) {
  root.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches?.(TYPING)) return;
    if (event.key !== "j" && event.key !== "k") return;
    const rows = rowsOf(root);
    const here = rows.findIndex((row) => row.contains(root.activeElement));
    const next = rows[step(event.key, here, rows.length)];
    // the link inside the row takes the focus, so Enter opens it without code of ours
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector("[data-row-link]"))?.focus();
    if (next) event.preventDefault();
  });
}
