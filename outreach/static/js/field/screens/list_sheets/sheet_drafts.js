/**
 * Sheets of paper while they are entered: each typed line is a draft's next state, encrypted as
 * everything here, so that it survives a kill. What a sheet says is saved when it has ended.
 */
import { allDrafts, getDraft, inTurn, putDraft } from "../../../store/books/drafts.js";
import { look } from "../../../vault/session.js";
import { finalAnswers } from "../../../domain/paper_entry.js";
import { asksAgain, stateOf } from "../../../domain/village_decisions.js";
import { printedHash } from "../../../domain/paper_sheets.js";
import { sha256 } from "../../../store/engine/hash.js";
import { follow } from "../list_check/decide.js";
import { DECISION } from "../list_check/lists_read.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").PaperPrint} PaperPrint */
/** @typedef {import("../../../domain/paper_entry.js").Answer & {id: string, at: string}} Answer */
/** @typedef {"first" | "first_done" | "second" | "differs" | "done" | "once"} State */
/**
 * @typedef {object} Sheet
 * @property {string} id
 * @property {string} list
 * @property {number | null} n of the version
 * @property {number | null} page
 * @property {string} label of a sheet without a code
 * @property {State} state
 * @property {Record<"1" | "2" | "3", Answer[]>} turns both entries, and what was decided of them
 * @property {string} [firstDone] moment
 * @property {number} [opened] how often the phone had been locked when the first entry ended
 * @property {Record<string, string>} [names] full names that confirmed deaths, by line
 */

const ENDS = ["done", "once"];
/** @param {Pick<Sheet, "list" | "id">} sheet */
const draftId = ({ list, id }) => `sheet/${list}/${id}`;

/** @param {Sheet} sheet */
export const hasEnded = ({ state }) => ENDS.includes(state);

/** The entry that is being made; 0 for none. @param {Sheet} sheet @returns {0 | 1 | 2} */
export const turnOf = ({ state }) => (state === "first" ? 1 : state === "second" ? 2 : 0);

/** @param {Store} store @param {string} scope @param {Sheet} sheet */
const write = (store, scope, sheet) =>
  putDraft(store.state, draftId(sheet), { scope, data: { form: {}, sheet } }, store.clock());

/** The sheets of a list that are not counted yet, the oldest first. @param {Store} store @param {string} list */
export async function sheetsOf(store, list) {
  const drafts = await allDrafts(store.state);
  const sheets = drafts.filter(({ id }) => id.startsWith(`sheet/${list}/`));
  return sheets
    .map(({ data }) => /** @type {Sheet} */ (data.sheet))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** @param {Store} store @param {string} list @param {string} id @returns {Promise<Sheet | undefined>} */
export async function sheetOf(store, list, id) {
  const draft = await store.draft(draftId({ list, id }));
  return /** @type {Sheet | undefined} */ (draft?.data.sheet);
}

/** @param {Store} store @param {ListContent["list"]} list @param {{n: number | null, page: number | null, label: string}} which */
export async function beginSheet(store, list, which) {
  const id = store.newId();
  /** @type {Sheet} */
  const sheet = { id, list: list.id, ...which, state: "first", turns: { 1: [], 2: [], 3: [] } };
  await write(store, list.scope, sheet);
  return sheet;
}

/**
 * A sheet's next state, worked out of what is kept and not of what a screen showed.
 * @param {Store} store @param {ListContent["list"]} list @param {string} id @param {(sheet: Sheet) => Sheet | null} work null: nothing changes
 */
export const changeSheet = (store, list, id, work) =>
  inTurn(draftId({ list: list.id, id }), async () => {
    const draft = await getDraft(store.state, draftId({ list: list.id, id }));
    const sheet = /** @type {Sheet | undefined} */ (draft?.data.sheet);
    const next = sheet && work(sheet);
    if (next) await write(store, list.scope, next);
    return next ?? sheet;
  });

/** @param {Sheet} sheet @param {1 | 2 | 3} turn @param {Answer} answer */
export function withAnswer(sheet, turn, answer) {
  const others = sheet.turns[turn].filter(({ line }) => line !== answer.line);
  return { ...sheet, turns: { ...sheet.turns, [turn]: [...others, answer] } };
}

/** How often the phone was locked until now: it rises with every PIN. @param {Store} store */
export async function timesLocked({ state }) {
  const { turn = 0 } = await look(state, ["turn"]);
  return turn;
}

/** True once something of another sheet was entered since. @param {Sheet} sheet @param {Sheet[]} sheets @param {ListContent} content */
export function enteredElsewhere({ id, firstDone = "" }, sheets, { decisions }) {
  const others = sheets
    .filter((sheet) => sheet.id !== id)
    .flatMap(({ turns }) => Object.values(turns).flat());
  const counted = [...decisions.values()].filter(
    ({ mine, paper }) => mine && paper && paper.sheet !== id,
  );
  return [...others, ...counted].some(({ at = "" }) => at > firstDone);
}

/** What the sheet's decisions tell of it. @param {Sheet} sheet */
function toldOf({ id, n, page, state }) {
  const once = state === "once";
  return { sheet: id, n, page, entries: once ? 1 : 2, ...(!once && { same: true }) };
}

/** Rows that ask a line again and were seen by who ticked it: it stands on this paper as it is now. @param {ListContent} content @param {PaperPrint | undefined} print @param {Answer} answer */
async function askedOn({ resolved, decisions, lines }, print, { line, no }) {
  const asked = stateOf(resolved, line).heads.filter((head) => {
    const decision = decisions.get(head);
    return decision && asksAgain(decision);
  });
  const printed = print?.lines.find((one) => one[0] === no);
  const shown = lines.find(({ id }) => id === line);
  const fits =
    asked.length && printed && shown && (await printedHash(shown, sha256)) === printed[2];
  return fits ? asked : [];
}

/**
 * Save what an ended sheet says, one decision a line, under the answers' own ids: killed in the
 * middle it goes on where it was. The draft goes with the last.
 * @param {Store} store @param {ListContent} content @param {Sheet} sheet
 */
export async function countSheet(store, content, sheet) {
  const { list, decisions, prints } = content;
  const print = prints.find(({ n }) => n === sheet.n);
  const answers = finalAnswers(sheet.turns[1], sheet.turns[3]);
  const left = answers.filter(({ id }) => !decisions.has(id));
  for (const answer of left) {
    const { id, line, verdict, reason, detail } = answer;
    const name = sheet.state === "once" && sheet.names?.[line];
    await store.save({
      table: DECISION,
      id,
      scope: list.scope,
      changes: {
        list: list.id,
        lines: [line],
        verdict,
        ...(reason && { reason }),
        ...(Object.keys(detail).length && { detail }),
        how: "paper",
        over: await askedOn(content, print, answer),
        paper: { ...toldOf(sheet), ...(name && { name }) },
      },
    });
  }
  await store.deleteDraft(draftId(sheet));
  if (left.length) await follow(store);
}
