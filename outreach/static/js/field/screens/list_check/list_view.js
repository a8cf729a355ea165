/** A list as its screen shows it: how far it is, in groups by place, what was done last. */
import {
  counts,
  numberedLines,
  stateOf,
  togetherLines,
} from "../../../domain/village_decisions.js";
import { formatDate, formatNumber } from "../../../domain/formats.js";
import { searchWords, nameKey } from "../../../domain/names.js";
import { hamletName } from "../../parts_of_screens/people_rows.js";
import { answerWords, lineName, listName } from "./answers.js";
import { lineView } from "./line_view.js";
import { shortWords, toneOf } from "./version_words.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").ListDecision} ListDecision */
/** @typedef {import("./list_types.js").VillageList} VillageList */
/** @typedef {import("./list_types.js").Line} Line */
/** @typedef {import("./line_view.js").LineContext} LineContext */
/** @typedef {"todo" | "done" | "visit"} Part */
/** @typedef {LineContext & {kind: string}} ListContext `kind` of the village */

const PAGE = 40;
export const PARTS = /** @type {const} */ (["todo", "done", "visit"]);

/** @param {string | null} given @returns {Part} */
export const partOf = (given) =>
  /** @type {readonly (string | null)[]} */ (PARTS).includes(given)
    ? /** @type {Part} */ (given)
    : "todo";

/** How many of the numbered lines are decided, of those that are still on the list. @param {ListContent} content */
export function progressOf({ lines, resolved }) {
  const { lines: all, gone, undecided, clashes } = counts(lines, resolved);
  const total = all - gone;
  return { done: total - undecided - clashes, total, clashes };
}

/** "64 dari 100". @param {ListContent} content @param {Words} w */
export function progressWords(content, w) {
  const { done, total, clashes } = progressOf(content);
  const [n, all] = [formatNumber(done, w.lang), formatNumber(total, w.lang)];
  const text = w.t("field.lists.progress", { n, all });
  return clashes ? `${text} · ${w.t("field.lists.clashes", { n: clashes })}` : text;
}

/** "Sampai 12 Desember 2026", or nothing. @param {VillageList} list @param {Words} w */
export const dueWords = ({ due }, w) =>
  due ? w.t("field.lists.due", { day: formatDate(due, w.lang) }) : "";

/** @param {VillageList} list @param {Words} w */
export const stateWords = ({ state }, w) =>
  w.t(`field.lists.state.${["open", "meeting", "closed"].includes(state) ? state : "closed"}`);

/** Lines that were found in the village and are not proposed yet. @param {Line[]} lines */
const visitLines = (lines) => lines.filter(({ part }) => part === "visit");

/** True for a line to which an answer is wanted. @param {Line} line @param {ListContent} content */
const waits = (line, { resolved }) => !line.gone && !stateOf(resolved, line.id).verdict;

/** True for who may go on to sign: the meeting has begun, or the list needs none. @param {ListContent} content @param {{can: boolean}} ctx */
export const signs = ({ list }, { can }) =>
  can && (list.state === "meeting" || list.purpose === "monthly");

/** True once every name has its answer and the meeting, which comes next, has not begun. @param {ListContent} content @param {{can: boolean}} ctx */
function meets(content, { can }) {
  const { done, total } = progressOf(content);
  return can && signsLater(content) && total > 0 && done === total;
}

/** True for a list that needs a meeting and has none yet. @param {ListContent} content */
const signsLater = ({ list }) => list.purpose === "fund" && list.state === "open";

/** Signed versions as links, the newest first. @param {ListContent} content @param {Words} w */
export const versionLines = ({ list, versions }, w) =>
  versions.map((version) => ({
    list: list.id,
    version: version.id,
    text: shortWords(version, w),
    cls: toneOf(version),
  }));

/** The lines of a part of the screen. @param {ListContent} content @param {Part} part */
function linesIn(content, part) {
  if (part === "visit") return visitLines(content.lines);
  return numberedLines(content.lines).filter((line) => waits(line, content) === (part === "todo"));
}

/** @param {Pick<Line, "hamlet" | "rt">} line @param {ListContext} ctx @param {Words} w */
export const placeWords = ({ hamlet, rt }, ctx, w) =>
  hamletName({ pemangku: hamlet ?? "", rt: rt ?? "" }, ctx.kind, w);

/** @param {Line} line */
const placeKey = ({ hamlet = null, rt = null }) => JSON.stringify([hamlet, rt]);

/**
 * A search finds names by their words, and a line by its number.
 * @param {string} query @returns {(line: Line) => boolean}
 */
function matcher(query) {
  if (/^\d{1,4}$/.test(query)) return ({ no }) => String(no) === query;
  const words = searchWords(query);
  return ({ name }) => {
    const key = nameKey(name);
    return words.length > 0 && words.every((word) => key.includes(word));
  };
}

/**
 * Lines by place; those on which phones differ come first.
 * @param {Line[]} lines @param {ListContent} content @param {ListContext} ctx @param {Words} w
 */
function placed(lines, content, ctx, w) {
  const first = w.t("field.lists.clash_group");
  const titled = lines.map((line) => {
    const clash = !line.gone && stateOf(content.resolved, line.id).clash;
    return { line, clash, title: clash ? first : placeWords(line, ctx, w) };
  });
  return titled.sort(
    (a, b) =>
      Number(b.clash) - Number(a.clash) ||
      a.title.localeCompare(b.title, "id", { numeric: true }) ||
      Number(a.line.no) - Number(b.line.no) ||
      (a.line.name ?? "").localeCompare(b.line.name ?? "", "id"),
  );
}

/**
 * One page of rows in groups; the part whole is ordered before it is cut.
 * @param {ListContent} content @param {{part: Part, query?: string, after?: string | null}} wish
 * @param {ListContext} ctx @param {Words} w
 */
export function rowsView(content, { part, query = "", after }, ctx, w) {
  const all = part === "visit" ? visitLines(content.lines) : numberedLines(content.lines);
  const wanted = query ? all.filter(matcher(query)) : linesIn(content, part);
  const rows = placed(wanted, content, ctx, w);
  const from = rows.findIndex(({ line }) => line.id === after) + 1;
  const page = rows.slice(from, from + PAGE);
  return {
    list: content.list.id,
    part,
    groups: groupsOf(page, content, ctx, w),
    after: from + PAGE < rows.length ? page[page.length - 1].line.id : "",
    rows_none: w.t(query ? "field.list.none_found" : `field.lists.none.${part}`),
  };
}

/** @param {ReturnType<typeof placed>} rows @param {ListContent} content @param {ListContext} ctx @param {Words} w */
function groupsOf(rows, content, ctx, w) {
  /** @type {Map<string, {title: string, place: string, all: string, lines: ReturnType<typeof lineView>[]}>} */
  const groups = new Map();
  for (const { line, clash, title } of rows) {
    const group = groups.get(title) ?? {
      title,
      place: clash ? "" : placeKey(line),
      all: "",
      lines: [],
    };
    if (!groups.has(title) && !clash) Object.assign(group, togetherLink(line, content, ctx, w));
    group.lines.push(lineView(line, content, ctx, w));
    groups.set(title, group);
  }
  return [...groups.values()];
}

/** The way to "Semua di RT ini layak", where several may be decided so. @param {Line} line @param {ListContent} content @param {ListContext} ctx @param {Words} w */
function togetherLink(line, content, ctx, w) {
  const { hamlet = null, rt = null, part } = line;
  if (!ctx.can || part === "visit" || content.list.purpose !== "fund") return {};
  const n = togetherLines(content.lines, content.resolved, hamlet, rt).length;
  return n > 1 ? { place: placeKey(line), all: w.t("field.lists.together", { n }) } : {};
}

/** The newest decision of this person that still counts; it can be taken back. @param {ListContent} content @returns {ListDecision | undefined} */
export function lastDecision({ decisions, resolved }) {
  const heads = new Set(Object.values(resolved).flatMap((state) => state.heads));
  const mine = [...decisions.values()].filter(
    ({ id, mine, verdict }) => mine && verdict !== "batal" && heads.has(id),
  );
  return mine.sort((a, b) => (a.id < b.id ? 1 : -1))[0];
}

/** @param {ListContent} content @param {ListContext} ctx @param {Words} w */
export function lastView(content, ctx, w) {
  const last = ctx.can && lastDecision(content);
  if (!last) return "";
  const said = answerWords(last, content, w);
  const [line] = content.lines.filter(({ id }) => last.lines.includes(id));
  const whom =
    last.lines.length > 1 || !line
      ? w.t("field.people", { n: last.lines.length })
      : lineName(line, w);
  const one = last.lines.length === 1 ? 1 : 0;
  return { id: last.id, one, text: w.t("field.lists.last", { whom, said }) };
}

/** What changes on the screen with every decision. @param {ListContent} content @param {ListContext} ctx @param {Words} w */
export const movingView = (content, ctx, w) => ({
  list: content.list.id,
  progress: progressWords(content, w),
  last: lastView(content, ctx, w),
  chips: chips(content, w),
  meets: meets(content, ctx) ? 1 : 0,
});

/** What changes beside a line that was decided: its group's way to decide the others together. @param {ListContent} content @param {Line} line @param {ListContext} ctx @param {Words} w */
export const groupView = (content, line, ctx, w) => ({
  list: content.list.id,
  place: placeKey(line),
  ...togetherLink(line, content, ctx, w),
});

/** The parts of the screen and how many names each has now. @param {ListContent} content @param {Words} w */
function chips(content, w) {
  const n = {
    todo: linesIn(content, "todo").length,
    done: linesIn(content, "done").length,
    visit: visitLines(content.lines).filter((line) => waits(line, content)).length,
  };
  const shown = PARTS.filter((one) => one !== "visit" || visitLines(content.lines).length);
  return shown.map((one) => ({
    part: one,
    label: w.t(`field.lists.part.${one}`),
    n: formatNumber(n[one], w.lang),
  }));
}

/** @param {ListContent} content @param {Part} part @param {ListContext & {place: string, hands: boolean, works: boolean}} ctx @param {Words} w */
export function listView(content, part, ctx, w) {
  const { list } = content;
  return {
    ...rowsView(content, { part }, ctx, w),
    ...movingView(content, ctx, w),
    name: listName(list, w),
    place: ctx.place,
    state: stateWords(list, w),
    closed: list.state === "closed" ? w.t("field.lists.closed") : "",
    due: dueWords(list, w),
    hint: part === "visit" ? w.t("field.lists.visit_hint") : "",
    only_looks: ctx.can || list.state === "closed" ? "" : w.t("field.lists.only_looks"),
    hands: ctx.hands ? 1 : 0,
    enters: ctx.works && list.state !== "closed" ? 1 : 0,
    can: ctx.can ? 1 : 0,
    signs: signs(content, ctx) ? 1 : 0,
    versions: versionLines(content, w).slice(0, 1),
  };
}

/** @param {ListContent} content @param {Words} w */
const lastSigned = (content, w) => versionLines(content, w)[0]?.text;

/** The card of a list on Today. @param {ListContent} content @param {string} place @param {Words} w */
export const cardView = (content, place, w) => ({
  to: "list",
  id: content.list.id,
  title: listName(content.list, w),
  text: progressWords(content, w),
  small: [place, stateWords(content.list, w), dueWords(content.list, w), lastSigned(content, w)]
    .filter(Boolean)
    .join(" · "),
});
