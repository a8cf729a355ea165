/**
 * The page drives the sending: one small step after another while there is more, one tab at a
 * time. Numbers and words change in place; forms are left alone.
 */
import { isLeaving, redrawScreen, whereShown } from "./screen.js";
import { tokenHeader } from "./token.js";
import { on, onPage } from "./behaviours.js";

const AFTER_SAVE = 3000;
const EVERY = 60_000;
const LONGEST = 300_000;
const PAUSE = 1000;
const SWAP_PAUSE = 150;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let fails = 0;
let running = false;
let opened = false;
/** @type {boolean | number | undefined} */
let changed = false;
/** Screens that show what sending and fetching change. */
const SHOWS =
  /^\/field\/(?:$|saved\/|w\/|outbox|fix|visits|ready|receipt|users|carry|phone|lists$)/;
/** So far a list may be scrolled and is still shown from its beginning. */
const NEAR = 100;

/** @param {number} wait @param {Wish} [wish] */
function later(wait, wish = {}) {
  clearTimeout(timer);
  timer = setTimeout(() => run(wish), wait);
}

/** @param {string} selector @param {string} text */
function put(selector, text) {
  for (const el of document.querySelectorAll(selector))
    if (el.textContent !== text) el.textContent = text;
}

/**
 * @typedef {object} Answer what the worker says of a step
 * @property {string} did
 * @property {boolean} more
 * @property {number} wait
 * @property {Record<string, string>} [ledger] none while nobody works here
 * @property {string} [words]
 * @property {number} [login]
 * @property {number} [locked]
 * @property {number} [asks]
 */

/** @param {Answer} answer */
function show(answer) {
  for (const name of ["recorded", "received", "pending", "photos"]) {
    if (answer.ledger) put(`[data-testid=ledger-${name}]`, answer.ledger[name]);
  }
  put("[data-sync-says]", answer.words ?? "");
  const bar = /** @type {HTMLElement|null} */ (document.querySelector("[data-login-bar]"));
  if (bar) bar.hidden = !answer.login || Boolean(document.querySelector("[data-no-user]"));
  // Locked after some idle minutes: what is on the screen goes too, where anything stands there.
  const hidden = document.querySelector("[data-lock]");
  if (answer.locked && !hidden && !isLeaving()) location.reload();
}

/** The phone's report of itself when it opens. */
async function about() {
  const said = new URLSearchParams({ open: "1" });
  const storage = navigator.storage;
  if (!storage?.estimate) return said;
  const { usage = 0, quota = 0 } = await storage
    .estimate()
    .catch(() => /** @type {StorageEstimate} */ ({}));
  said.set("used", String(usage));
  said.set("quota", String(quota));
  said.set("persisted", (await storage.persisted?.().catch(() => false)) ? "yes" : "no");
  return said;
}

/** One step. @param {URLSearchParams} body @returns {Promise<Answer>} */
async function step(body) {
  const response = await fetch("/field/_sync", { method: "POST", body, headers: tokenHeader() });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

/** Steps until nothing more is to do. @param {URLSearchParams} body @param {[string, string][]} wish said with each */
async function steps(body, wish) {
  let answer = await step(body);
  show(answer);
  while (answer.more && seen() && !swapping()) {
    changed ||= answer.did !== "idle";
    answer = await step(new URLSearchParams(wish));
    show(answer);
  }
  changed ||= answer.did === "pull" || answer.did === "push" || saysSending();
  // Nothing is fetched before the PIN is chosen or put off, and Today asks for it.
  changed ||= answer.asks && !document.getElementById("pins");
  return answer;
}

/** A screen made in the middle of a step says "sending" until it is drawn again. */
const saysSending = () => document.querySelector(".mark-sending") !== null;
const seen = () => document.visibilityState === "visible";
/** True while another worker takes over, which it does once this one has nothing to do (update.js). */
const swapping = () => document.documentElement.hasAttribute("data-swapping");

/** @typedef {{now?: boolean, photos?: boolean}} Wish photos: pictures may go whatever the network */

/** @type {Wish | undefined} wished in the middle of a run: that one may end without what is wished */
let unheard;

/** @param {Wish} wish */
async function run(wish) {
  const { now = false, photos = false } = wish;
  if (running && (now || photos)) unheard = { ...unheard, ...wish };
  if (running || !seen() || !navigator.serviceWorker?.controller) return;
  if (swapping()) return later(SWAP_PAUSE, wish);
  running = true;
  try {
    await navigator.locks.request("jk-page-sync", { ifAvailable: true }, async (lock) => {
      if (!lock) return later(EVERY);
      const body = opened ? new URLSearchParams() : await about();
      if (swapping()) return later(SWAP_PAUSE, wish);
      if (now) body.set("now", "1");
      if (photos) body.set("photos", "1");
      const answer = await steps(body, photos ? [["photos", "1"]] : []);
      opened = true;
      fails = 0;
      if (changed) freshen();
      const soon = swapping() ? SWAP_PAUSE : PAUSE;
      later(answer.more ? soon : answer.wait || EVERY * (0.8 + Math.random() * 0.4));
    });
  } catch {
    fails += 1;
    later(Math.min(LONGEST, 2 ** Math.min(fails, 9) * 1000 * (0.5 + Math.random() / 2)));
  } finally {
    running = false;
    if (unheard) later(0, unheard);
    unheard = undefined;
  }
}

/** Screens with states and counts are drawn again, each person where they were. */
function freshen() {
  changed = false;
  if (SHOWS.test(whereShown().pathname)) redrawScreen();
  else fill();
}

/**
 * A list is asked for again where it showed nobody, for the person may just have come. So is one
 * in which somebody was still on the phone alone.
 */
function fill() {
  const rows = document.getElementById("rows");
  const box = /** @type {HTMLInputElement|null} */ (document.getElementById("f-q"));
  if (!box || !rows) return;
  const late = [...rows.querySelectorAll(".mark")].some((el) => !el.matches(".mark-arrived"));
  if (rows.querySelector("ul") && !late) return;
  if (box.value || box === document.activeElement) box.dispatchEvent(new Event("fresh"));
  else if (scrollY < NEAR) redrawScreen();
}

on("click", "[data-sync-now]", () => run({ now: true }));
on("click", "[data-sync-photos]", () => run({ now: true, photos: true }));
window.addEventListener("online", () => run({ now: true }));
// The second part of the worker has come: only it fetches, and it waits for nobody.
navigator.serviceWorker?.addEventListener("controllerchange", () => later(0));
document.addEventListener("visibilitychange", () => {
  if (seen()) later(0);
});
let pins = false;
onPage((root) => {
  const asked = pins;
  pins = Boolean(root.querySelector("#pins"));
  // What waited for the PIN to be chosen or put off is fetched at once.
  if (asked && !pins) later(0);
});
onPage((root) => {
  const saved = root.querySelector("[data-saved]:not([data-noted])");
  if (!saved) return;
  saved.setAttribute("data-noted", "");
  later(AFTER_SAVE);
});
later(300);
