/** Sums by day, week and month, as the phone's own clock dated the saves. */
import { formatNumber } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("../../../store/books/save_log.js").Line} Line */

/** @param {string} day @param {number} days */
const shift = (day, days) => new Date(Date.parse(day) + days * 86400000).toISOString().slice(0, 10);

/**
 * The periods of the sums as first and last day; weeks begin on Monday.
 * @param {string} today
 * @returns {[string, string, string][]}
 */
export function periods(today) {
  const monday = shift(today, -((new Date(today).getUTCDay() + 6) % 7));
  const first = `${today.slice(0, 8)}01`;
  const before = shift(first, -1);
  return [
    ["today", today, today],
    ["week", monday, shift(monday, 6)],
    ["last_week", shift(monday, -7), shift(monday, -1)],
    ["month", first, `${today.slice(0, 8)}31`],
    ["last_month", `${before.slice(0, 8)}01`, before],
    ["all", "", "9"],
  ];
}

/**
 * How much was recorded, arrived and is complete, by period.
 * @param {{line: Line, day: string}[]} dated @param {string} today @param {Words} w
 */
export function totalsView(dated, today, w) {
  const count = (/** @type {unknown[]} */ list) => formatNumber(list.length, w.lang);
  const arrived = (/** @type {{line: Line}} */ { line }) =>
    !["waiting", "sending"].includes(line.state);
  const whole = (/** @type {{line: Line}} */ { line }) =>
    ["arrived", "conflict", "resolved"].includes(line.state) && !line.missing;
  return periods(today).map(([name, from, to]) => {
    const own = dated.filter(({ day }) => day >= from && day <= to);
    return {
      label: w.t(`field.book.sum.${name}`),
      people: count(own.filter(({ line }) => line.what === "new" && !line.table)),
      recorded: count(own),
      arrived: count(own.filter(arrived)),
      whole: count(own.filter(whole)),
    };
  });
}
