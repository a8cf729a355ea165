/**
 * Photos stop before records do: with hardly any room left, or none that the browser tells of, no
 * viewfinder and no file is opened, and the question says why.
 */
import { readFreeSpace } from "../store/engine/free_space.js";
import { onPage } from "./behaviours.js";

const EVERY = 60_000;
let photos = true;

async function look() {
  photos = (await readFreeSpace()).photos;
}

/** @param {Event} event */
function stop(event) {
  const tapped = /** @type {Element} */ (event.target);
  const box = /** @type {HTMLElement | null} */ (tapped.closest?.("[data-camera]"));
  if (photos || !box || !tapped.closest("[data-camera-open], input[type=file], label")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const line = box.querySelector("[data-camera-says]");
  if (line) line.textContent = box.dataset.full ?? "";
}

// Before the viewfinder's own listener hears of the tap.
window.addEventListener("click", stop, true);
onPage((root) => {
  if (root.querySelector("[data-camera]")) look();
});
setInterval(look, EVERY);
look();
