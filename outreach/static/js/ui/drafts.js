/**
 * Every change of a form goes straight into the phone's storage by this page's own code. Nothing
 * typed depends on the worker or on the network. Also opens the questions that depend on
 * an answer.
 */
import { putBlob } from "../store/records/blobs.js";
import { getDraft, inTurn, putDraft } from "../store/books/drafts.js";
import { ownerOf } from "./open_key.js";
import { on, onPage } from "./behaviours.js";

const TYPING_MS = 250;
const NOT_ANSWERS = ["go", "find", "later", "token"];

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** The storage of the form's user. @param {HTMLElement} form */
const storage = (form) => ownerOf(form.dataset.user ?? "");

/** The answers of a form as they are now; unticked boxes count as empty. @param {HTMLFormElement} form */
function answers(form) {
  const data = new FormData(form);
  const names = new Set([...form.elements].map((el) => /** @type {HTMLInputElement} */ (el).name));
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of names) {
    if (name && !NOT_ANSWERS.includes(name)) found[name] = data.getAll(name).join(",");
  }
  return found;
}

/** @param {HTMLFormElement} form @param {Record<string, string>} given */
async function write(form, given) {
  const id = form.dataset.draft ?? "";
  const s = storage(form);
  const draft = await getDraft(s, id);
  if (!draft || form.hasAttribute("data-leaving")) return;
  const data = { ...draft.data, form: { ...draft.data.form, ...given } };
  await putDraft(s, id, { scope: draft.scope, data }, new Date());
  tell();
}

/** "tersimpan otomatis 13.05" */
function tell() {
  const line = /** @type {HTMLElement|null} */ (document.querySelector("[data-autosave]"));
  const id = document.documentElement.lang !== "en";
  const at = new Date().toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Jakarta",
  });
  if (line)
    line.textContent = (line.dataset.words ?? "").replace("{at}", id ? at.replace(":", ".") : at);
}

/**
 * Write the form's answers as they are now, one write at a time. The worker waits for its turn
 * before it reads the draft, so a tap on a link right after typing loses nothing. @param {HTMLFormElement} form
 */
export function autosave(form) {
  clearTimeout(timer);
  const given = answers(form);
  return inTurn(form.dataset.draft ?? "", () => write(form, given)).catch(unwritten);
}

/** A phone that was locked meanwhile says so before more is typed in vain. @param {{code?: string}} error */
function unwritten({ code }) {
  if (code === "locked") location.reload();
}

/** Keep a picture or signature with the form, at once, and name it in the form. @param {HTMLElement} inside @param {Blob} blob */
export async function keepBlob(inside, blob) {
  const form = /** @type {HTMLFormElement} */ (inside.closest("form"));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const sha = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
  await putBlob(storage(form), sha, bytes, blob.type);
  const field = /** @type {HTMLInputElement} */ (inside.querySelector("input[type=hidden]"));
  field.value = sha;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await autosave(form);
  return sha;
}

/** The phone's storage that the form around this element writes to. @param {HTMLElement} inside */
export const storageOf = (inside) => storage(/** @type {HTMLElement} */ (inside.closest("form")));

on("change", "form[data-draft]", (form) => {
  reveal(/** @type {HTMLFormElement} */ (form));
  autosave(/** @type {HTMLFormElement} */ (form));
});
on("input", "form[data-draft]", (form) => {
  clearTimeout(timer);
  timer = setTimeout(() => autosave(/** @type {HTMLFormElement} */ (form)), TYPING_MS);
});
on("submit", "form[data-draft]", (form) => {
  clearTimeout(timer);
  form.setAttribute("data-leaving", "");
});
document.addEventListener("visibilitychange", () => {
  const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-draft]"));
  if (form && document.visibilityState === "hidden" && timer) autosave(form);
});

/** Shows the questions whose condition holds. @param {HTMLFormElement} form */
function reveal(form) {
  const data = new FormData(form);
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (
    form.querySelectorAll("[data-when]")
  )) {
    const value = String(data.get(part.dataset.when ?? "") ?? "");
    part.hidden = !(part.dataset.values ?? "").split(" ").includes(value);
  }
}

onPage((root) => {
  const form = /** @type {HTMLFormElement|null} */ (root.querySelector("form[data-draft]"));
  if (form) reveal(form);
});
