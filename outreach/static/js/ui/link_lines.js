/** A line of the list with an answer laid over it that is not sent yet. */

/**
 * @typedef {object} Answer
 * @property {string} verdict
 * @property {string} [reason]
 * @property {Record<string, string> | null} [detail]
 * @property {string} words
 */
/**
 * @typedef {object} Save what waits in this page
 * @property {Record<string, unknown> & {id: string}} said as it will be sent
 * @property {string} words
 * @property {string} [fault] why it was not taken
 */

/** @param {ParentNode} line @param {string} part */
const found = (line, part) =>
  /** @type {HTMLElement | null} */ (line.querySelector(`[data-${part}]`));

/** What the server showed, to come back to. @type {WeakMap<Element, string>} */
const stood = new WeakMap();

/** @param {HTMLElement} line @param {Save | undefined} save @param {DOMStringMap} words */
export function drawLine(line, save, words) {
  const [said, mark, told] = ["said", "mark", "told"].map((part) => found(line, part));
  const [answers, fault] = ["answers", "fault"].map((part) => found(line, part));
  if (!said || !mark || !told || !answers || !fault) return;
  if (!stood.has(said)) stood.set(said, said.textContent ?? "");
  said.textContent = save ? save.words.trim() : (stood.get(said) ?? "");
  mark.textContent = words.unsentMark ?? "";
  mark.hidden = !save;
  told.hidden = !said.textContent;
  answers.hidden = save ? save.said.verdict !== "batal" : Boolean(said.textContent);
  fault.textContent = save?.fault ?? "";
  fault.hidden = !save?.fault;
}

/** A name that was added and is not sent yet. @param {Document} page @param {Save} save @param {string} undo @param {DOMStringMap} words */
export function drawName(page, { said, words, fault }, undo, { unsentMark = "" }) {
  const row = page.createElement("li");
  const [text, button] = [page.createElement("p"), page.createElement("button")];
  row.className = "line row";
  text.className = "said";
  text.textContent = [words, `(${unsentMark})`, fault].filter(Boolean).join(" ");
  button.type = "button";
  button.className = "plain";
  button.dataset.undoName = said.id;
  button.textContent = undo;
  row.dataset.testid = "new-name";
  row.append(text, button);
  return row;
}
