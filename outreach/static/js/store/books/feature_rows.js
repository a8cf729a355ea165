// What a feature reads of its own table: the rows that were pulled, and own saves on top.
import { scopeRows } from "./save_counts.js";

/** @typedef {import("../records/state.js").State} State */

/**
 * The pulled rows of a feature's table in one scope, by id.
 * @param {State} s @param {string} scope @param {string} table
 * @returns {Promise<{id: string, data: Record<string, unknown>}[]>}
 */
export async function tableRows(s, scope, table) {
  const rows = await scopeRows(s, scope);
  return rows
    .filter(({ row }) => row.startsWith(`${table}/`))
    .map(({ row, data }) => ({
      id: row.slice(table.length + 1),
      data: /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (data)),
    }));
}

/**
 * Own saves of a feature's table that the pulled rows may not hold yet: sent or not, refused ones
 * left out. Call after refresh().
 * @param {State} s @param {string} table
 */
export const ownSaves = (s, table) =>
  [...s.hot.values()].filter(
    ({ m, live, state }) => m.table === table && live && state !== "invalid",
  );
