/** View models of what list checks leave to do. */
import { formatDateTime } from "../../../domain/formats.js";
import { partName } from "../list_check/answers.js";
import { hamletName } from "../../parts_of_screens/people_rows.js";
import { isTodo } from "./tasks_read.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../context.js").Village} Village */
/** @typedef {import("./tasks_read.js").Task} Task */
/** @typedef {"todo" | "done" | "office"} Part */
/** @typedef {(code: string) => Village} Places */

export const PARTS = /** @type {const} */ (["todo", "done", "office"]);

/** @param {string | null} given @returns {Part} */
export const partOf = (given) =>
  /** @type {readonly (string | null)[]} */ (PARTS).includes(given)
    ? /** @type {Part} */ (given)
    : "todo";

/** Where a task stands. @param {Task} task @returns {Part} */
const placeOf = (task) => {
  if (isTodo(task)) return "todo";
  return task.state === "open" && task.owner === "supervisor" ? "office" : "done";
};

/** What the village said: "Data salah: NIK". @param {Task} task @param {string} kind of the village @param {Words} w */
export function wordsOf({ word, detail }, kind, w) {
  const what = word === "data_salah" ? partName(String(detail?.field), kind, w) : "";
  return w.t(`field.tasks.word.${word}`, { what });
}

/** Whom a task is about. @param {Task} task @param {Words} w */
export const nameOf = ({ name, about }, w) => name || about?.name || w.t("field.no_name");

/** @param {Task} task @param {Village} place @param {Words} w */
function placeWords({ hamlet, about }, { name, kind }, w) {
  const where = { pemangku: hamlet ?? about?.hamlet ?? "", rt: about?.rt ?? "" };
  const part = where.pemangku || where.rt ? hamletName(where, kind, w) : "";
  return [part, name].filter(Boolean).join(" · ");
}

/** How far a task is; "" for one that only waits. @param {Task} task @param {Words} w */
function stateWords({ state, said, saved, begun, taken_as, taker, ended_at, ender }, w) {
  if (saved) return w.t("field.tasks.saved_here");
  if (state === "done" && said) return w.t("field.tasks.done_here");
  if (state === "done") {
    const at = ended_at ? formatDateTime(ended_at, w.lang) : "";
    return w.t("field.tasks.done", { at, by: ender ?? "" });
  }
  if (begun) return w.t("field.tasks.taken_here");
  return taken_as ? w.t("field.tasks.taken", { by: taker ?? "" }) : "";
}

/** A row of the list. @param {Task} task @param {Places} village @param {Words} w */
function rowView(task, village, w) {
  const place = village(task.scope);
  return {
    id: task.id,
    name: nameOf(task, w),
    said: wordsOf(task, place.kind, w),
    place: placeWords(task, place, w),
    state: stateWords(task, w),
  };
}

/** @param {Task[]} tasks @param {Part} part @param {Places} village @param {Words} w */
export function tasksView(tasks, part, village, w) {
  const by = (/** @type {Part} */ one) => tasks.filter((task) => placeOf(task) === one);
  return {
    chips: PARTS.filter((one) => one !== "office" || by(one).length).map((one) => ({
      part: one,
      label: w.t(`field.tasks.part.${one}`),
      n: String(by(one).length),
      on: one === part ? 1 : 0,
    })),
    rows: by(part).map((task) => rowView(task, village, w)),
    rows_none: w.t(tasks.length ? `field.tasks.none.${part}` : "field.tasks.none"),
    hint: w.t("field.tasks.hint"),
  };
}

/** What to do, in one sentence. @param {Task} task @param {Words} w */
const adviceOf = ({ word, owner }, w) =>
  w.t(`field.tasks.do.${owner === "supervisor" && word !== "ganda" ? "second" : word}`);

/** Who said it, and when. @param {Task} task @param {Words} w */
function sourceOf({ via, by, made_at }, w) {
  const at = formatDateTime(made_at, w.lang);
  return via === "link" || !by
    ? w.t("field.tasks.said_link", { at })
    : w.t("field.tasks.said_by", { by, at });
}

/**
 * One task with the ways on. `record` is here, `form` is begun and not saved.
 * @param {Task} task @param {{record: boolean, form: boolean, can: boolean}} has @param {Places} village @param {Words} w
 */
export function taskView(task, { record, form, can }, village, w) {
  const place = village(task.scope);
  const mine = task.owner === "officer" && can;
  const missing = !task.worker && !record && task.state === "open";
  return {
    id: task.id,
    name: nameOf(task, w),
    said: wordsOf(task, place.kind, w),
    place: placeWords(task, place, w),
    source: sourceOf(task, w),
    advice: adviceOf(task, w),
    note: task.note ?? "",
    state: stateWords(task, w),
    worker: record ? (task.worker ?? task.taken_as ?? "") : "",
    not_here: task.worker && !record ? w.t("field.tasks.not_here") : "",
    registers: mine && missing && !form ? 1 : 0,
    form: missing && form ? (task.taken_as ?? "") : "",
    finishes: mine && task.state === "open" && !task.saved ? 1 : 0,
    opens: mine && task.state === "done" ? 1 : 0,
  };
}
