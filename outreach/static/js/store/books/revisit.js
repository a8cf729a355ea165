// Who is to be visited again: met at the door, and something still keeps them from being proposed.
// Names from a list, whom nobody has met yet, are a first visit and not here.
import { missingForDoor } from "../../domain/rules.js";
import { nikAwaited } from "../../gen/lifecycle.later.js";
import { scopeRows } from "./save_counts.js";
import { list } from "../replica/lists.js";
import { viewOf } from "../replica/view.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../replica/lists.js").Hit} Hit */
/** @typedef {"consent" | "incomplete" | "nik"} Why */
/** @typedef {Hit & {whys: Why[]}} Revisit */

/** In the order of their chips. @type {Why[]} */
export const WHYS = ["consent", "incomplete", "nik"];
/** Reasons with a chip of their own. */
const OWN = ["consent", "nik"];

/** Told by the list part alone, so that counting opens no full row. @param {Hit} row */
const isOpen = ({ status, nik }) => status === "draf" || (!nik && nikAwaited.includes(status));

/** @param {State} s @param {string} scope */
const openRows = (s, scope) =>
  s.once(`revisit ${scope}`, () =>
    list(s, scope, { limit: Number.POSITIVE_INFINITY, order: "place" }).filter(isOpen),
  );

/**
 * Those of a village with the reasons, by place. Call after refresh().
 * @param {State} s @param {string} scope @param {string} today @returns {Promise<Revisit[]>}
 */
export async function revisits(s, scope, today) {
  const rows = openRows(s, scope);
  const full = await s.once(`revisit full ${scope}`, () =>
    rows.length ? scopeRows(s, scope) : [],
  );
  const known = new Map(full.map(({ row, data }) => [row, data]));
  return Promise.all(
    rows.map(async (row) => {
      // Only an own save that is still under way has to be laid over what was pulled.
      const data = row.state ? (await viewOf(s, row.id))?.data : known.get(row.id);
      return { ...row, whys: whysOf(row, data, today) };
    }),
  );
}

/**
 * Of a row whose facts have not come yet only what its list part tells.
 * @param {Pick<Hit, "status" | "nik">} row @param {import("../records/record_types.js").WorkerRow | undefined} data @param {string} today @returns {Why[]}
 */
export function whysOf({ status, nik }, data, today) {
  const missing = data && status === "draf" ? missingForDoor(data, today) : [];
  const found = OWN.filter((why) => (why === "nik" ? !nik : missing.includes(why)));
  const more = missing.some((name) => !OWN.includes(name)) || !found.length;
  return WHYS.filter((why) => (why === "incomplete" ? more : found.includes(why)));
}
