// The bar "Versi baru siap", shown when a new worker waits. That takes over by itself as soon as
// no open page has a half-filled form, or at once when the person taps. The worker that brings
// the second part of the same version takes over at once, and nobody notices.
//
// A page counts as half filled while anything on it carries data-dirty. Forms get it here at the
// first input; a form step may carry it from the start. Search forms (role=search) never do.

import { inTurn } from "../store/books/drafts.js";

const HALF_FILLED = "[data-dirty]";
const EVERY = 10_000;
const HELPED = "jk-update-helped";
const ALL = "/sw.js?all=1";
const ANSWER_WITHIN = 4000;
const TRY_AGAIN = [20_000, 60_000, 300_000];
const SWAP_WITHIN = 5000;
const page = document.documentElement;
let reloading = false;
let tapped = false;
let tries = 0;
let nextTry = 0;

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

/** The version of a worker; "" when it does not say. @param {ServiceWorker} worker @returns {Promise<string>} */
function versionOf(worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (/** @type {MessageEvent<string>} */ event) => resolve(event.data);
    setTimeout(resolve, ANSWER_WITHIN, "");
    worker.postMessage({ type: "version" }, [port2]);
  });
}

/**
 * Asks a waiting worker to take over: at once when it is of the version that works here already,
 * else if all pages are clean. Only the waiting one is spoken to, for Chrome hands over when the
 * working one has nothing to do. @param {ServiceWorkerRegistration} found
 */
async function propose(found) {
  const { waiting } = found;
  if (!waiting) return;
  const version = await versionOf(waiting);
  if (found.waiting !== waiting) return;
  if (version === page.dataset.version) {
    swapUnnoticed(found, waiting);
    return;
  }
  show("ready");
  waiting.postMessage({ type: "propose" });
}

/**
 * Lets a worker of the same version take over; the proposal comes again. Not while the page's
 * second script is on its way (load_second_part.js), for a request in that moment can undo it.
 * @param {ServiceWorkerRegistration} found @param {ServiceWorker} waiting
 */
function swapUnnoticed(found, waiting) {
  if (!("htmx" in window) && performance.now() < EVERY) {
    setTimeout(propose, 500, found);
    return;
  }
  waiting.postMessage({ type: "swap" });
  setTimeout(() => {
    if (found.waiting === waiting && !isDirty()) helpAlong();
  }, SWAP_WITHIN);
}

/** Sending pauses (sync.js) while another worker takes over. */
function hold() {
  page.setAttribute("data-swapping", "");
  setTimeout(() => page.removeAttribute("data-swapping"), SWAP_WITHIN);
}

/**
 * Has the worker with both parts installed, if the one here has the first part alone. A failed
 * download leaves everything as it is and is tried again. @param {ServiceWorkerRegistration} found
 */
async function completeWorker(found) {
  const newest = found.installing ?? found.waiting ?? found.active;
  if (!newest || newest.scriptURL.endsWith(ALL) || Date.now() < nextTry) return;
  nextTry = Date.now() + (TRY_AGAIN[tries++] ?? TRY_AGAIN[2]);
  await navigator.serviceWorker.register(ALL, { scope: "/field/" }).catch(() => {});
}

/** A new worker controls: of the same version it needs nothing of the page. */
async function onNewWorker() {
  page.removeAttribute("data-swapping");
  const { controller } = navigator.serviceWorker;
  const version = controller && (await versionOf(controller));
  if (version !== page.dataset.version) reloadWhenClean();
  else if (document.querySelector("[data-awaited]")) location.reload();
}

/** Reloads a page whose worker was followed by another while it was loading. @param {ServiceWorker} controller */
async function catchUp(controller) {
  const version = await versionOf(controller);
  if (version && version !== page.dataset.version) reloadWhenClean();
}

/** Once a new worker controls: reload, or wait until the form is done or somebody has tapped. */
function reloadWhenClean() {
  if (reloading) return;
  if (isDirty() && !tapped) {
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

/** @param {MessageEvent<{type?: string} | null>} event what a worker tells or asks */
function onMessage(event) {
  if (event.data?.type === "is-clean") event.ports[0].postMessage(isDirty() ? "dirty" : "clean");
  if (event.data?.type === "hold") hold();
  if (event.data?.type === "taking-over") helpAlong();
  if (event.data?.type === "stopped") show("stopped");
}

/**
 * A person has tapped: what is typed is written first, then the form opens again in the new version.
 * @param {ServiceWorkerRegistration} found
 */
async function takeNow(found) {
  if (!found.waiting) return;
  tapped = true;
  const form = /** @type {HTMLElement|null} */ (document.querySelector("form[data-draft]"));
  form?.dispatchEvent(new Event("change", { bubbles: true }));
  await inTurn(form?.dataset.draft ?? "", async () => {});
  found.waiting?.postMessage({ type: "swap" });
  helpAlong();
}

/** @param {ServiceWorkerRegistration} found */
function watch(found) {
  const look = () => {
    propose(found);
    completeWorker(found);
  };
  found.addEventListener("updatefound", () => {
    found.installing?.addEventListener("statechange", look);
  });
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.visibilityState === "visible") found.update().catch(() => {});
  });
  document.addEventListener("htmx:after:swap", () => propose(found));
  window.addEventListener("online", () => {
    nextTry = 0;
    look();
  });
  document.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest?.("[data-reload]")) location.reload();
    if (target.closest?.("[data-update-now]")) takeNow(found);
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
  serviceWorker.addEventListener("controllerchange", onNewWorker);
  serviceWorker.controller.postMessage({ type: "complete" });
  catchUp(serviceWorker.controller);
  watch(await serviceWorker.ready);
}

wake();
