/** Facts that only the browser knows: keeping the data, and installing. */
import { on, onPage } from "./behaviours.js";

/** @type {{prompt(): Promise<unknown>} | null} the browser's offer to install, kept until somebody taps */
let offer = null;

/** @param {boolean} ask */
async function showPersist(ask) {
  const line = /** @type {HTMLElement|null} */ (document.querySelector("[data-persist-says]"));
  if (!line) return;
  const kept = ask ? await navigator.storage?.persist?.() : await navigator.storage?.persisted?.();
  if (ask || kept) line.textContent = (kept ? line.dataset.yes : line.dataset.no) ?? "";
}

function showOffer() {
  const button = /** @type {HTMLElement|null} */ (document.querySelector("[data-install]"));
  if (button) button.hidden = !offer;
  const foot = /** @type {HTMLElement|null} */ (button?.closest(".foot") ?? null);
  if (foot) foot.hidden = !offer;
}

onPage(() => {
  showPersist(false);
  showOffer();
});
on("click", "[data-persist]", () => showPersist(true));
on("click", "[data-install]", async () => {
  await offer?.prompt();
  offer = null;
  showOffer();
});
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = /** @type {Event & {prompt(): Promise<unknown>}} */ (event);
  showOffer();
});
window.addEventListener("appinstalled", () => {
  const line = /** @type {HTMLElement|null} */ (document.querySelector("[data-install-says]"));
  if (line) line.textContent = line.dataset.done ?? "";
  showPersist(true);
});
