/** The reasons behind "Tidak masuk…", with what each asks, in a dialog. */

/** @typedef {import("./link_lines.js").Answer} Answer */

/**
 * Wakes the dialogs; answers what opens the one for a line.
 * @param {Document} page @param {(line: HTMLElement, answer: Answer) => void} decide
 */
export function wakeReasons(page, decide) {
  /** @type {HTMLElement | null} */
  let asked = null;
  for (const dialog of dialogsOf(page)) {
    const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    form.addEventListener("change", () => {
      showAsked(form);
      form.querySelector("fieldset:not([hidden])")?.scrollIntoView({ block: "nearest" });
    });
    form.addEventListener("submit", () => {
      if (asked) decide(asked, answerOf(dialog, form, page));
    });
    dialog.querySelector("[data-why-close]")?.addEventListener("click", () => dialog.close());
  }
  return (/** @type {HTMLElement} */ line) => {
    asked = line;
    const dialog = dialogsOf(page).find(({ dataset }) => dataset.why === line.dataset.kind);
    if (dialog) openFor(dialog, line);
  };
}

/** @param {Document} page */
const dialogsOf = (page) =>
  [...page.querySelectorAll("dialog")].filter(({ dataset }) => dataset.why);

/** @param {HTMLDialogElement} dialog @param {HTMLElement} line */
function openFor(dialog, line) {
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  form.reset();
  showAsked(form);
  const name = /** @type {HTMLElement} */ (dialog.querySelector("[data-why-name]"));
  name.textContent = line.querySelector("[data-who]")?.textContent ?? "";
  dialog.showModal();
}

/** Only the chosen reason's questions are there. @param {HTMLFormElement} form */
function showAsked(form) {
  const word = new FormData(form).get("word");
  for (const set of form.querySelectorAll("fieldset")) {
    set.hidden = set.disabled = set.dataset.asks !== word;
  }
}

/** @param {HTMLDialogElement} dialog @param {HTMLFormElement} form @param {Document} page @returns {Answer} */
function answerOf(dialog, form, page) {
  const { word, ...told } = Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]),
  );
  const filled = Object.entries(told).filter(([, value]) => value);
  const { refused } = dialog.dataset;
  const label = form.querySelector(`[value="${word}"] ~ [data-label]`)?.textContent ?? word;
  const why = [label, ...filled.map(([name, value]) => wordsOf(form, name, value))].join(", ");
  const pattern = /** @type {HTMLElement} */ (page.querySelector("[data-list]")).dataset.refused;
  return {
    ...(refused ? { verdict: refused, reason: word } : { verdict: word }),
    detail: filled.length ? Object.fromEntries(filled) : null,
    words: `✗ ${refused ? (pattern ?? "{why}").replace("{why}", why) : why}`,
  };
}

/** What was chosen, as it reads. @param {HTMLFormElement} form @param {string} name @param {string} value */
function wordsOf(form, name, value) {
  const field = form.querySelector(`fieldset:not([disabled]) [name="${name}"]`);
  const chosen = field instanceof HTMLSelectElement ? field.selectedOptions[0] : null;
  return chosen?.textContent ?? value;
}
