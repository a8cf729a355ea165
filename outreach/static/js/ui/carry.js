/**
 * Hands a file that the worker made to another app, or to the phone's downloads. Browsers share
 * only kinds of files they know, so a file that may not go as it is goes as a text file.
 */
import { on, onPage } from "./behaviours.js";

/** @param {HTMLElement} row @param {string} suffix */
async function fileOf(row, suffix) {
  const response = await fetch(row.dataset.carry ?? "");
  if (!response.ok) throw new Error(String(response.status));
  const kind = suffix ? "text/plain" : "application/octet-stream";
  return new File([await response.blob()], `${row.dataset.name}${suffix}`, { type: kind });
}

/** The form in which this browser shares a file: "" as it is, ".txt" as text, null not at all. */
function shareable() {
  const one = (/** @type {string} */ name, /** @type {string} */ type) => ({
    files: [new File(["{}"], name, { type })],
  });
  if (!navigator.canShare) return null;
  if (navigator.canShare(one("a.jangkau", "application/octet-stream"))) return "";
  return navigator.canShare(one("a.jangkau.txt", "text/plain")) ? ".txt" : null;
}

/** @param {HTMLElement} row @param {string} which a data-word of the row */
function say(row, which) {
  const line = row.querySelector("[data-carry-says]");
  if (line) line.textContent = row.dataset[which] ?? "";
}

/** @param {HTMLElement} button @param {(row: HTMLElement) => Promise<void>} work */
async function withRow(button, work) {
  const row = /** @type {HTMLElement} */ (button.closest("[data-carry]"));
  try {
    await work(row);
  } catch (error) {
    // The person closed the sheet: nothing went wrong.
    if (/** @type {Error} */ (error)?.name !== "AbortError") say(row, "failed");
  }
}

on("click", "[data-carry-share]", (button) =>
  withRow(button, async (row) =>
    navigator.share({ files: [await fileOf(row, shareable() ?? "")] }),
  ),
);
on("click", "[data-carry-save]", (button) =>
  withRow(button, async (row) => {
    const address = URL.createObjectURL(await fileOf(row, ""));
    const link = document.createElement("a");
    link.href = address;
    link.download = row.dataset.name ?? "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    say(row, "saved");
  }),
);
onPage((root) => {
  if (shareable() === null) return;
  for (const button of root.querySelectorAll("[data-carry-share]")) {
    /** @type {HTMLElement} */ (button).hidden = false;
  }
});
