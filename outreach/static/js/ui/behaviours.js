/** Runs a behaviour on what a page shows now and on everything that is swapped in later. */

/** @param {(root: HTMLElement) => void} behaviour */
export function onPage(behaviour) {
  const run = () => behaviour(document.body);
  document.addEventListener("htmx:after:swap", run);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run);
  else run();
}

/** Listens on the whole page for events on elements that fit. @param {string} type @param {string} selector @param {(found: HTMLElement, event: Event) => void} handler */
export function on(type, selector, handler) {
  document.addEventListener(type, (event) => {
    const found = /** @type {Element} */ (event.target).closest?.(selector);
    if (found) handler(/** @type {HTMLElement} */ (found), event);
  });
}
