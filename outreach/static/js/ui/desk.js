/**
 * At the counter's desk the form asks the server about a NIK as soon as its sixteen digits are
 * there. The worker asks, htmx puts its answer beneath what the NIK says of itself.
 */
import { on, onPage } from "./behaviours.js";

const WHOLE = 16;
let asked = "";

/** Where the answer stands. @param {HTMLElement} live */
function place(live) {
  const found = document.getElementById("desk-nik");
  if (found) return found;
  const made = document.createElement("div");
  made.id = "desk-nik";
  made.className = "stack";
  made.setAttribute("aria-live", "polite");
  live.after(made);
  return made;
}

/** @param {HTMLInputElement} box */
function look(box) {
  const live = document.getElementById("live");
  const form = /** @type {HTMLElement | null} */ (box.closest("form[data-step=nik]"));
  const draft = form?.dataset.draft;
  if (!live || !draft || !document.querySelector("[data-desk]")) return;
  const nik = box.value.replace(/\D/g, "");
  const answer = place(live);
  if (nik === asked && answer.firstChild) return;
  asked = nik;
  if (nik.length !== WHOLE) return answer.replaceChildren();
  const { htmx } = /** @type {{htmx?: import("./screen.js").Htmx}} */ (window);
  /** @type {import("./screen.js").Htmx} */ (htmx).ajax("POST", `/field/form/${draft}/desk`, {
    target: answer,
    swap: "innerHTML",
    values: { nik },
  });
}

const lookAt = (/** @type {HTMLElement} */ found) => look(/** @type {HTMLInputElement} */ (found));

on("input", "#f-nik", lookAt);
onPage((root) => {
  const box = /** @type {HTMLElement | null} */ (root.querySelector("#f-nik"));
  if (box) lookAt(box);
});
