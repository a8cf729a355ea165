/** The ledger in words: one line for each save and each form not yet saved, filtered and paged. */
import { formatDateTime, formatNumber } from "../../../domain/formats.js";
import { nameKey, searchWords } from "../../../domain/names.js";
import { saveName } from "../../parts_of_screens/other_saves.js";
import { draftName, fieldLabel } from "../../parts_of_screens/field_builders.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../store/books/save_log.js").Line} Line */
/** @typedef {import("../../../store/books/drafts.js").Draft} Draft */

export const PAGE = 50;
const NAMED = 3;
/** Filters in the order of the chips; "photos" is every save that lacks one. */
const STATES = [
  "draft",
  "waiting",
  "sending",
  "photos",
  "conflict",
  "returned",
  "held",
  "discarded",
  "invalid",
  "arrived",
];
/** @type {Record<string, string>} */
export const MARKS = {
  draft: "mark",
  waiting: "mark",
  sending: "mark mark-sending",
  arrived: "mark mark-arrived",
  settled: "mark mark-arrived",
};

/**
 * The state to show. A save that a person has decided on is settled; so is a conflict that no
 * note speaks of any more.
 * @param {Line} line @param {Set<string>} disputed keys of open conflicts
 */
export function stateOf(line, disputed) {
  if (line.state === "resolved") return "settled";
  const open = line.open || disputed.has(line.key);
  return line.state === "conflict" && !open ? "settled" : line.state;
}

/** @param {string} state @param {Words} w */
export const mark = (state, w) => ({
  cls: MARKS[state] ?? "mark mark-fix",
  word: w.t(`field.book.state.${state}`),
});

/** "diubah: RT, Catatan + 2 lagi". @param {Line} line @param {Words} w */
function whatWords({ what, fields, table }, w) {
  if (table) return "";
  if (what !== "change") return w.t(`field.book.${what}`);
  const names = fields.slice(0, NAMED).map((name) => fieldLabel(name, w));
  const more = fields.length > NAMED ? w.t("field.book.more", { n: fields.length - NAMED }) : "";
  return w.t("field.book.change", { fields: `${names.join(", ")}${more}` });
}

/** "2 dari 3 foto sampai"; nothing when all have. @param {Line} line @param {Words} w */
const lacks = ({ photos, missing }, w) =>
  missing ? w.t("field.book.photos", { sent: photos - missing, n: photos }) : "";

/** @param {Draft} draft @param {Words} w */
const draftItem = ({ id, at, data }, w) => ({
  n: "",
  draft: id,
  step: data.step || "nik",
  name: draftName(data, w),
  what: w.t("field.book.unsaved"),
  when: formatDateTime(at, w.lang),
  mark: mark("draft", w),
  missing: "",
});

/** @param {Line} line @param {string} state @param {Words} w */
const lineItem = (line, state, w) => ({
  n: String(line.n),
  draft: "",
  name: saveName(line.name, line.table, w),
  what: whatWords(line, w),
  when: formatDateTime(line.at, w.lang),
  mark: mark(state, w),
  missing: lacks(line, w),
});

/** Which chips a line counts under. @param {Line} line @param {string} state */
const groupsOf = (line, state) =>
  [state === "settled" ? "arrived" : state, line.missing ? "photos" : ""].filter(Boolean);

/** True when a number or every word of a name fits. @param {{n: number, name: string}} line @param {string} query */
export function fits(line, query) {
  if (!query) return true;
  if (/^\d+$/.test(query)) return String(line.n) === query;
  const key = nameKey(line.name);
  const words = searchWords(query);
  return words.length > 0 && words.every((word) => key.includes(word));
}

/**
 * The lines of one screen.
 * @param {Line[]} lines @param {Draft[]} drafts
 * @param {{state: string, query: string, after: number, disputed: Set<string>}} wish
 *   after: number of the last line shown, 0 at the beginning
 * @param {Words} w
 */
export function logLines(lines, drafts, { state, query, after, disputed }, w) {
  const known = lines.map((line) => ({ line, is: stateOf(line, disputed) }));
  const chosen = known.filter(
    ({ line, is }) =>
      (!state || groupsOf(line, is).includes(state)) &&
      fits(line, query) &&
      (!after || line.n < after),
  );
  const page = chosen.slice(0, PAGE);
  const begun = !after && !query && ["", "draft"].includes(state) ? drafts : [];
  return {
    items: [
      ...begun.map((draft) => draftItem(draft, w)),
      ...page.map(({ line, is }) => lineItem(line, is, w)),
    ],
    state,
    query,
    after: chosen.length > PAGE ? String(page[page.length - 1].line.n) : "",
  };
}

/**
 * The chips with their counts: those that hold something, and the chosen one.
 * @param {Line[]} lines @param {Draft[]} drafts
 * @param {{state: string, disputed: Set<string>}} wish @param {Words} w
 */
export function chips(lines, drafts, { state: chosen, disputed }, w) {
  const counts = new Map([["draft", drafts.length]]);
  for (const line of lines) {
    for (const group of groupsOf(line, stateOf(line, disputed)))
      counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const shown = STATES.filter((state) => counts.get(state) || state === chosen);
  const chip = (/** @type {string} */ state, /** @type {number} */ n) => ({
    state,
    label: w.t(`field.book.state.${state || "all"}`),
    n: formatNumber(n, w.lang),
    on: state === chosen ? 1 : 0,
  });
  return [
    chip("", lines.length + drafts.length),
    ...shown.map((state) => chip(state, counts.get(state) ?? 0)),
  ];
}
