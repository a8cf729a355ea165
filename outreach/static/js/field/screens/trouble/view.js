/** When the phone's own storage cannot be used: what is wrong, what is still there, the ways on. */
import { formatNumber } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** Reasons for which an empty store would only hide what is there. */
const PASSING = ["storage_blocked", "storage_newer", "storage_full", "storage_busy"];

/**
 * @param {{code: string, found: import("../../../store/set_aside_database.js").Survey, n: number}} ctx
 *   code: why the store could not be used, "" when nothing is known to be wrong
 * @param {Words} w
 */
export function troubleView({ code, found, n }, w) {
  const number = (/** @type {number} */ value) => formatNumber(value, w.lang);
  const readable = !found.code;
  return {
    said: code ? w.t(`error.${code}`) : w.t("field.trouble.none"),
    said_cls: code ? "note note-stop" : "note",
    found: readable
      ? w.t("field.trouble.found", {
          saves: number(found.saves),
          unsent: number(found.unsent),
          drafts: number(found.drafts),
        })
      : w.t("field.trouble.unreadable"),
    carry: readable && found.unsent ? String(n) : "",
    anew: PASSING.includes(code) ? "" : String(n),
  };
}
