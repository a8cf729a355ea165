/**
 * The list of a link: answers stay in this page, and nowhere else, until they are sent. The server
 * shows what stands; what is not sent yet is laid over it, also after the list was fetched anew.
 */
import { uuid7 } from "../domain/uuid7.js";
import { postJson } from "./link_post.js";
import { drawLine, drawName } from "./link_lines.js";
import { wakeReasons } from "./link_reasons.js";

/** @typedef {import("./link_lines.js").Save} Save */
/** @typedef {import("./link_lines.js").Answer} Answer */

const newId = () => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** @param {Document} page */
export function wakeList(page) {
  const list = /** @type {HTMLElement | null} */ (page.querySelector("[data-list]"));
  if (list) new LinkList(page, list).wake();
}

class LinkList {
  /** @param {Document} page @param {HTMLElement} list */
  constructor(page, list) {
    this.page = page;
    this.list = list;
    /** @type {Map<string, Save>} by line, names by their own id */
    this.saves = new Map();
    this.status = /** @type {HTMLElement} */ (page.querySelector("[data-status]"));
    this.button = /** @type {HTMLButtonElement} */ (page.querySelector("[data-send]"));
    this.sending = false;
  }

  wake() {
    const reasons = wakeReasons(this.page, (line, answer) => this.decide(line, answer));
    this.page.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest?.("button");
      const line = /** @type {HTMLElement | null} */ (button?.closest("[data-line]"));
      if (button && line) this.tap(line, /** @type {HTMLElement} */ (button), reasons);
    });
    this.button.addEventListener("click", () => void this.send());
    this.wakeNames();
    addEventListener("beforeunload", (event) => {
      if (this.saves.size) event.preventDefault();
    });
    this.tell();
  }

  /** @param {HTMLElement} line @param {HTMLElement} button @param {(line: HTMLElement) => void} reasons */
  tap(line, button, reasons) {
    const { verdict } = button.dataset;
    if (verdict) this.decide(line, { verdict, words: button.textContent ?? "" });
    else if ("whyNot" in button.dataset) reasons(line);
    else if ("undo" in button.dataset) this.undo(line);
  }

  /** The answer replaces what its reader saw. @param {HTMLElement} line @param {Answer} answer */
  decide(line, { verdict, reason, detail, words }) {
    const id = line.dataset.line ?? "";
    const over = (line.dataset.seen ?? "").split(" ").filter(Boolean);
    const said = {
      lines: [id],
      verdict,
      over,
      ...(reason && { reason }),
      ...(detail && { detail }),
    };
    this.keep(id, { said: { id: newId(), at: new Date().toISOString(), ...said }, words });
    drawLine(line, this.saves.get(id), this.list.dataset);
  }

  /** What is not sent goes; what stands is taken back by a save of its own. @param {HTMLElement} line */
  undo(line) {
    const id = line.dataset.line ?? "";
    if (this.saves.delete(id)) {
      drawLine(line, undefined, this.list.dataset);
      this.tell();
    } else this.decide(line, { verdict: "batal", words: this.list.dataset.undone ?? "" });
  }

  /** @param {string} key @param {Save} save */
  keep(key, save) {
    this.saves.set(key, save);
    this.tell();
  }

  wakeNames() {
    const form = /** @type {HTMLFormElement} */ (this.page.querySelector("[data-name]"));
    const names = /** @type {HTMLElement} */ (this.page.querySelector("[data-new-names]"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const id = newId();
      const typed = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
      const said = Object.fromEntries(typed.filter(([, value]) => value));
      if (!said.name) return;
      this.keep(id, { said: { id, at: new Date().toISOString(), ...said }, words: said.name });
      form.reset();
      this.drawNames(names);
    });
    names.addEventListener("click", ({ target }) => {
      const { undoName } = /** @type {HTMLElement} */ (target).dataset;
      if (!undoName) return;
      this.saves.delete(undoName);
      this.drawNames(names);
      this.tell();
    });
  }

  /** @param {HTMLElement} names */
  drawNames(names) {
    const undo = this.page.querySelector("[data-undo]")?.textContent ?? "×";
    const added = [...this.saves.values()].filter(({ said }) => "name" in said);
    names.replaceChildren(
      ...added.map((save) => drawName(this.page, save, undo, this.list.dataset)),
    );
  }

  /** Say how many answers are in this page alone. @param {string} [text] */
  tell(text) {
    const { unsent = "", allSent = "" } = this.list.dataset;
    const n = this.saves.size;
    const count = n ? unsent.replace("{n}", String(n)) : allSent;
    this.status.textContent = text ? [text, n ? count : ""].filter(Boolean).join(" ") : count;
    this.button.disabled = !n || this.sending;
  }

  async send() {
    const saves = [...this.saves.values()];
    this.sending = true;
    this.tell();
    const { ok, body } = await postJson("/l/list", { said: saves.map(({ said }) => said) });
    const results = new Map((body.results ?? []).map((result) => [result.id, result]));
    for (const [key, save] of this.saves) {
      const result = results.get(save.said.id);
      if (result?.taken) this.saves.delete(key);
      else save.fault = result?.text;
    }
    const taken = ok ? await this.fetchAnew() : false;
    this.sending = false;
    this.tell(ok ? this.sentWords(saves.length, taken) : (body.text ?? this.list.dataset.offline));
  }

  /** @param {number} all @param {boolean} shown */
  sentWords(all, shown) {
    const { sent = "", notTaken = "", offline = "" } = this.list.dataset;
    const left = this.saves.size;
    const words = sent.replace("{n}", String(Math.max(0, all - left)));
    return [words, left ? notTaken : "", shown ? "" : offline].filter(Boolean).join(" ");
  }

  /** The list as it stands now, with what is not sent laid over it; false without an answer. */
  async fetchAnew() {
    try {
      const answer = await fetch("/l/list");
      if (!answer.ok) return false;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = fresh.getElementById("list");
      if (part) this.page.getElementById("list")?.replaceWith(part);
    } catch {
      return false;
    }
    for (const line of this.page.querySelectorAll("[data-line]")) {
      const save = this.saves.get(/** @type {HTMLElement} */ (line).dataset.line ?? "");
      if (save) drawLine(/** @type {HTMLElement} */ (line), save, this.list.dataset);
    }
    this.drawNames(/** @type {HTMLElement} */ (this.page.querySelector("[data-new-names]")));
    return true;
  }
}
