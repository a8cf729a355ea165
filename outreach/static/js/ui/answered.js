/** A field's error goes when its answer comes. Whether that will do is asked at the next step. */
import { on } from "./behaviours.js";

/** Questions whose error another answer ends as well. @type {Record<string, string[]>} */
const ALSO = {
  no_phone: ["phone"],
  here_at: ["domicile"],
  domicile: ["here_at"],
  birth_date: ["nik_match", "century"],
  sex: ["nik_match"],
};

/** @param {Element} field one question with its error */
function answered(field) {
  const error = field.querySelector(".error");
  const kept = /** @type {HTMLInputElement | null} */ (field.querySelector("input[type=hidden]"));
  // A stroke that was only taken back has answered nothing.
  if (!error || kept?.value === "") return;
  field.classList.remove("bad");
  for (const told of field.parentElement?.querySelectorAll(`[aria-describedby~="${error.id}"]`) ??
    []) {
    told.removeAttribute("aria-invalid");
    const left = told.getAttribute("aria-describedby")?.replace(error.id, "").trim() ?? "";
    told.setAttribute("aria-describedby", left);
  }
  const form = error.closest("form");
  error.remove();
  if (!form?.querySelector(".error")) form?.querySelector(":scope > [role=alert]")?.remove();
}

on("input", "form[data-draft]", (form, event) => {
  const { name } = /** @type {HTMLInputElement} */ (event.target);
  for (const one of [name, name.replace(/^sure_/, ""), ...(ALSO[name] ?? [])]) {
    for (const input of form.querySelectorAll(`[name="${CSS.escape(one)}"]`)) {
      const field = input.closest(".f");
      if (field) answered(field);
    }
  }
});
