/**
 * A button marked `data-office-print` prints the page; a page marked `data-office-print-once` prints
 * itself when it is first opened, but not at Back or reload.
 */

/** How the page was come to. @returns {string} */
const arrival = () => {
  const [entry] = performance.getEntriesByType("navigation");
  return /** @type {PerformanceNavigationTiming | undefined} */ (entry)?.type ?? "";
};

/**
 * Listen on a document for the button.
 * @param {Document} root
 * @param {() => void} [print] what prints
 * @param {() => string} [came] how the page was come to
 */
export function wakePrint(root, print = () => globalThis.print(), came = arrival) {
  root.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.("[data-office-print]")) print();
  });
  if (root.querySelector("[data-office-print-once]") && came() === "navigate") print();
}
