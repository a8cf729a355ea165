/** Notes of the phone itself on Today: what was lost, who may send, clock, room, others. */
import { formatDateTime, formatNumber } from "../../../domain/formats.js";
import { durationWords } from "../../parts_of_screens/duration.js";
import { spans } from "../../parts_of_screens/number_ranges.js";

/** @typedef {import("../../request_types.js").Words} Words */

/**
 * @typedef {object} Facts
 * @property {import("../../../store/books/lost_numbers.js").Losses["lost"]} lost what a cleared storage took along
 * @property {import("../../../store/books/lost_numbers.js").Losses["gone"]} gone what the server had and has no more
 * @property {import("../../../store/books/lost_numbers.js").Losses["before"]} before the phone before this one
 * @property {{saves: number, forms: number, pictures: number} | null} shut what a forgotten PIN locked
 * @property {string} refusal why the server gives this phone no rows, "" when it does
 * @property {boolean} again the server gives rows again after it had refused, unread
 * @property {number} pending saves not yet on the server
 * @property {number} clock milliseconds that the clock is ahead
 * @property {import("../../../store/engine/free_space.js").FreeSpace} room
 * @property {{name: string, unsent: number}[]} others who also work on this phone
 */
const REFUSALS = ["device_revoked", "user_inactive", "device_ended"];

/** @param {Facts} f @param {Words} w */
function standing({ shut, refusal, again, pending }, w) {
  const notes = [];
  if (shut && shut.saves + shut.forms + shut.pictures)
    notes.push({
      cls: "note note-warn",
      name: "shut",
      text: w.t("field.pin.shut", shut),
      to: "pin_old",
      link: w.t("field.pin.recall"),
    });
  if (REFUSALS.includes(refusal))
    notes.push({
      cls: "note note-stop",
      name: "refused",
      text: w.t(`field.refused.${refusal}`, { n: formatNumber(pending, w.lang) }),
    });
  else if (again)
    notes.push({
      cls: "note note-good",
      name: "again",
      text: w.t("field.refused.again"),
      seen: "again",
    });
  return notes;
}

/** @param {NonNullable<Facts["lost"]>} lost @param {Words} w */
function lostWords({ ranges, known, after, until }, w) {
  const list = spans(ranges);
  const between = w.t("field.lost.between", {
    after: after ? formatDateTime(after, w.lang) : "–",
    until: until ? formatDateTime(until, w.lang) : "–",
  });
  const when = after || until ? ` ${between}` : "";
  return w.t(known ? "field.lost.known" : "field.lost", { list }) + when;
}

/** Saves that are nowhere: named until somebody has settled them. @param {Facts} f @param {Words} w */
function losses({ lost, gone, before }, w) {
  const notes = [];
  if (lost)
    notes.push({
      cls: `note ${lost.seen ? "note-warn" : "note-stop"}`,
      name: "lost",
      text: lostWords(lost, w),
      ...(lost.seen ? {} : { seen: "lost" }),
    });
  if (gone.length)
    notes.push({
      cls: "note note-stop",
      name: "gone",
      text: w.t("field.gone", { list: spans(gone) }),
    });
  if (before)
    notes.push({
      cls: "note note-warn",
      name: "before",
      text: w.t("field.before", {
        recorded: formatNumber(before.recorded, w.lang),
        received: formatNumber(before.received, w.lang),
        at: formatDateTime(before.seen_at, w.lang),
      }),
      seen: "before",
    });
  return notes;
}

/** @param {Facts} f @param {Words} w */
function machine({ clock, room }, w) {
  const notes = [];
  if (clock)
    notes.push({
      cls: "note note-warn",
      name: "clock",
      text: w.t(clock > 0 ? "field.clock.ahead" : "field.clock.behind", {
        off: durationWords(clock, w),
      }),
    });
  if (room.level === "stop" || room.level === "warn")
    notes.push({
      cls: `note ${room.level === "stop" ? "note-stop" : "note-warn"}`,
      name: "room",
      text: w.t(`field.room.${room.level}`, {
        percent: Math.floor((100 * room.used) / room.quota),
      }),
      to: "phone",
      link: w.t("field.phone_page"),
    });
  return notes;
}

/** @param {Facts} facts @param {Words} w */
export function deviceNotes(facts, w) {
  const waiting = facts.others.filter(({ unsent }) => unsent > 0);
  return [
    ...losses(facts, w),
    ...standing(facts, w),
    ...machine(facts, w),
    ...waiting.map(({ name, unsent }) => ({
      cls: "note",
      name: "other",
      text: w.t("field.users.waits", {
        n: formatNumber(unsent, w.lang),
        name: name || w.t("field.users.unnamed"),
      }),
      to: "users",
      link: w.t("field.users.change"),
    })),
  ];
}
