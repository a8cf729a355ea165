// What a feature reads of its own table, or of people whole: the rows that were pulled, and own saves
// on top.
import { ask } from "../engine/idb.js";
import { decode } from "../records/payload.js";
import { placeOf } from "../records/list_index.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {{id: string, data: Record<string, unknown>}} TableRow */

/**
 * The pulled rows of a feature's table in one scope, by id. Call after refresh(). They are read once
 * for each change of what was pulled, and only where some lie: a tap on a list waits for no others.
 * @param {State} s @param {string} scope @param {string} table
 * @returns {Promise<TableRow[]>}
 */
export async function tableRows(s, scope, table) {
  const { gen = 0 } = s.base[scope] ?? {};
  const name = `${scope}|${table}`;
  const at = `${gen}.${s.stamp.b}`;
  const known = s.tables.get(name);
  if (known?.at === at) return known.rows;
  const rows = await readRows(s, scope, gen, table);
  s.tables.set(name, { at, rows });
  return rows;
}

/** @param {State} s @param {string} scope @param {number} gen @param {string} table @returns {Promise<TableRow[]>} */
async function readRows(s, scope, gen, table) {
  const listed = [...(s.index(scope)?.rows.values() ?? [])];
  const wanted = listed.filter((row) => row.table === table && row.full);
  const keys = [...new Set(wanted.map(({ n }) => n))].map((n) => [scope, gen, n]);
  const pages = await s.conn.run(["pages"], "readonly", (tx) =>
    Promise.all(keys.map((key) => ask(tx.objectStore("pages").get(key)))),
  );
  const there = pages.filter((page) => page !== undefined);
  const bodies = await Promise.all(
    there.map((page) => decode(s, placeOf("pages", page), page.payload)),
  );
  const before = table === "worker" ? "" : `${table}/`;
  const rows = new Set(wanted.map(({ id }) => id));
  return bodies
    .flatMap((body) => Object.entries(body))
    .filter(([row]) => rows.has(row))
    .map(([row, data]) => ({
      id: row.slice(before.length),
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

/** Such saves in one scope. @param {State} s @param {string} table @param {string} scope */
export const ownIn = (s, table, scope) => ownSaves(s, table).filter(({ m }) => m.scope === scope);

/** What a save says of its row. @param {import("../records/state.js").Entry} entry @returns {Record<string, unknown>} */
export const said = ({ m }) =>
  Object.fromEntries(Object.entries(m.set).map(([name, [, to]]) => [name, to]));
