/**
 * An answer to a line of a list: asked of the worker by message, and the line's new look is put in
 * its place. The rest of the screen stays, so nothing moves under the finger.
 */
import { ask } from "./ask.js";
import { on } from "./behaviours.js";
import { answersOf } from "./screen.js";

const BUSY = "aria-busy";

/** The line and the numbers in their places; false where the answer is another screen. @param {string} text */
function put(text) {
  const box = document.createElement("template");
  box.innerHTML = text;
  const line = box.content.querySelector("[data-line]");
  if (!line) return false;
  const parts = [...box.content.querySelectorAll("[data-put]")];
  line.setAttribute("data-saved", "");
  document.getElementById(line.id)?.replaceWith(line);
  for (const part of parts)
    document
      .getElementById(part.getAttribute("data-put") ?? "")
      ?.replaceChildren(...part.childNodes);
  document.dispatchEvent(new Event("htmx:after:swap"));
  return true;
}

on("submit", "form[data-answer]", async (found, event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (found);
  // A second tap while the first is on its way would say the same thing twice.
  if (form.hasAttribute(BUSY)) return;
  form.setAttribute(BUSY, "true");
  const said = answersOf(form, /** @type {SubmitEvent} */ (event).submitter);
  said.set("part", "1");
  const answer = await ask(form.action, said);
  form.removeAttribute(BUSY);
  // Locked meanwhile, or something failed: the screen says which.
  if (answer && !put(answer.text)) location.reload();
});
