// The bar "Versi baru siap": shown when a new worker waits, which takes over by itself as soon
// as no open page has a half-filled form, or at once when the person taps.
//
// A page counts as half filled while anything on it carries data-dirty. Forms get it here at the
// first input; a form step may carry it from the start. Search forms (role=search) never do.

const HALF_FILLED = "[data-dirty]";
const EVERY = 10_000;
const HELPED = "jk-update-helped";
let reloading = false;

/** True while a form on this page is half filled. @returns {boolean} */
export function isDirty() {
  return document.querySelector(HALF_FILLED) !== null;
}

/** @param {Event} event marks the form that somebody is filling in */
function mark(event) {
  const form = /** @type {HTMLElement} */ (event.target).closest?.("form");
  if (form && form.getAttribute("role") !== "search" && !form.hasAttribute("data-plain")) {
    form.setAttribute("data-dirty", "");
  }
}

/** Shows one of the bars of the page. @param {string} name */
function show(name) {
  for (const bar of document.querySelectorAll("[data-update]")) {
    /** @type {HTMLElement} */ (bar).hidden = bar.getAttribute("data-update") !== name;
  }
}

/** Asks a waiting worker to take over if all pages are clean. @param {ServiceWorkerRegistration} found */
function propose(found) {
  if (!found.waiting) return;
  show("ready");
  found.waiting.postMessage({ type: "propose" });
}

/** Once a new worker controls: reload, or wait until the form is done. */
function reloadWhenClean() {
  if (reloading) return;
  if (isDirty()) {
    setTimeout(reloadWhenClean, 1000);
    return;
  }
  reloading = true;
  location.reload();
}

/**
 * Chrome may keep a new worker waiting although it asked to take over, until a page is loaded
 * again: do so, at most once a minute.
 */
function helpAlong() {
  setTimeout(() => {
    const last = Number(sessionStorage.getItem(HELPED) ?? 0);
    if (Math.abs(Date.now() - last) < 60_000) return;
    sessionStorage.setItem(HELPED, String(Date.now()));
    reloadWhenClean();
  }, 2000);
}

/** @param {MessageEvent} event what a worker tells or asks */
function onMessage(event) {
  if (event.data?.type === "is-clean") event.ports[0].postMessage(isDirty() ? "dirty" : "clean");
  if (event.data?.type === "taking-over") helpAlong();
  if (event.data?.type === "stopped") show("stopped");
}

/** @param {ServiceWorkerRegistration} found */
function watch(found) {
  const look = () => propose(found);
  found.addEventListener("updatefound", () => {
    found.installing?.addEventListener("statechange", look);
  });
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.visibilityState === "visible") found.update().catch(() => {});
  });
  document.addEventListener("htmx:after:swap", look);
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest?.("[data-update-now]");
    if (!button || !found.waiting) return;
    found.waiting.postMessage({ type: "swap" });
    helpAlong();
  });
  setInterval(look, EVERY);
  look();
  found.update().catch(() => {});
}

/** Wakes the bar on a page that a worker controls. */
async function wake() {
  const { serviceWorker } = navigator;
  if (!serviceWorker?.controller) return;
  document.addEventListener("input", mark);
  serviceWorker.addEventListener("message", onMessage);
  serviceWorker.addEventListener("controllerchange", reloadWhenClean);
  serviceWorker.controller.postMessage({ type: "rest" });
  watch(await serviceWorker.ready);
}

wake();
