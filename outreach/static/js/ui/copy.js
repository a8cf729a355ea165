/** Copies the text that a screen carries, and says so on the button. */
import { on } from "./behaviours.js";

on("click", "[data-copy-do]", async (button) => {
  const text = document.querySelector("[data-copy]")?.getAttribute("data-copy") ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.done ?? "";
  } catch {
    // The browser did not allow it: the button keeps saying what it would do.
  }
});
