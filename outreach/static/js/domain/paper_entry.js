/**
 * The way of a sheet of paper to the list: entered twice, blind, or once by the signer, who confirms
 * each death by the full name. The same as on the server; vectors in tests/shared.
 */
import { equal } from "./merge.js";
import { REASONS, REFUSED } from "./village_decisions.js";

/**
 * @typedef {object} Answer what stands beside a line; without a verdict nothing was ticked
 * @property {string} line
 * @property {number} no
 * @property {string | null} verdict
 * @property {string | null} reason
 * @property {Record<string, unknown>} detail
 */
/** @typedef {{sheet: string, n?: number | null, page?: number | null, entries: number, same?: boolean | null, name?: string}} Paper what a decision tells of its sheet */

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MEMBERS = ["sheet", "n", "page", "entries", "same", "name"];
const [MOST_NUMBER, MOST_LETTERS] = [9999, 200];
const DEATH = "meninggal";

/**
 * One key an answer. Reasons are counted as in the legend of the sheet.
 * @type {Record<string, Record<string, [string, string | null]>>}
 */
export const KEYS = {
  fund: {
    l: ["layak", null],
    t: ["tunda", null],
    ...Object.fromEntries(
      REASONS.map((reason, i) => [
        String(i + 1),
        /** @type {[string, string]} */ ([REFUSED, reason]),
      ]),
    ),
  },
  monthly: {
    l: ["masih_ada", null],
    1: ["meninggal", null],
    2: ["pindah", null],
    3: ["tidak_tahu", null],
  },
};

/** @param {Answer[]} answers @returns {Map<string, Answer>} */
const byLine = (answers) => new Map(answers.map((answer) => [answer.line, answer]));

/** True for two entries that read the same beside a line. @param {Answer | undefined} one @param {Answer | undefined} other */
export function saysTheSame(one, other) {
  if (!one?.verdict || !other?.verdict) return !one?.verdict && !other?.verdict;
  return equal([one.verdict, one.reason, one.detail], [other.verdict, other.reason, other.detail]);
}

/** The lines that the two entries read otherwise, by number. @param {Answer[]} first @param {Answer[]} second */
export function differences(first, second) {
  const [one, other] = [byLine(first), byLine(second)];
  const lines = [...new Map([...other, ...one]).values()];
  return lines
    .filter(({ line }) => !saysTheSame(one.get(line), other.get(line)))
    .sort((a, b) => a.no - b.no)
    .map(({ line }) => line);
}

/** The differences that nobody decided yet. @param {Answer[]} first @param {Answer[]} second @param {Answer[]} settled */
export const leftToSettle = (first, second, settled) =>
  differences(first, second).filter((line) => !settled.some((answer) => answer.line === line));

/** What the sheet says in the end, by number: lines without a tick say nothing. @template {Answer} A @param {A[]} first @param {A[]} settled @returns {A[]} */
export const finalAnswers = (first, settled) =>
  [...new Map([...first, ...settled].map((answer) => [answer.line, answer])).values()]
    .filter(({ verdict }) => verdict !== null)
    .sort((a, b) => a.no - b.no);

/** The answers by which somebody died. @template {Answer} A @param {A[]} answers */
export const deathsIn = (answers) =>
  answers.filter(({ verdict, reason }) => [verdict, reason].includes(DEATH));

/** @param {string} name */
const plain = (name) => name.toLowerCase().split(/\s+/).filter(Boolean).join(" ");

/** True for the same full name, however it is spaced and in whatever letters. @param {string} one @param {string} other */
export const sameName = (one, other) => Boolean(plain(one)) && plain(one) === plain(other);

/** True for who may make the second entry: somebody else, or the same person after another sheet or a new login. @param {{wroteFirst: boolean, newLogin: boolean, otherSheet: boolean}} said */
export const mayEnterAgain = ({ wroteFirst, newLogin, otherSheet }) =>
  !wroteFirst || newLogin || otherSheet;

/** @param {unknown} value */
const isNumber = (value) =>
  value == null || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_NUMBER);

/** @param {unknown} value @returns {value is Paper} */
function isTold(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const { sheet, n, page, entries, same, name } = /** @type {Record<string, unknown>} */ (value);
  return (
    Object.keys(value).every((member) => MEMBERS.includes(member)) &&
    UUID7.test(String(sheet)) &&
    (entries === 1 || entries === 2) &&
    isNumber(n) &&
    isNumber(page) &&
    (same == null || typeof same === "boolean") &&
    (name == null || (typeof name === "string" && name.length <= MOST_LETTERS))
  );
}

/**
 * Why a sheet's answer does not count, as the code of a sentence; null where it does.
 * @param {unknown} paper @param {string | null} dead who is said to have died
 * @param {boolean} signs its author has the signer's role
 */
export function paperFault(paper, dead, signs) {
  if (!isTold(paper)) return "paper_form";
  if (paper.entries > 1) return null;
  if (!signs) return "paper_waive_signer";
  return dead !== null && !sameName(paper.name ?? "", dead) ? "paper_death_name" : null;
}

/** How many sheets were entered a single time, of what their decisions tell. @param {(Paper | null | undefined)[]} papers */
export const sheetsOnce = (papers) =>
  new Set(papers.flatMap((paper) => (paper?.entries === 1 ? [paper.sheet] : []))).size;
