/** Screens of "gabung HP": a file made here, a file read in, and what it would change. */
import { formatDateTime, formatNumber } from "../../../domain/formats.js";
import { jakartaDate } from "../../../domain/age.js";
import { blockingLines, resolve, stateOf } from "../../../domain/village_decisions.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { listName } from "../list_check/answers.js";
import { heardRows } from "../list_check/heard_read.js";
import { heardWords } from "../list_check/heard_words.js";
import { MOST_LETTERS, newNames } from "./file_check.js";
import { ownSaid } from "./share_file.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").HeardFile} HeardFile */
/** @typedef {import("../list_check/list_types.js").Decision} Decision */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {import("./file_check.js").Fault} Fault */
/** @typedef {{code: string, at: string, n: string}} Made what this phone made last */

/** "ABCD EFGH". @param {string} code */
const spaced = (code) => `${code.slice(0, 4)} ${code.slice(4)}`;

/** @param {Fault} fault @param {Words} w */
const faultWords = ({ why, name = "", at = "" }, w) =>
  w.t(`field.share.fault.${why}`, { name, at: at && formatDateTime(at, w.lang) });

/** @param {Made} made @param {ListContent} content @param {ListScreen} ctx @param {Words} w */
const madeView = ({ code, at, n }, content, ctx, w) => ({
  text: w.t("field.share.made", { at: formatDateTime(at, w.lang), n }),
  code: spaced(code),
  later: ownSaid(content) > Number(n) ? w.t("field.share.made_later") : "",
  name: `jangkau-${ctx.place.replaceAll(" ", "-")}-${jakartaDate(at)}.jangkau`,
});

/**
 * @param {ListContent} content @param {ListScreen} ctx
 * @param {{made: Made | null, left: boolean, card: boolean, fault?: Fault, typed?: string}} here @param {Words} w
 */
export function shareView(content, ctx, { made, left, card, fault, typed = "" }, w) {
  const wrong = fault ? faultWords(fault, w) : "";
  const kit = fieldKit({ code: typed }, undefined, w);
  const n = ownSaid(content);
  return {
    list: content.list.id,
    name: listName(content.list, w),
    wrong,
    fields: [
      kit.text("code", {
        key: "field.share.ask.code",
        hintKey: "field.share.hint.code",
        caps: "characters",
        enter: "done",
      }),
    ],
    most: String(MOST_LETTERS),
    left: left ? w.t("field.share.left") : "",
    can: card ? 1 : 0,
    holds: w.t("field.share.holds", { n: formatNumber(n, w.lang) }),
    made: made ? madeView(made, content, ctx, w) : "",
    merged: heardWords(content, w),
  };
}

/** Lines on which answers differ, of those that are still on the list. @param {ListContent} content @param {ListContent["resolved"]} resolved */
const clashesIn = ({ lines }, resolved) =>
  blockingLines(lines, resolved).filter(({ id }) => stateOf(resolved, id).clash).length;

/** What a file would change: nothing is kept before its reader says so. @param {ListContent} content @param {HeardFile} file @param {Words} w */
export function lookView(content, file, w) {
  const { list, decisions } = content;
  const number = (/** @type {number} */ n) => formatNumber(n, w.lang);
  const news = file.decisions.filter(({ id }) => !decisions.has(id));
  const rows = heardRows([{ ...file, decisions: news }], list.id);
  const read = rows.map(({ id, data }) => /** @type {Decision} */ ({ ...data, id }));
  const clashes = clashesIn(content, resolve([...decisions.values(), ...read]));
  const more = clashes - clashesIn(content, content.resolved);
  const fact = (/** @type {string} */ key, /** @type {string} */ value) => ({
    label: w.t(`field.share.fact.${key}`),
    value,
    cls: "",
  });
  const missing = newNames(file, content).map(({ name }) => name);
  return {
    list: list.id,
    name: listName(list, w),
    facts: [
      fact("who", file.name),
      fact("at", formatDateTime(file.at, w.lang)),
      fact("all", number(file.decisions.length)),
      fact("new", number(news.length)),
      fact("clashes", number(clashes)),
      ...(missing.length ? [fact("names", missing.join(", "))] : []),
    ],
    clash: more > 0 ? w.t("field.share.clash", { n: number(more) }) : "",
  };
}
