/**
 * The one door from a phone's screen to the next. What a person does (frame.js) and what sending
 * changes (sync.js) ask here; everybody else is told by "htmx:after:swap", as of htmx's own parts.
 *
 *         openScreen, goBack            with a mark
 *   idle ────────────────────► asking ──────────────► covering
 *   ▲  ▲                        │  │                      │
 *   │  └─── stay, leave ────────┘  │ any other screen     │ painted
 *   │                              ▼                      │
 *   └────────── painted ─────── settling ◄────────────────┘
 *
 * idle      The screen stands, with its address and title.
 * asking    One was asked for. Who asks again starts over: the last of several is shown.
 * covering  The first look at the new screen lies over the old one, which stays until it is painted.
 * settling  The new screen stands. Its address, its title and htmx's look through it wait for the
 *           paint. Who asks for the next screen, or where the page is, ends this wait at once. Back
 *           ends it without the address.
 *
 * An idle screen is also drawn again, and stays idle (redrawScreen). Nothing comes of it where a
 * screen was asked for meanwhile. It waits while a finger is on the screen (finger.js).
 *
 * Scripts of the first part came before this one, so they read the page: `data-going` is on a form
 * that is being sent, and on the whole page once it goes; `data-leaving` (drafts.js) on a form whose
 * answers are not to be written any more. Both are taken off here, where a form stays after all.
 */
import { ask } from "./ask.js";
import { isDown, onceLifted } from "./finger.js";

/** @typedef {{ajax(method: string, path: string, how: {target: Element, swap: string, values: Record<string, string>}): void, process(root: Element): void, trigger(at: Element, name: string): void}} Htmx */
/** @typedef {{text: string, address: string}} Shown `address` where it is to be shown, "" where it is now */
/** @typedef {{at: "idle"} | {at: "asking"} | {at: "covering", cover: Element, next: Shown} | {at: "settling", address: string}} State */

/** Where the first look at a screen ends: no answer of a person can say this, as all are escaped. */
const MARK = "<!--rest-->";
/** A page that has not gone after so many ms stays. */
const GOES_WITHIN = 15_000;

/** Each is an object of its own, so that whoever waited sees whether it is still the same. @type {State} */
let state = { at: "idle" };

const htmx = () => /** @type {Htmx} */ (/** @type {{htmx?: Htmx}} */ (window).htmx);
const page = () => /** @type {HTMLElement} */ (document.getElementById("page"));
const main = () => document.getElementById("main");

/**
 * @typedef {object} Wish
 * @property {HTMLFormElement} [form] what is sent, by POST; else the screen is asked for by GET
 * @property {HTMLElement | null} [by] the button that sends it
 * @property {boolean} [push] the screen is a page of its own to go back to
 */
/**
 * any → asking: the worker is asked for a whole screen. Not left to htmx, which does much on the way
 * that a save need not wait for.
 * @param {string} path
 * @param {Wish} [wish]
 */
export async function openScreen(path, { form, by, push = false } = {}) {
  // A second tap while the first is on its way would do the same thing twice.
  if (form?.hasAttribute("data-going")) return;
  form?.setAttribute("data-going", "");
  finish();
  /** @type {State} */
  const asking = { at: "asking" };
  state = asking;
  const screen = await ask(path, form && answersOf(form, by));
  if (state === asking) {
    if (!screen) stay(form ? "" : path);
    else if (isWholePage(screen.text)) leave(form ? "" : path);
    else arrive({ text: screen.text, address: screen.push ?? (push || form ? screen.url : "") });
  }
  if (form?.isConnected) keepForm(form);
}

/** A form that stays can be tapped again. @param {HTMLFormElement} form */
function keepForm(form) {
  // One that gives way keeps its marks: a late write of what it said would undo the worker's.
  if (state.at === "covering") return;
  form.removeAttribute("data-going");
  form.removeAttribute("data-leaving");
}

/** any → asking, for Back: the screen that is left never told its address, and shall not now. */
export function goBack() {
  if (state.at === "covering") uncover(state);
  state = { at: "idle" };
  openScreen(here());
}

/** asking → idle, when nobody answers: a link is an ordinary one, a form waits to be tapped again. @param {string} path */
function stay(path) {
  state = { at: "idle" };
  if (path) location.assign(path);
}

/** asking → idle: a whole page comes from the server, whose own page brings the worker back. @param {string} path */
function leave(path) {
  state = { at: "idle" };
  if (path) location.assign(path);
  else location.reload();
}

/** asking → covering, or → settling where the screen has no mark. @param {Shown} next */
function arrive(next) {
  const mark = next.text.indexOf(MARK);
  if (mark < 0) put(next);
  else cover(next, mark);
  oncePainted();
}

/**
 * → covering: a slow phone shows the first look sooner than the whole. @param {Shown} next
 * @param {number} mark where that look ends
 */
function cover(next, mark) {
  const cover = document.createElement("div");
  cover.className = "cover";
  cover.ariaHidden = "true";
  cover.innerHTML = next.text.slice(0, mark);
  document.body.append(cover);
  state = { at: "covering", cover, next };
}

/** covering → settling @param {State & {at: "covering"}} covering */
function uncover({ cover, next }) {
  cover.remove();
  put(next);
}

/** → settling @param {Shown} next */
function put({ text, address }) {
  state = { at: "settling", address };
  swap(text, focusFirst);
}

/** settling → idle @param {State & {at: "settling"}} settling */
function settle({ address }) {
  state = { at: "idle" };
  conclude(address);
}

/** A screen's nodes in their place. @param {string} text @param {() => void} look focus and scroll */
function swap(text, look) {
  page().innerHTML = text;
  look();
  // As htmx tells of the parts that it puts in place.
  htmx().trigger(page(), "htmx:after:swap");
}

/** What nobody sees of a screen that was put in its place. @param {string} address */
function conclude(address) {
  // A screen shown again at its own address (mended, or a button inside it) is no new page to go back to.
  if (address && new URL(address, location.href).href !== location.href)
    history.pushState(null, "", address);
  entitle();
  htmx().process(page());
  // What was typed before htmx had looked counts as typed now.
  const box = /** @type {HTMLInputElement | null} */ (document.activeElement);
  if (box?.matches("input.in") && box.value !== box.defaultValue) typedNow(box);
}

/** covering → settling → idle, now. */
function finish() {
  if (state.at === "covering") uncover(state);
  if (state.at === "settling") settle(state);
}

/** The same after the frame, and after what else waits for it. A hidden page paints nothing. */
function oncePainted() {
  const shown = state;
  const done = () => state === shown && finish();
  if (document.hidden) done();
  else requestAnimationFrame(() => setTimeout(() => setTimeout(done)));
}

/**
 * idle → idle: the present screen once more, where nobody is typing on it. Scroll and opened parts
 * stay.
 */
export async function redrawScreen() {
  if (isTypedOn()) return;
  const path = here();
  const before = state;
  const screen = await ask(path, undefined, true);
  if (isDown()) return onceLifted(redrawScreen);
  // Somebody may have begun to type while the worker made it.
  if (isTypedOn()) return;
  if (!screen || state !== before || state.at !== "idle") return;
  if (isWholePage(screen.text)) return leave(path);
  const scrolled = main()?.scrollTop;
  const opened = [...page().querySelectorAll("details[open]")].map(({ id }) => id);
  swap(screen.text, () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    if (scrolled) main()?.scrollTo(0, scrolled);
  });
  conclude(screen.push ?? "");
}

/** Where the page is, with what was left of the last screen done. */
export function whereShown() {
  finish();
  return location;
}
const here = () => whereShown().pathname + location.search;

/** A form is being sent, or the page goes: loading it anew would keep it here, and undo that. */
export const isLeaving = () => document.querySelector("[data-going]") !== null;

/** @param {string} text */
const isWholePage = (text) => /^\s*<!doctype/i.test(text);

/** What a form says, sent by a button. @param {HTMLFormElement} form @param {HTMLElement | null} [by] */
export function answersOf(form, by) {
  const found = new URLSearchParams(
    /** @type {any} not in its type, and taken */ (new FormData(form)),
  );
  const { name, value } = /** @type {HTMLButtonElement} */ (by ?? {});
  if (name) found.append(name, value);
  return found;
}

/** An answer on the screen is other than it was drawn, or somebody is about to give one. */
function isTypedOn() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll("main input, main textarea");
  const given = [...boxes].some((box) =>
    /radio|checkbox/.test(box.type)
      ? box.checked !== box.defaultChecked
      : box.value !== box.defaultValue,
  );
  return given || document.activeElement?.matches("input, textarea, select");
}

/** The first question that has to be mended, else the first empty line, else the screen itself. */
function focusTarget() {
  const wrong = page().querySelector("[aria-invalid=true], .bad input");
  if (wrong) return wrong;
  const first = page().querySelector("form[data-draft] .f");
  const line = first?.querySelector("input.in, textarea.in");
  if (line && !(/** @type {HTMLInputElement} */ (line).value)) return line;
  return main();
}

/** Focus and scroll of a new screen, which begins at its top. */
function focusFirst() {
  const target = /** @type {HTMLElement|null} */ (focusTarget());
  target?.focus({ preventScroll: target.id === "main" });
  if (target && target.id !== "main") target.scrollIntoView({ block: "center" });
}

/** The browser writes titles into its history: a person's name is never one. */
function entitle() {
  const heading = page().querySelector("h1:not([data-name])")?.firstChild?.textContent?.trim();
  document.title = heading || "Jangkau";
}

/** @param {HTMLInputElement} box */
export const typedNow = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

// This script comes late: where somebody has begun already, the screen stays as it is.
if (document.activeElement === document.body && !main()?.scrollTop) {
  focusFirst();
  entitle();
}

addEventListener("beforeunload", () => {
  const root = document.documentElement;
  root.setAttribute("data-going", "");
  setTimeout(() => root.removeAttribute("data-going"), GOES_WITHIN);
});
