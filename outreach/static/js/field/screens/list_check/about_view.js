/** A list in numbers, and what can be done with it whole. */
import { counts, REFUSED } from "../../../domain/village_decisions.js";
import { formatDate, formatNumber } from "../../../domain/formats.js";
import { listName } from "./answers.js";
import { fileWords } from "./heard_words.js";
import { signs, stateWords, versionLines } from "./list_view.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_view.js").ListContext} ListContext */

const FORUMS = ["rapat_verifikasi", "musyawarah_pekon", "rapat_kelurahan"];

/** Numbers by answer and sex as rows of a table; reasons stand under their answers. @param {import("../../../domain/village_decisions.js").Counts} sums @param {Words} w */
export function sumRows({ verdicts, reasons }, w) {
  const row = (/** @type {string} */ name, /** @type {Record<string, number>} */ by) => ({
    label: name,
    L: formatNumber(by.L ?? 0, w.lang),
    P: formatNumber(by.P ?? 0, w.lang),
    all: formatNumber(
      Object.values(by).reduce((sum, n) => sum + n, 0),
      w.lang,
    ),
  });
  const why = Object.entries(reasons).map(([code, by]) =>
    row(`– ${w.t(`field.lists.reason.${code}`)}`, by),
  );
  return Object.entries(verdicts).flatMap(([code, by]) => [
    row(w.t(`field.lists.verdict.${code}`), by),
    ...(code === REFUSED ? why : []),
  ]);
}

/** Numbers of a list by answer and sex, and what can be done with the list whole. @param {ListContent} content @param {ListContext & {place: string, hands: boolean, shares: boolean, works: boolean}} ctx @param {Words} w */
export function aboutView(content, ctx, w) {
  const { list, lines, resolved, names } = content;
  const sums = counts(lines, resolved);
  const { undecided, clashes, together, gone } = sums;
  const fact = (/** @type {string} */ key, /** @type {string | number} */ value) => ({
    label: w.t(`field.lists.about.${key}`),
    value: typeof value === "number" ? formatNumber(value, w.lang) : value,
    cls: "",
  });
  return {
    list: list.id,
    name: listName(list, w),
    facts: [
      fact("place", ctx.place),
      fact("state", stateWords(list, w)),
      ...(list.due ? [fact("due", formatDate(list.due, w.lang))] : []),
      ...(FORUMS.includes(list.forum ?? "")
        ? [fact("forum", w.t(`field.lists.forum.${list.forum}`))]
        : []),
      fact("undecided", undecided),
      fact("clashes", clashes),
      fact("together", together),
      fact("gone", gone),
    ],
    sums: sumRows(sums, w),
    names: names.map((one) => ({
      name: one.name,
      small: [one.hamlet, one.note, fileWords(one, w)].filter(Boolean).join(" · "),
    })),
    can: ctx.can ? 1 : 0,
    shares: ctx.shares ? 1 : 0,
    works: ctx.works ? 1 : 0,
    meets: ctx.can && list.purpose === "fund" && list.state === "open" ? 1 : 0,
    signs: signs(content, ctx) ? 1 : 0,
    versions: versionLines(content, w),
    hands: ctx.hands ? 1 : 0,
  };
}
