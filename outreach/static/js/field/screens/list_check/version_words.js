/** What became of a signed version, in words. */
import { jakartaDate } from "../../../domain/age.js";
import { formatDate } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").SignedVersion} SignedVersion */

const STATES = ["own", "kept", "waits", "broken", "held", "paper", "counts", "declined"];
const TONES = { counts: "note-ok", broken: "note-stop", declined: "note-stop" };
const WHY = ["no_term", "day_ahead", "term_ended", "other_capacity"];

/** @param {SignedVersion} version */
const stateOf = ({ state }) => (STATES.includes(state) ? state : "waits");

/** The day of a moment in Lampung, or nothing. @param {string | null | undefined} at @param {Words} w */
const dayOf = (at, w) => (at ? formatDate(jakartaDate(at), w.lang) : "");

/** How a version stands, as the class of a note. @param {SignedVersion} version */
export const toneOf = (version) =>
  `note ${TONES[/** @type {keyof typeof TONES} */ (version.state)] ?? "note-warn"}`;

/** "Ditandatangani 3 Desember 2026, dihitung". @param {SignedVersion} version @param {Words} w */
export const shortWords = (version, w) =>
  w.t("field.minutes.short", {
    day: formatDate(version.date, w.lang),
    state: w.t(`field.minutes.short.${stateOf(version)}`),
  });

/** A sentence: what it waits for, or why it does not count. @param {SignedVersion} version @param {Words} w */
export function stateWords(version, w) {
  const { why, words, date, received_at, counted_at } = version;
  const state = stateOf(version);
  if (state === "held")
    return w.t(`field.minutes.held.${WHY.find((one) => one === why) ?? "no_term"}`, {
      paper: formatDate(date, w.lang),
      came: dayOf(received_at, w),
    });
  if (state === "declined") return w.t("field.minutes.state.declined", { words: words ?? "" });
  return w.t(`field.minutes.state.${state}`, { day: dayOf(counted_at, w) });
}

/** What this phone added to a version and the server has not told yet. @param {SignedVersion} version @param {Words} w */
export const addingWords = ({ adding }, w) =>
  ["stamped", "attendance", "confirmed"]
    .filter((name) => adding.includes(name))
    .map((name) => w.t(`field.minutes.adding.${name}`));
