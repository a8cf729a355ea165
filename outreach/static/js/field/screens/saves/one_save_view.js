/** One save whole: what it said, where it is, what its pictures do, why it came back and what to do. */
import { formatDateTime } from "../../../domain/formats.js";
import { hashesIn } from "../../../store/records/blobs.js";
import { MARKS, mark, stateOf } from "./lines_view.js";
import { stepFor } from "../form/flow.js";
import { saveName } from "../../parts_of_screens/other_saves.js";
import { fieldLabel } from "../../parts_of_screens/field_builders.js";
import { safeError, spoken } from "../worker/record_view.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../store/books/save_log.js").Line} Line */
/** @typedef {import("../../../store/records/blobs.js").BlobInfo} BlobInfo */
/** @typedef {import("../../../store/records/state.js").Entry} Entry */
/** @typedef {import("../../../store/records/record_types.js").Notice} Notice */
/** @typedef {import("../../context.js").Occupation} Occupation */

/** Kind and whereabouts of each picture of a save. @param {import("../../../domain/merge.js").Changes} set @param {BlobInfo[]} infos @param {Words} w */
function pictures(set, infos, w) {
  const nameOf = (/** @type {string} */ sha) =>
    Object.keys(set).find((field) => hashesIn({ [field]: set[field] }).includes(sha)) ?? "";
  return infos.map((info) => {
    const name = nameOf(info.sha);
    const state = info.refused ? "refused" : info.todo ? "here" : info.gone ? "freed" : "arrived";
    return {
      label: name === "consent" ? w.t("field.book.evidence") : fieldLabel(name, w),
      cls:
        MARKS[state] ??
        (state === "freed" ? MARKS.arrived : state === "here" ? "mark" : "mark mark-fix"),
      word: w.t(`field.book.photo.${state}`),
      why: info.refused ? safeError({ code: info.refused }, w) : "",
    };
  });
}

/** @param {Notice} verdict @param {Words} w */
function mends(verdict, w) {
  const names = [
    ...Object.keys(verdict.errors ?? {}),
    ...(verdict.conflicts ?? []).map((c) => c.field),
  ];
  return [...new Set(names.map(stepFor))].map((step) => ({
    step,
    label: w.t(`field.section.${step}`),
  }));
}

const AGAIN = ["invalid", "returned", "conflict"];

/**
 * One save whole.
 * @param {{line: Line, entry: Entry | null, photos: BlobInfo[]}} save
 * @param {{note: Notice, disputed: Set<string>, path: ReturnType<typeof import("./status_progress.js").pathOf>, status: string, mid: number, canAdd: boolean, known: boolean, occupations: Occupation[]}} ctx
 *   note: what a row of the person's own scope says of it; known: the worker's page can be opened
 * @param {Words} w
 */
export function saveView({ line, entry, photos }, ctx, w) {
  const state = stateOf(line, ctx.disputed);
  const said = { ...entry?.verdict, ...ctx.note };
  const other = Boolean(line.table);
  const fields =
    line.what === "change" && !other ? line.fields.map((name) => fieldLabel(name, w)) : [];
  return {
    n: String(line.n),
    id: ctx.known ? line.id : "",
    name: saveName(line.name, line.table, w),
    what: other
      ? ""
      : w.t(line.what === "change" ? "field.book.changed" : `field.book.${line.what}`),
    fields: fields.join(", "),
    when: formatDateTime(line.at, w.lang),
    state: mark(state, w),
    why: w.t(`field.book.why.${state}`),
    reasons: state === "settled" ? [] : spoken(said, ctx, w),
    photos: entry ? pictures(entry.m.set, photos, w) : [],
    gone: entry ? "" : w.t("field.book.gone_by"),
    steps: ctx.canAdd && ctx.known && AGAIN.includes(state) ? mends(said, w) : [],
    send: ["waiting", "sending"].includes(state) || line.missing ? 1 : 0,
    path: ctx.path,
    status: ctx.status,
    number: ctx.mid === line.n ? "" : w.t("field.book.number", { n: ctx.mid }),
  };
}
