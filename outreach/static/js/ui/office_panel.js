/** The side panel of a list: Escape or its close button empties it and gives the focus back. */

/**
 * Listen on a document for what closes the panel `#panel`.
 * @param {Document} root
 */
export function wakePanel(root) {
  /** @type {HTMLElement | null} */
  let opener = null;
  root.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const link = target.closest?.("[data-row-link]");
    if (link) opener = /** @type {HTMLElement} */ (link);
    if (target.closest?.("[data-panel-close]")) close(root, opener);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.querySelector("#panel > *")) close(root, opener);
  });
}

/**
 * Empty the panel and return the focus to the row that opened it.
 * @param {Document} root
 * @param {HTMLElement | null} opener
 */
export function close(root, opener) {
  root.querySelector("#panel")?.replaceChildren();
  opener?.focus();
}
