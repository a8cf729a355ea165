/**
 * The way in: the token stands behind the # of the address, which no request carries. It goes out in
 * one body alone, together with the code, and the address with it leaves the page once it is open.
 */
import { postJson } from "./link_post.js";

/** @param {Document} page @param {Location} place */
export function wakeEntry(page, place) {
  const form = /** @type {HTMLFormElement | null} */ (page.querySelector("[data-enter]"));
  if (!form) return;
  const wake = () => {
    const token = place.hash.slice(1);
    form.hidden = !token;
    const missing = /** @type {HTMLElement} */ (page.querySelector("[data-no-token]"));
    missing.hidden = Boolean(token);
  };
  wake();
  addEventListener("hashchange", wake);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void enter(page, form, place);
  });
}

/** Exchange both for the list. @param {Document} page @param {HTMLFormElement} form @param {Location} place */
async function enter(page, form, place) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const code = String(new FormData(form).get("code") ?? "");
  button.disabled = true;
  const { ok, body } = await postJson("/l", { token: place.hash.slice(1), code });
  button.disabled = false;
  if (ok) {
    place.replace("/l/list");
    return;
  }
  const says = /** @type {HTMLElement} */ (page.querySelector("[data-says]"));
  says.textContent = body.text ?? form.dataset.offline ?? "";
  says.hidden = false;
  /** @type {HTMLInputElement} */ (form.querySelector("input")).select();
}
