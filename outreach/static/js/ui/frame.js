/**
 * What a person does on any screen: links, forms, Back, Enter, printing, passing a text on. Which
 * screen follows is asked of screen.js. Parts of a screen are htmx's.
 */
import { on } from "./behaviours.js";
import { goBack, openScreen, typedNow } from "./screen.js";

on("submit", "form[data-screen]", (found, event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (found);
  openScreen(form.action, { form, by: /** @type {SubmitEvent} */ (event).submitter });
});

// One listener for every link between screens: a list of a hundred needs no hundred listeners.
on("click", "#page a[href^='/field/']:not([target])", (found, event) => {
  const click = /** @type {MouseEvent} */ (event);
  const other = click.ctrlKey || click.metaKey || click.shiftKey || click.altKey || click.button;
  if (other || event.defaultPrevented) return;
  event.preventDefault();
  openScreen(found.getAttribute("href") ?? "", { push: true });
});

// Back asks the worker again, so a screen is never an old copy.
addEventListener("popstate", goBack);

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

/** What was typed into a search before this script was there is searched for now. */
function searchAgain() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll("input[type=search]");
  for (const box of boxes) if (box.value) typedNow(box);
}

addEventListener("load", searchAgain);
if (document.readyState === "complete") setTimeout(searchAgain);
