/**
 * Moving between screens: asking the worker for one and putting it in its place, its title, focus
 * and scroll, the address, Back, and Enter. Back asks the worker again, so a screen is never an
 * old copy. Parts of a screen are htmx's.
 */
import { ask } from "./ask.js";
import { on } from "./behaviours.js";

const page = () => document.getElementById("page");
/** @typedef {{ajax(method: string, path: string, how: {target: Element, swap: string, values: Record<string, string>}): void, process(root: Element): void, trigger(at: Element, name: string): void}} Htmx */
const htmx = () => /** @type {Htmx} */ (/** @type {{htmx?: Htmx}} */ (window).htmx);

/** The first question that has to be mended, else the first empty line, else the screen itself. */
function focusTarget() {
  const wrong = page()?.querySelector("[aria-invalid=true], .bad input");
  if (wrong) return wrong;
  const first = page()?.querySelector("form[data-draft] .f");
  const line = first?.querySelector("input.in, textarea.in");
  if (line && !(/** @type {HTMLInputElement} */ (line).value)) return line;
  return main();
}

/** The browser writes titles into its history: a person's name is never one. */
function entitle() {
  const heading = page()?.querySelector("h1:not([data-name])")?.firstChild?.textContent?.trim();
  document.title = heading || "Jangkau";
}

const main = () => document.getElementById("main");

/** Focus and scroll of the screen that is shown now, which begins at its top. */
function settle() {
  const target = /** @type {HTMLElement|null} */ (focusTarget());
  target?.focus({ preventScroll: target.id === "main" });
  if (target && target.id !== "main") target.scrollIntoView({ block: "center" });
}

/** What a new screen leaves for the moment in which it can be seen. @type {(() => void) | null} */
let rest = null;

/** Puts the screen in its place whose first look stands over the one before. @type {(() => void) | null} */
let whole = null;

function doRest() {
  whole?.();
  const work = rest;
  rest = null;
  work?.();
}

/**
 * After the frame, and after what else waits for it. A hidden page paints nothing.
 * @param {() => void} work
 */
function oncePainted(work) {
  rest = work;
  if (document.hidden) doRest();
  else requestAnimationFrame(() => setTimeout(() => setTimeout(doRest)));
}

/** Where the page is, with what was left of the last screen done. */
export function address() {
  doRest();
  return location;
}
const here = () => address().pathname + location.search;

/** How many screens were asked for and shown, one shown again left out. */
let turn = 0;

/** A finger is on the screen: what lies under it stays, or its tap would be lost. */
let finger = false;
/** The screen was to be shown again meanwhile. */
let missed = false;
/** A tap is told so many ms after the finger has left. */
const TAP = 50;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let lifted;

for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(type, () => {
    clearTimeout(lifted);
    finger = true;
    if (type !== "pointerdown") lifted = setTimeout(left, TAP);
  });
}

function left() {
  finger = false;
  if (missed) refresh();
  missed = false;
}

/**
 * @typedef {object} Wish
 * @property {HTMLFormElement} [form] what is sent, by POST; else the screen is asked for by GET
 * @property {HTMLElement | null} [by] the button that sends it
 * @property {boolean} [push] the screen is a page of its own to go back to
 * @property {boolean} [again] the present screen once more: focus and scroll stay, and it comes
 *   over nothing that was asked for meanwhile
 */
/**
 * Ask the worker for a whole screen and put it in its place. Not left to htmx, which does much on
 * the way that a save need not wait for; parts of a screen are htmx's. Of several screens asked
 * for the last is shown.
 * @param {string} path
 * @param {Wish} [wish]
 */
async function open(path, { form, by, push = false, again = false } = {}) {
  // A second tap while the first is on its way would do the same thing twice.
  if (form?.hasAttribute("data-going")) return;
  form?.setAttribute("data-going", "");
  if (!again) turn += 1;
  const mine = turn;
  const screen = await ask(path, form && answers(form, by), again);
  // A form that is being sent stays, so that it cannot be tapped a second time.
  const stays = again && (path !== here() || page()?.querySelector("form[data-going]"));
  if (again && finger) missed = true;
  else if (mine === turn && !stays) {
    // What was asked for again before this was there is older.
    if (!again) turn += 1;
    if (!screen) {
      // Nobody answers: the link is an ordinary one, a form stays as it is, to be tapped again.
      if (!form && !again) location.assign(path);
    } else if (/^\s*<!doctype/i.test(screen.text)) {
      // A whole page comes from the server, whose own page brings the worker back.
      if (form) location.reload();
      else location.assign(path);
    } else show(screen.text, again, screen.push ?? (push || form ? screen.url : ""));
  }
  // A form that gave way keeps its marks: a late write of what it said would undo the worker's.
  if (!form?.isConnected || whole) return;
  form.removeAttribute("data-going");
  form.removeAttribute("data-leaving");
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} [by] */
function answers(form, by) {
  const found = new URLSearchParams(
    /** @type {any} not in its type, and taken */ (new FormData(form)),
  );
  const { name, value } = /** @type {HTMLButtonElement} */ (by ?? {});
  if (name) found.append(name, value);
  return found;
}

/** Where the first look at a screen ends: no answer of a person can say this, as all are escaped. */
const MARK = "<!--rest-->";

/**
 * A screen with a mark is shown in two steps, so that a slow phone shows a save sooner: what stands
 * before the mark, over the screen that was there, and once that is painted the whole in its place.
 * @param {string} text @param {boolean} again @param {string} to its address, "" when it is not to be shown
 */
function show(text, again, to) {
  doRest();
  const mark = again ? -1 : text.indexOf(MARK);
  if (mark < 0) return oncePainted(put(text, again, to));
  const cover = document.createElement("div");
  cover.className = "cover";
  cover.ariaHidden = "true";
  cover.innerHTML = text.slice(0, mark);
  document.body.append(cover);
  whole = () => {
    whole = null;
    cover.remove();
    rest = put(text, again, to);
  };
  oncePainted(() => {});
}

/**
 * Put a screen in its place. What nobody sees, the address and htmx's look through the screen, is
 * left to the caller, for after the frame.
 * @param {string} text @param {boolean} again @param {string} to
 */
function put(text, again, to) {
  const shown = /** @type {HTMLElement} */ (page());
  const scrolled = (again && main()?.scrollTop) || 0;
  const opened = again ? [...shown.querySelectorAll("details[open]")].map(({ id }) => id) : [];
  shown.innerHTML = text;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (!again) settle();
  else if (scrolled) main()?.scrollTo(0, scrolled);
  // As htmx tells of the parts that it puts in place.
  htmx().trigger(shown, "htmx:after:swap");
  return () => {
    // A screen shown again at its own address (mended, or a button inside it) is no new page to go back to.
    if (to && new URL(to, location.href).href !== location.href) history.pushState(null, "", to);
    entitle();
    htmx().process(shown);
    // What was typed before htmx had looked counts as typed now.
    const box = /** @type {HTMLInputElement | null} */ (document.activeElement);
    if (box?.matches("input.in") && box.value !== box.defaultValue) typedNow(box);
  };
}

/** @param {HTMLInputElement} box */
const typedNow = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

on("submit", "form[data-screen]", (found, event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (found);
  open(form.action, { form, by: /** @type {SubmitEvent} */ (event).submitter });
});

// This script comes late: where somebody has begun already, the screen stays as it is.
if (document.activeElement === document.body && !main()?.scrollTop) {
  settle();
  entitle();
}
addEventListener("load", searchAgain);
if (document.readyState === "complete") setTimeout(searchAgain);

/** What was typed into a search before this script was there is searched for now. */
function searchAgain() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll("input[type=search]");
  for (const box of boxes) if (box.value) typedNow(box);
}

// One listener for every link between screens: a list of a hundred needs no hundred listeners.
on("click", "#page a[href^='/field/']:not([target])", (found, event) => {
  const click = /** @type {MouseEvent} */ (event);
  const other = click.ctrlKey || click.metaKey || click.shiftKey || click.altKey || click.button;
  if (other || event.defaultPrevented) return;
  event.preventDefault();
  open(found.getAttribute("href") ?? "", { push: true });
});

addEventListener("popstate", () => {
  whole?.();
  rest = null;
  open(here());
});

/**
 * A tap on a form's button sends it at once. The browser's own way first looks through the form for
 * what it could fill in another time, and lays out its closed parts for that. Forms that htmx sends
 * hear of it too; one that nobody here knows goes the browser's way.
 */
on("click", "button", (found, event) => {
  const { form, type } = /** @type {HTMLButtonElement} */ (found);
  if (type !== "submit" || !form || event.defaultPrevented) return;
  event.preventDefault();
  const sent = new SubmitEvent("submit", { submitter: found, bubbles: true, cancelable: true });
  if (form.dispatchEvent(sent)) form.requestSubmit(found);
});

/** Shows the present screen again, unless somebody is typing on it. */
export function refresh() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll("main input.in");
  const typed = [...boxes].some(({ value, defaultValue }) => value !== defaultValue);
  const busy = document.activeElement?.matches("input, textarea, select");
  if (!busy && !typed) open(here(), { again: true });
}

on("keydown", "form input.in", (found, event) => {
  if (
    /** @type {KeyboardEvent} */ (event).key !== "Enter" ||
    found.getAttribute("type") === "search"
  )
    return;
  const form = /** @type {HTMLInputElement} */ (found).form;
  const lines = [...(form?.querySelectorAll("input.in") ?? [])].filter(
    (el) => /** @type {HTMLElement} */ (el).offsetParent,
  );
  const next = /** @type {HTMLInputElement|undefined} */ (lines[lines.indexOf(found) + 1]);
  if (!next || next.value) return;
  event.preventDefault();
  next.focus();
});

on("click", "[data-print]", () => print());

on("click", "[data-send]", async (found) => {
  const text = document.querySelector("[data-share]")?.getAttribute("data-share") ?? "";
  try {
    if (navigator.share) await navigator.share({ text });
    else await navigator.clipboard.writeText(text);
    found.setAttribute("data-done", "");
  } catch {
    // The person closed the sheet: nothing to do.
  }
});
