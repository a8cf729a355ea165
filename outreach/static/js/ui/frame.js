/**
 * Moving between screens: title, focus and scroll after a swap, the address, Back, and Enter.
 * Back asks the worker again, so a screen is never an old copy.
 */
import { on } from "./wake.js";

const page = () => document.getElementById("page");

/** The first question that has to be mended, else the first empty line, else the screen itself. */
function focusTarget() {
  const wrong = page()?.querySelector("[aria-invalid=true], .bad input");
  if (wrong) return wrong;
  const first = page()?.querySelector("form[data-draft] .f");
  const line = first?.querySelector("input.in, textarea.in");
  if (line && !(/** @type {HTMLInputElement} */ (line).value)) return line;
  return document.getElementById("main");
}

/** Title, focus and scroll of the screen that is shown now. */
function settle() {
  // The browser writes titles into its history: a person's name is never one.
  const heading = page()?.querySelector("h1:not([data-name])")?.firstChild?.textContent?.trim();
  document.title = heading || "Jangkau";
  const target = /** @type {HTMLElement|null} */ (focusTarget());
  if (target?.id === "main") scrollTo(0, 0);
  target?.focus({ preventScroll: target.id === "main" });
  if (target && target.id !== "main") target.scrollIntoView({ block: "center" });
}

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  if (ctx.target?.id === "page" && !ctx.only) settle();
});
// This script comes late: where somebody has begun already, the screen stays as it is.
if (document.activeElement === document.body && !scrollY) settle();
addEventListener("load", searchAgain);
if (document.readyState === "complete") setTimeout(searchAgain);

/** What was typed into a search before this script was there is searched for now. */
function searchAgain() {
  for (const box of document.querySelectorAll("input[type=search]")) {
    if (/** @type {HTMLInputElement} */ (box).value)
      box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// A screen shown again at its own address (mended, or a button inside it) is no new page to go back to.
document.addEventListener("htmx:before:history:update", (event) => {
  const { history } = /** @type {CustomEvent} */ (event).detail;
  if (history.path === here()) event.preventDefault();
});

/** @param {string} path @param {object} [more] */
const open = (path, more) =>
  /** @type {any} */ (window).htmx?.ajax("GET", path, {
    target: "#page",
    swap: "innerHTML",
    push: "false",
    ...more,
  });
const here = () => location.pathname + location.search;

// One listener for every link between screens: a list of a hundred needs no hundred listeners.
on("click", "#page a[href^='/field/']:not([target])", (found, event) => {
  const click = /** @type {MouseEvent} */ (event);
  const other = click.ctrlKey || click.metaKey || click.shiftKey || click.altKey || click.button;
  if (other || event.defaultPrevented || !(/** @type {any} */ (window).htmx)) return;
  event.preventDefault();
  open(found.getAttribute("href") ?? "", { push: "true", source: found });
});

document.addEventListener("htmx:before:history:restore", (event) => {
  event.preventDefault();
  open(/** @type {CustomEvent} */ (event).detail.path);
});

/** Shows the present screen again, unless somebody is typing on it. */
export function refresh() {
  const busy = document.activeElement?.matches("input, textarea, select");
  if (!busy) open(here(), { only: here() });
}

// The person went on while a screen was being shown again: leave the newer one alone.
document.addEventListener("htmx:before:swap", (event) => {
  const { only } = /** @type {CustomEvent} */ (event).detail.ctx;
  if (only && only !== here()) event.preventDefault();
});

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
