/**
 * Moving between screens: what is done with the screen that htmx was given, its title, focus and
 * scroll, the address, Back, and Enter. Back asks the worker again, so a screen is never an old copy.
 */
import { on } from "./wake.js";

const page = () => document.getElementById("page");
/** @returns {any} */
const htmx = () => /** @type {any} */ (window).htmx;

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

/** What a new screen leaves for the moment in which it can be seen. @type {(() => void) | null} */
let rest = null;

function doRest() {
  const work = rest;
  rest = null;
  work?.();
}

/** A hidden page paints nothing. @param {() => void} work */
function oncePainted(work) {
  rest = work;
  if (document.hidden) doRest();
  else requestAnimationFrame(() => setTimeout(doRest));
}

/** How many screens were asked for, one shown again left out. */
let turn = 0;

/** @param {string} type @param {(ctx: any, event: Event) => void} handler of what htmx does for a whole screen */
const onScreen = (type, handler) =>
  document.addEventListener(type, (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    if (ctx && ctx.target === page()) handler(ctx, event);
  });

onScreen("htmx:config:request", (ctx, event) => {
  // A second tap while the first is on its way: htmx would send the form again after it.
  if (ctx.sourceElement.hasAttribute("data-going")) return event.preventDefault();
  if (ctx.sourceElement.matches("form")) ctx.sourceElement.setAttribute("data-going", "");
  if (!ctx.only) turn += 1;
  ctx.turn = turn;
});
onScreen("htmx:finally:request", (ctx) => ctx.sourceElement.removeAttribute("data-going"));

// No worker answers: the link is an ordinary one. A form stays as it is, to be tapped again.
onScreen("htmx:error", (ctx) => {
  const wanted = ctx.turn === turn && !ctx.only;
  if (wanted && ctx.request.method === "GET") location.assign(ctx.request.action);
});
// A whole page comes from the server, whose own page brings the worker back.
onScreen("htmx:after:request", (ctx, event) => {
  // The person went on meanwhile: leave the newer screen alone.
  if (ctx.turn !== turn) return event.preventDefault();
  if (!/^\s*<!doctype/i.test(ctx.text)) return;
  event.preventDefault();
  if (ctx.request.method === "GET") location.assign(ctx.request.action);
  else location.reload();
});

/**
 * A whole screen is put in its place here: what nobody sees, the address and htmx's own look
 * through it, waits until it is painted, so that a slow phone shows a save sooner.
 */
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = /** @type {CustomEvent} */ (event).detail;
  const shown = page();
  if (ctx.target !== shown || !shown || tasks[0]?.swapSpec.style !== "innerHTML") return;
  event.preventDefault();
  doRest();
  if (ctx.only && ctx.only !== here()) return;
  shown.replaceChildren(...tasks[0].fragment.childNodes);
  if (!ctx.only) settle();
  htmx().trigger(shown, "htmx:after:swap", { ctx });
  oncePainted(() => {
    const path = addressOf(ctx);
    // A screen shown again at its own address (mended, or a button inside it) is no new page to go back to.
    if (path && path !== here()) history.pushState(null, "", path);
    htmx().process(shown);
  });
});

/** The address of a screen, "" when it is not to be shown. @param {any} ctx htmx's, of the request */
function addressOf({ push, hx, response, sourceElement }) {
  if (hx.pushurl) return hx.pushurl;
  if (push !== "true" && !sourceElement.matches("[hx-boost]")) return "";
  const { pathname, search } = new URL(response.raw.url);
  return pathname + search;
}

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

/** @param {string} path @param {object} [more] */
const open = (path, more) =>
  htmx()?.ajax("GET", path, {
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
  if (other || event.defaultPrevented || !htmx()) return;
  event.preventDefault();
  open(found.getAttribute("href") ?? "", { push: "true", source: found });
});

addEventListener("popstate", () => open(here()));

/**
 * A tap on a form's button is told to htmx at once, which judges the form where it is to be judged.
 * The browser's own way first looks through the form for what it could fill in another time, and
 * lays out its closed parts for that.
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
  const busy = document.activeElement?.matches("input, textarea, select");
  if (!busy) open(here(), { only: here() });
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
