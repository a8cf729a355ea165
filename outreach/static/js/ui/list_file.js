/** A file that is chosen goes into the form as text: forms reach the worker as text alone. */
import { on } from "./behaviours.js";

on("change", "[data-file-into]", async (box) => {
  const input = /** @type {HTMLInputElement} */ (box);
  const form = /** @type {HTMLFormElement} */ (input.form);
  const [into, big] = ["file", "big"].map(
    (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)),
  );
  const file = input.files?.[0];
  const fits = !file || file.size <= Number(input.dataset.most);
  big.value = fits ? "" : "1";
  into.value = file && fits ? await file.text() : "";
  input.dataset.read = "";
});
