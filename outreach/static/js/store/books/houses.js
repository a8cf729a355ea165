// The people of a house, as far as this phone has them: whole records, and own saves on top.
import { houseOf, housemates } from "../../domain/households.js";
import { list } from "../replica/lists.js";
import { ownIn, tableRows } from "./feature_rows.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../../domain/households.js").Housed} Housed */

const FIELD = "household_id";

/**
 * What is known of each person's house in a village, by id. Of whom only the list part has come
 * nothing is known. Call after refresh(). @param {State} s @param {string} scope
 */
export async function housedIn(s, scope) {
  const rows = await tableRows(s, scope, "worker");
  /** @type {Map<string, Housed>} */
  const known = new Map(
    rows.map(({ id, data }) => [id, { household_id: /** @type {string} */ (data[FIELD]) }]),
  );
  for (const { id, m, verdict } of ownIn(s, "worker", scope).sort((a, b) => a.m.mid - b.m.mid)) {
    const said = !verdict.skip?.includes(FIELD) && m.set[FIELD];
    if (said) known.set(id, { household_id: /** @type {string | null} */ (said[1]) });
    else if (!known.has(id) && !s.find(id)) known.set(id, {});
  }
  return known;
}

/**
 * The people of somebody's house, the person among them, by name; nobody where the record
 * has not come whole. Call after refresh(). @param {State} s @param {string} scope @param {string} id
 */
export async function houseAround(s, scope, id) {
  const known = await housedIn(s, scope);
  if (!known.has(id)) return [];
  const here = new Set([id, ...housemates(id, known)]);
  return everybody(s, scope).filter((row) => here.has(row.id));
}

/** The people of a house by its own id. @param {State} s @param {string} scope @param {string} house */
export async function peopleOfHouse(s, scope, house) {
  const known = await housedIn(s, scope);
  return everybody(s, scope).filter(
    ({ id }) => known.has(id) && houseOf(id, known.get(id) ?? {}) === house,
  );
}

/** @param {State} s @param {string} scope */
const everybody = (s, scope) => list(s, scope, { limit: Number.POSITIVE_INFINITY });
