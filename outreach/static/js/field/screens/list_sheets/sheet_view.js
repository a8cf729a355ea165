/** Screens of a sheet of paper: which it is, the next line to type, and what the two entries differ in. */
import {
  deathsIn,
  differences,
  finalAnswers,
  KEYS,
  leftToSettle,
} from "../../../domain/paper_entry.js";
import { changesSince, linesOn } from "../../../domain/paper_sheets.js";
import { numberedLines, remainingLines } from "../../../domain/village_decisions.js";
import { sha256 } from "../../../store/engine/hash.js";
import { answerWords, lineName, listName } from "../list_check/answers.js";
import { lineView } from "../list_check/line_view.js";
import { placeWords } from "../list_check/list_view.js";
import { turnOf } from "./sheet_drafts.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").Line} Line */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {import("./sheet_drafts.js").Sheet} Sheet */
/** @typedef {import("./sheet_drafts.js").Answer} Answer */
/** @typedef {{key: string, detail: Record<string, string>}} Twice another answer for a line that has one */

const NOT_BOX = /^(l|t)$/;

/** @param {Sheet} sheet @param {Words} w */
export const sheetName = ({ n, page, label }, w) =>
  n === null ? label : w.t("field.sheets.name", { n, page });

/** The line of a number, whoever is gone too. @param {ListContent} content @param {number} no */
export const lineOfNo = ({ lines }, no) => numberedLines(lines).find((line) => line.no === no);

/** @param {ListContent} content @param {Sheet} sheet */
const printOf = ({ prints }, { n }) => prints.find((print) => print.n === n);

/** The numbers that this entry has not answered yet; of a sheet without a code nobody knows. @param {ListContent} content @param {Sheet} sheet */
function numbersDue(content, sheet) {
  const print = printOf(content, sheet);
  const turn = turnOf(sheet);
  if (!print || sheet.page === null || !turn) return [];
  const done = new Set(sheet.turns[turn].map(({ no }) => no));
  const there = new Set(remainingLines(content.lines).map(({ no }) => no));
  return linesOn(print.lines, sheet.page).filter((no) => there.has(no) && !done.has(no));
}

/** The line that is proposed: the next one behind a number that waits, or the first. @param {ListContent} content @param {Sheet} sheet @param {number} [behind] */
export function nextNumber(content, sheet, behind = 0) {
  const due = numbersDue(content, sheet);
  if (due.length) return due.find((no) => no > behind) ?? due[0];
  if (sheet.n !== null) return 0;
  const turn = turnOf(sheet);
  const done = turn ? sheet.turns[turn].map(({ no }) => no) : [];
  const next = Math.max(behind, ...done, 0) + 1;
  return lineOfNo(content, next) && !done.includes(next) ? next : 0;
}

/** What of the paper is not as the list is now. @param {ListContent} content @param {Sheet} sheet @param {Words} w */
export async function warnings(content, sheet, w) {
  const print = printOf(content, sheet);
  if (!print) return [w.t("field.sheets.no_code")];
  const found = await changesSince(print.lines, numberedLines(content.lines), sha256);
  const told = /** @type {const} */ (["changed", "gone", "new"]).filter(
    (what) => found[what].length,
  );
  if (!told.length) return [];
  const older = w.t("field.sheets.older", { n: print.n });
  return [
    older,
    ...told.map((what) => w.t(`field.sheets.${what}`, { numbers: found[what].join(", ") })),
  ];
}

/** What a key says in words. @param {ListContent} content @param {string} key @param {Words} w */
export function keyWords({ list }, key, w) {
  const [verdict, reason] = KEYS[list.purpose][key] ?? ["", null];
  return reason ? w.t(`field.lists.reason.${reason}`) : w.t(`field.lists.do.${verdict}`);
}

/** The keys of this list's sheets, as buttons. @param {ListContent} content @param {Words} w */
function keysOf(content, w) {
  const { purpose } = content.list;
  const all = Object.keys(KEYS[purpose]);
  const letters = all.filter((key) => NOT_BOX.test(key));
  return [...letters, ...all.filter((key) => !NOT_BOX.test(key))].map((key) => {
    const sign = key === "l" ? "✓" : key === "t" ? "…" : `✗ ${key}`;
    const word = KEYS[purpose][key][0];
    const text =
      NOT_BOX.test(key) || KEYS[purpose][key][1]
        ? keyWords(content, key, w)
        : w.t(`field.lists.verdict.${word}`);
    return { key, text: `${sign} ${text}`, cls: key === "l" ? "main" : "plain" };
  });
}

/** Who stands on a line, before anything counts. @param {Line} line @param {ListContent} content @param {Sheet} sheet @param {ListScreen} ctx @param {Words} w */
function personView(line, content, sheet, ctx, w) {
  const print = printOf(content, sheet);
  const elsewhere =
    print && sheet.page !== null && !linesOn(print.lines, sheet.page).includes(Number(line.no));
  const { name, who } = lineView(line, content, ctx, w);
  return {
    no: line.no,
    name,
    who,
    place: placeWords(line, ctx, w),
    elsewhere: elsewhere ? w.t("field.sheets.elsewhere", { no: line.no }) : "",
  };
}

/**
 * The person beside the number that was typed, or why there is none.
 * @param {ListContent} content @param {Sheet} sheet @param {number} no @param {ListScreen} ctx @param {Words} w
 */
export function lineBox(content, sheet, no, ctx, w) {
  const line = no ? lineOfNo(content, no) : undefined;
  const base = {
    list: content.list.id,
    sheet: sheet.id,
    no,
    person: "",
    wrong: "",
    keys: keysOf(content, w),
  };
  if (!no) return base;
  if (!line) {
    const last = Math.max(0, ...numberedLines(content.lines).map((one) => Number(one.no)));
    return { ...base, wrong: w.t("field.sheets.wrong.unknown", { no, last }) };
  }
  if (line.gone) {
    const { gone } = lineView(line, content, ctx, w);
    return { ...base, wrong: w.t("field.sheets.wrong.gone", { no, why: gone }) };
  }
  return { ...base, person: personView(line, content, sheet, ctx, w) };
}

/** @param {Answer | undefined} answer @param {ListContent} content @param {Words} w */
export const saidWords = (answer, content, w) =>
  answer?.verdict
    ? answerWords({ ...answer, verdict: answer.verdict }, content, w)
    : w.t("field.sheets.not_ticked");

/**
 * A sheet while it is typed.
 * @param {ListContent} content @param {Sheet} sheet @param {number} no
 * @param {{wrong?: string, twice?: Twice}} said @param {ListScreen & {warnings: string[]}} ctx @param {Words} w
 */
export function typingView(content, sheet, no, { wrong = "", twice }, ctx, w) {
  const turn = /** @type {1 | 2} */ (turnOf(sheet));
  const answers = sheet.turns[turn];
  const last = [...answers].sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  const due = numbersDue(content, sheet);
  const before = answers.find((answer) => answer.no === no);
  const box = lineBox(content, sheet, no, ctx, w);
  return {
    ...box,
    wrong: wrong || box.wrong,
    name: sheetName(sheet, w),
    title: listName(content.list, w),
    state: w.t(`field.sheets.state.${sheet.state}`),
    progress: due.length
      ? w.t("field.sheets.progress", { n: answers.length, all: answers.length + due.length })
      : w.t("field.sheets.entered", { n: answers.length }),
    warnings: ctx.warnings,
    blind: turn === 2 ? w.t("field.sheets.blind") : "",
    twice: twice
      ? {
          key: twice.key,
          text: w.t("field.sheets.twice", { no, before: saidWords(before, content, w) }),
          go: w.t("field.sheets.replace", { said: keyWords(content, twice.key, w) }),
          hidden: Object.entries(twice.detail).map(([name, value]) => ({ name, value })),
        }
      : "",
    last: last
      ? {
          no: last.no,
          text: w.t("field.sheets.last", { no: last.no, said: saidWords(last, content, w) }),
        }
      : "",
    skip: nextNumber(content, sheet, no) !== no ? nextNumber(content, sheet, no) : 0,
    due: due.length ? w.t("field.sheets.due", { numbers: due.join(", ") }) : "",
  };
}

/**
 * A sheet between its entries, or after them.
 * @param {ListContent} content @param {Sheet} sheet
 * @param {{wrong?: string, names?: Record<string, string>}} said
 * @param {{again: boolean, signs: boolean, warnings: string[]}} may @param {Words} w
 */
export function betweenView(content, sheet, { wrong = "", names }, may, w) {
  const { turns } = sheet;
  const settled = (/** @type {string} */ line) => turns[3].find((one) => one.line === line);
  const lines = new Map(content.lines.map((line) => [line.id, line]));
  const nameOf = (/** @type {string} */ id) => {
    const line = lines.get(id);
    return line ? lineName(line, w) : "";
  };
  const found = sheet.state === "differs" ? differences(turns[1], turns[2]) : [];
  const answer = (/** @type {1 | 2} */ turn, /** @type {string} */ id) =>
    turns[turn].find((one) => one.line === id);
  return {
    list: content.list.id,
    sheet: sheet.id,
    name: sheetName(sheet, w),
    title: listName(content.list, w),
    state: w.t(`field.sheets.state.${sheet.state}`),
    wrong,
    warnings: may.warnings,
    between: sheet.state === "first_done" ? 1 : 0,
    again: may.again ? 1 : 0,
    signs: may.signs && sheet.state === "first_done" ? 1 : 0,
    tried: names ? 1 : 0,
    deaths: deathsIn(finalAnswers(turns[1], [])).map(({ line, no }) => ({
      line,
      label: w.t("field.sheets.death_name", { no }),
      value: names?.[line] ?? "",
    })),
    differs: found.length ? w.t("field.sheets.differs", { n: found.length }) : "",
    differences: found.map((id) => ({
      line: id,
      name: nameOf(id),
      sides: /** @type {const} */ ([1, 2]).map((turn) => ({
        turn,
        text: saidWords(answer(turn, id), content, w),
        on:
          settled(id) &&
          settled(id)?.verdict === (answer(turn, id)?.verdict ?? null) &&
          saidWords(settled(id), content, w) === saidWords(answer(turn, id), content, w)
            ? 1
            : 0,
      })),
    })),
    left: leftToSettle(turns[1], turns[2], turns[3]).length,
  };
}

/**
 * The sheets of a list, and the way to the next one.
 * @param {ListContent} content @param {Sheet[]} sheets @param {Record<string, string>} form
 * @param {string} wrong @param {ListScreen} ctx @param {Words} w
 */
export function sheetsView(content, sheets, form, wrong, ctx, w) {
  const [newest] = [...content.prints].sort((a, b) => b.n - a.n);
  return {
    list: content.list.id,
    name: listName(content.list, w),
    place: ctx.place,
    wrong,
    sheets: sheets.map((sheet) => ({
      id: sheet.id,
      name: sheetName(sheet, w),
      state: w.t(`field.sheets.state.${sheet.state}`),
    })),
    newest: newest
      ? w.t("field.sheets.newest", { n: newest.n, pages: newest.pages })
      : w.t("field.sheets.none_printed"),
    version: form.version ?? (newest ? String(newest.n) : ""),
    page: form.page ?? "",
    label: form.label ?? "",
  };
}
