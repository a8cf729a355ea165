/** What only the browser knows: room on the phone, whether it keeps the data, and installing. */
import { on, onPage } from "./wake.js";

/** @type {any} the browser's offer to install, kept until somebody taps */
let offer = null;

const mega = (/** @type {number} */ bytes) => String(Math.round(bytes / 1048576));

/** @param {HTMLElement} box */
async function showStorage(box) {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const kept = await navigator.storage?.persisted?.();
  const used = box.querySelector("[data-storage-used]");
  const said = box.querySelector("[data-storage-kept]");
  if (used)
    used.textContent = (box.dataset.used ?? "")
      .replace("{used}", mega(usage))
      .replace("{quota}", mega(quota));
  if (said) said.textContent = (kept ? box.dataset.kept : box.dataset.loose) ?? "";
}

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

onPage((root) => {
  const box = /** @type {HTMLElement|null} */ (root.querySelector("[data-storage]"));
  if (box) showStorage(box);
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
  offer = event;
  showOffer();
});
window.addEventListener("appinstalled", () => {
  const line = /** @type {HTMLElement|null} */ (document.querySelector("[data-install-says]"));
  if (line) line.textContent = line.dataset.done ?? "";
  showPersist(true);
});
