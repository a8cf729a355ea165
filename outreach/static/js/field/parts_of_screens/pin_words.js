/** Words for a PIN that opened nothing: wrong ones, and those that nobody looked at. */
import { durationWords } from "./duration.js";

/** @typedef {import("../request_types.js").Words} Words */

const MINUTE = 60_000;

/** How long to wait, never less than it is. @param {number} left milliseconds @param {Words} w */
export const waitWords = (left, w) => durationWords(Math.ceil(left / MINUTE) * MINUTE, w);

/** @param {Pick<import("../../store/access/unlock.js").Tried, "left" | "judged">} tried @param {Words} w */
export function pinWords({ left, judged }, w) {
  const wait = waitWords(left, w);
  if (judged) return left ? w.t("field.lock.wait", { wait }) : w.t("field.lock.wrong");
  return left ? w.t("field.lock.unjudged", { wait }) : w.t("field.lock.unasked");
}
