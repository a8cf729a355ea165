/** Signed versions of a list, and who may sign it: pulled rows, and own saves on top. */
import { ownIn, said, tableRows } from "../../../store/books/feature_rows.js";
import { knowTable } from "../../../store/replica/other_tables.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("./list_types.js").SignedVersion} SignedVersion */
/** @typedef {import("./list_types.js").Holder} Holder */
/** @typedef {{id: string, data: Record<string, unknown>}} Row */

export const MINUTES = "list_minutes";
export const HOLDER = "list_holder";
for (const table of [MINUTES, HOLDER]) knowTable(table, "village");

/** A save that waits for a decision at the server, as of a list that was closed. */
const KEPT = { state: "kept", why: "list_closed" };

/**
 * Own saves of versions in a village: those that begin one, and those that add to one.
 * @param {Store} store @param {string} scope
 */
function ownVersions({ state, userId }, scope) {
  const saves = ownIn(state, MINUTES, scope);
  /** @type {Row[]} */
  const begun = saves
    .filter(({ m }) => m.set.hash)
    .map((entry) => {
      const stands = entry.state === "held" ? KEPT : { state: "own" };
      const { at } = entry.m;
      return { id: entry.id, data: { ...said(entry), ...stands, at, author: userId } };
    });
  const added = saves.filter(({ m }) => !m.set.hash);
  return { begun, added };
}

/** The versions of a list, the newest first. @param {Store} store @param {{id: string, scope: string}} list @returns {Promise<SignedVersion[]>} */
export async function versionsOf(store, { id: list, scope }) {
  const { begun, added } = ownVersions(store, scope);
  const rows = new Map(begun.map(({ id, data }) => [id, data]));
  for (const { id, data } of await tableRows(store.state, scope, MINUTES)) rows.set(id, data);
  const found = [...rows].filter(([, data]) => data.list === list);
  const versions = found.map(([id, data]) => ({
    ...data,
    id,
    mine: data.author === store.userId,
    adding: added.filter((save) => save.id === id).flatMap(({ m }) => Object.keys(m.set)),
  }));
  return /** @type {SignedVersion[]} */ (/** @type {unknown} */ (versions)).sort((a, b) =>
    a.id < b.id ? 1 : -1,
  );
}

/** Terms of a village's head office. @param {Store} store @param {string} scope @returns {Promise<Holder[]>} */
export async function holdersIn({ state }, scope) {
  const rows = await tableRows(state, scope, HOLDER);
  return rows.map(
    ({ id, data }) => /** @type {Holder} */ (/** @type {unknown} */ ({ ...data, id })),
  );
}
