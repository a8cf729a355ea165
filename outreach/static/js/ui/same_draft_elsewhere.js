/** A form that is open in two tabs says so: both would write the same answers. */
import { onPage } from "./behaviours.js";

/** @type {{id: string, release: () => void} | null} */
let held = null;

/** @param {string} id */
function hold(id) {
  return new Promise((known) => {
    navigator.locks.request(`jk-form-${id}`, { ifAvailable: true }, (lock) => {
      known(Boolean(lock));
      return lock && new Promise((release) => (held = { id, release: () => release(null) }));
    });
  });
}

onPage(async (root) => {
  const form = /** @type {HTMLElement | null} */ (root.querySelector("form[data-draft]"));
  const id = form?.dataset.draft ?? "";
  if (held && held.id === id) return;
  held?.release();
  held = null;
  const note = /** @type {HTMLElement | null} */ (root.querySelector("[data-twin-tab]"));
  if (id && note) note.hidden = await hold(id);
});
