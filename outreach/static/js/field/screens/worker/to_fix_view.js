/** The cards of what has to be put right. */
import { formatDateTime } from "../../../domain/formats.js";
import { stepFor } from "../form/flow.js";
import { saveName } from "../../parts_of_screens/other_saves.js";
import { fieldLabel, mark } from "../../parts_of_screens/field_builders.js";
import { shownValue, spoken } from "./record_view.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../../store/books/save_counts.js").FixItem} FixItem */
/** @typedef {import("../../context.js").Occupation} Occupation */

/**
 * @typedef {object} FixContext
 * @property {Occupation[]} occupations
 * @property {boolean} canAdd
 * @property {Set<string>} [absent] workers who are not on this phone: they can neither be opened nor changed here
 */

const SPOKEN = ["conflict", "held", "invalid", "returned", "discarded", "task", "photo"];

/** The meaning of a verdict for the officer. @param {string|undefined} status @param {Words} w */
const verdictWords = (status, w) =>
  status && SPOKEN.includes(status) ? w.t(`field.verdict.${status}`) : "";

/** How the office ended a conflict, one sentence an answer. @param {FixItem} item @param {FixContext} ctx @param {Words} w */
const endings = (item, ctx, w) =>
  /** @type {NonNullable<FixItem["data"]["decided"]>} */ (item.data.decided).map((end) =>
    w.t("field.decided.answer", {
      field: fieldLabel(end.field, w),
      value: shownValue(end.field, end.value, ctx, w),
      who: end.by,
      at: formatDateTime(end.at, w.lang),
    }),
  );

/** A card of what has ended and was not read yet. @param {FixItem} item @param {FixContext} ctx @param {Words} w */
const endedCard = (item, ctx, w) => ({
  id: item.id,
  name: item.name || w.t("field.no_name"),
  mark: { cls: "mark mark-arrived", word: w.t("field.decided") },
  why: endings(item, ctx, w).join(" "),
  reasons: [],
  steps: [],
  read: item.row,
  link: 1,
});

/** One card of what has to be put right. @param {FixItem} item @param {FixContext} ctx @param {Words} w */
function fixCard(item, ctx, w) {
  const said = item.data ?? {};
  const absent = ctx.absent?.has(item.id);
  const names = [
    ...Object.keys(said.errors ?? {}),
    ...(said.conflicts ?? []).map((c) => c.field),
    ...(said.fields ?? []),
  ];
  const asked = item.table ? [] : names;
  const steps = [...new Set(asked.map(stepFor))].map((step) => ({
    step,
    label: w.t(`field.section.${step}`),
  }));
  return {
    id: item.id,
    name: absent && !item.name ? w.t("field.fix.absent") : saveName(item.name, item.table, w),
    mark: mark("invalid", w),
    why: said.other
      ? w.t("field.verdict.conflict_other")
      : verdictWords(item.kind, w) || w.t("field.verdict.task"),
    reasons: [
      ...new Set([...spoken(said, ctx, w), ...(absent ? [w.t("field.fix.absent_text")] : [])]),
    ],
    steps: ctx.canAdd && !absent ? steps : [],
    read: "",
    link: item.table || absent ? 0 : 1,
  };
}

/**
 * The saves with the names that their notes give where this phone knows none; what waits for a save
 * is about the same person. @param {FixItem[]} inbox
 */
function named(inbox) {
  const said = new Map(
    inbox.filter(({ data }) => data?.name).map(({ id, data }) => [id, data.name]),
  );
  return inbox.map((item) => ({ ...item, name: item.name || (said.get(item.id) ?? "") }));
}

/** @param {FixContext & {inbox: FixItem[]}} ctx @param {Words} w */
export const fixView = (ctx, w) => ({
  cards: named(ctx.inbox).map((item) =>
    item.kind === "decided" ? endedCard(item, ctx, w) : fixCard(item, ctx, w),
  ),
});
