// The boot page: installs the worker, then opens the same address again, now answered by it.
//
// It says what is happening, when the network is slow, and when it failed; it never reloads more
// than twice in half a minute, so that no fault can turn into a loop.

const WORKER = "/sw.js";
const SCOPE = "/field/";
const SLOW_AFTER = 10_000;
const RELOADS = "jk-boot";

/** @param {string} name the one sentence to show: working, slow, failed, unsupported */
function say(name) {
  for (const line of document.querySelectorAll("[data-boot-says]")) {
    /** @type {HTMLElement} */ (line).hidden = line.getAttribute("data-boot-says") !== name;
  }
  const retry = /** @type {HTMLElement | null} */ (document.querySelector("[data-boot-retry]"));
  if (retry) retry.hidden = name !== "failed";
}

/** True while fewer than two reloads happened within the last half minute; counts this one. */
function mayReload() {
  const now = Date.now();
  /** @type {number[]} */
  const before = JSON.parse(sessionStorage.getItem(RELOADS) ?? "[]");
  const recent = before.filter((at) => now - at < 30_000 && at <= now);
  if (recent.length >= 2) return false;
  sessionStorage.setItem(RELOADS, JSON.stringify([...recent, now]));
  return true;
}

/** Opens the same address again (with its ?u=), or says that it does not help. */
function again() {
  if (mayReload()) location.reload();
  else say("failed");
}

/** @param {ServiceWorkerRegistration} found @returns {Promise<void>} once a worker is active */
function activated(found) {
  const worker = found.installing ?? found.waiting ?? found.active;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === "activated") resolve();
      else if (worker?.state === "redundant") reject(new Error("not installed"));
      else if (worker?.state === "installed" && found.active) resolve();
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}

/** Installs the worker and lets it take this page. */
async function boot() {
  say("working");
  const slow = setTimeout(say, SLOW_AFTER, "slow");
  try {
    // A phone that has both parts keeps them.
    const before = await navigator.serviceWorker.getRegistration(SCOPE);
    // Without one of its own, the worker of all other addresses stands for this one.
    const known = before?.scope.endsWith(SCOPE) ? before.active?.scriptURL : null;
    const found = await navigator.serviceWorker.register(known ?? WORKER, { scope: SCOPE });
    await activated(found);
    if (!navigator.serviceWorker.controller) await taken(found);
    again();
  } catch {
    say("failed");
  } finally {
    clearTimeout(slow);
  }
}

/** @param {ServiceWorkerRegistration} found @returns {Promise<void>} once the page is controlled */
function taken(found) {
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
    found.active?.postMessage({ type: "claim" });
    // A page reloaded past its worker on purpose is not claimed by every browser: reload anyway.
    setTimeout(resolve, 3000);
  });
}

/** Copies the page's address for pasting in Chrome. */
async function copy() {
  const field = /** @type {HTMLInputElement} */ (document.querySelector("[data-copy-from]"));
  field.select();
  await navigator.clipboard?.writeText(field.value).catch(() => {});
  const done = /** @type {HTMLElement} */ (document.querySelector("[data-copied]"));
  done.hidden = false;
}

document.querySelector("[data-copy]")?.addEventListener("click", copy);
document.querySelector("[data-boot-retry]")?.addEventListener("click", () => {
  sessionStorage.removeItem(RELOADS);
  location.reload();
});
if (document.querySelector("[data-boot]")) {
  if ("serviceWorker" in navigator && "caches" in window) boot();
  else say("unsupported");
}
