/** Everybody who works on this phone, each with what of theirs is not sent. */
import { formatNumber } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @param {{people: {id: string, name: string, unsent: number}[], now: string}} ctx @param {Words} w */
export function usersView({ people, now }, w) {
  const first = (/** @type {{id: string}} */ one) => (one.id === now ? 0 : 1);
  return {
    people: [...people]
      .sort((a, b) => first(a) - first(b))
      .map((one) => ({
        name: one.name || w.t("field.users.unnamed"),
        unsent: one.unsent
          ? w.t("field.unsent", { n: formatNumber(one.unsent, w.lang) })
          : w.t("field.users.sent"),
        now: one.id === now ? w.t("field.users.now") : "",
      })),
  };
}
