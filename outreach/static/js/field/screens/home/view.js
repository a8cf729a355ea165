/** The view model of Today. */
import { formatDay, formatTime } from "../../../domain/formats.js";
import { draftName } from "../../parts_of_screens/field_builders.js";
import { numbers, waiting } from "../../parts_of_screens/sent_counts.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {Awaited<ReturnType<import("../../../store/store.js").Store["ledger"]>>} Ledger */
/** @typedef {import("../../../store/books/drafts.js").Draft} Draft */
/** @typedef {{cls: string, text: string, [part: string]: string | undefined}} Note */
/**
 * @typedef {object} TodayContext
 * @property {string} today
 * @property {Record<string, string>[]} cards of what waits for this person
 * @property {Note[]} notes
 * @property {Record<string, string>[]} links
 * @property {boolean} first no list of an own village is here yet
 * @property {Ledger} ledger
 * @property {import("../../parts_of_screens/sent_counts.js").Waits} waits
 * @property {Draft[]} drafts
 * @property {(import("../../context.js").Village & {count: string})[]} villages
 * @property {(code: string) => string} villageName
 * @property {boolean} allVillages
 * @property {boolean} canAdd
 */

/** @param {Draft[]} drafts @param {TodayContext} ctx @param {Words} w */
function draftLines(drafts, ctx, w) {
  return drafts.map((d) => ({
    id: d.id,
    step: d.data.step || "nik",
    name: draftName(d.data, w),
    place: ctx.villageName(d.scope),
    when: w.t("field.draft_at", { at: formatTime(d.at, w.lang) }),
  }));
}

/** @param {TodayContext} ctx @param {Words} w */
export function todayView(ctx, w) {
  const add = ctx.canAdd;
  return {
    date: formatDay(ctx.today, w.lang),
    cards: ctx.cards,
    notes: ctx.notes,
    links: ctx.links,
    first: ctx.first ? { title: w.t("field.first.title"), text: w.t("field.first.text") } : "",
    ledger_numbers: numbers(ctx.ledger, w, ctx.waits.photos),
    sync_words: waiting(ctx.waits, w),
    drafts: draftLines(ctx.drafts, ctx, w),
    villages: ctx.villages,
    villages_none: w.t(ctx.allVillages ? "field.village.search_first" : "field.village.none"),
    all_villages: ctx.allVillages ? 1 : 0,
    can_add: add ? 1 : 0,
    only_village: add && !ctx.allVillages && ctx.villages.length === 1 ? ctx.villages[0].code : "",
    install: 1,
  };
}
