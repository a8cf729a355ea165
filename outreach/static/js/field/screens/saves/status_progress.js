/** How far a registration is: the way of texts.md, and everybody this phone recorded on it. */
import { formatNumber } from "../../../domain/formats.js";
import { stages, trouble as troubled } from "../../../gen/lifecycle.later.js";
import { fits, PAGE } from "./lines_view.js";
import { label } from "../../parts_of_screens/field_builders.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../store/books/save_log.js").Line} Line */

/** The way of a registration, step by step. */
const WAY = [...new Set(Object.values(stages))].filter((stage) => stage !== "off");

/** The status in the words of its village. @param {string} status @param {string} kind @param {Words} w */
export function statusWords(status, kind, w) {
  const own = `${status}.${kind}`;
  const special = label("status", own, w);
  return special === own ? label("status", status, w) : special;
}

/**
 * Where a person stands: "here" before the server has them, "off" when the way ended otherwise.
 * @param {{status: string, arrived: boolean}} person
 */
export function stageOf({ status, arrived }) {
  if (!arrived) return "here";
  return /** @type {Record<string, string>} */ (stages)[status] ?? "server";
}

/** @param {string} stage @param {string} kind @param {Words} w */
const stageWords = (stage, kind, w) =>
  ["here", "server", "off"].includes(stage)
    ? w.t(`field.book.stage.${stage}`)
    : statusWords(stage, kind, w);

/**
 * The way with what of it lies behind.
 * @param {{status: string, arrived: boolean}} person @param {string} kind @param {Words} w
 */
export function pathOf(person, kind, w) {
  const stage = stageOf(person);
  const at = stage === "off" ? 0 : WAY.indexOf(stage);
  return WAY.map((step, i) => ({
    label: stageWords(step, kind, w),
    cls: i <= at ? "mark mark-arrived" : "mark",
    done: i <= at ? w.t("field.book.done") : "",
    now: i === at ? 1 : 0,
  }));
}

/**
 * Everybody this phone recorded something of, the latest first.
 * @param {Line[]} lines
 * @param {(id: string) => {name: string, status: string, kind: string, known: boolean}} look
 */
export function peopleOf(lines, look) {
  /** @type {Map<string, {id: string, name: string, n: number, arrived: boolean}>} */
  const people = new Map();
  for (const line of lines.filter(({ table }) => !table)) {
    const one = people.get(line.id) ?? { id: line.id, name: "", n: line.n, arrived: false };
    one.name ||= line.name;
    one.arrived ||= !["waiting", "sending"].includes(line.state);
    people.set(line.id, one);
  }
  return [...people.values()].map((one) => {
    const { name, ...seen } = look(one.id);
    const person = { ...one, ...seen, name: name || one.name };
    return { ...person, stage: stageOf(person) };
  });
}

/** @typedef {ReturnType<typeof peopleOf>[number]} Person */

/** @param {Person} one @param {Words} w */
function personItem(one, w) {
  const at = WAY.indexOf(one.stage);
  const trouble = one.stage === "off" || troubled.includes(one.status);
  const kind = one.stage === "here" ? "mark" : trouble ? "mark mark-fix" : "mark mark-arrived";
  return {
    id: one.known ? one.id : "",
    n: String(one.n),
    name: one.name || w.t("field.no_name"),
    mark: {
      cls: kind,
      word:
        one.stage === "here"
          ? stageWords("here", one.kind, w)
          : one.status
            ? statusWords(one.status, one.kind, w)
            : stageWords("server", one.kind, w),
    },
    at: at < 0 ? "" : w.t("field.book.step", { at: at + 1, of: WAY.length }),
  };
}

/**
 * @param {Person[]} people @param {{stage: string, query: string, after: number}} wish
 *   after: how many were shown already
 * @param {Words} w
 */
export function peopleLines(people, { stage, query, after }, w) {
  const chosen = people.filter(
    (one) => (!stage || one.stage === stage) && fits({ ...one, n: -1 }, query),
  );
  const page = chosen.slice(after, after + PAGE);
  const end = after + page.length;
  return {
    items: page.map((one) => personItem(one, w)),
    stage,
    query,
    after: chosen.length > end ? String(end) : "",
  };
}

/** @param {Person[]} people @param {string} chosen @param {Words} w */
export function stageChips(people, chosen, w) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { stage } of people) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  const shown = ["here", ...WAY, "off"].filter((stage) => counts.get(stage) || stage === chosen);
  const chip = (/** @type {string} */ stage, /** @type {number} */ n) => ({
    stage,
    label: stage ? stageWords(stage, "pekon", w) : w.t("field.book.state.all"),
    n: formatNumber(n, w.lang),
    on: stage === chosen ? 1 : 0,
  });
  return [chip("", people.length), ...shown.map((stage) => chip(stage, counts.get(stage) ?? 0))];
}
