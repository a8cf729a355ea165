/** On a narrow screen the rooms stand on one row: the one we are in is brought into view. */

/**
 * Scroll the row of rooms so that the current one shows.
 * @param {Document} root
 */
export function wakeRooms(root) {
  const here = /** @type {HTMLElement | null} */ (root.querySelector(".rooms [aria-current]"));
  const row = here?.closest("ul");
  if (!here || !row || row.scrollWidth <= row.clientWidth) return;
  row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
