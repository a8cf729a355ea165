/** A button marked `data-office-print` prints the page. */

/**
 * Listen on a document for the button.
 * @param {Document} root
 * @param {() => void} [print] what prints
 */
export function wakePrint(root, print = () => globalThis.print()) {
  root.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.("[data-office-print]")) print();
  });
}
