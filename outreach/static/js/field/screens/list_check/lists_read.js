/** The lists of a village with their lines and decisions: pulled rows, and own saves on top. */
import { resolve } from "../../../domain/village_decisions.js";
import { ownIn, said, tableRows } from "../../../store/books/feature_rows.js";
import { knowTable } from "../../../store/replica/other_tables.js";
import { isVillage } from "../../../store/replica/scopes.js";
import { heardFiles, heardRows } from "./heard_read.js";
import { HOLDER, holdersIn, MINUTES, versionsOf } from "./versions_read.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("./list_types.js").VillageList} VillageList */
/** @typedef {import("./list_types.js").ListFacts} ListFacts */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").ListDecision} ListDecision */
/** @typedef {import("./list_types.js").AddedName} AddedName */
/** @typedef {import("./list_types.js").Line} Line */
/** @typedef {import("./list_types.js").PaperPrint} PaperPrint */
/** @typedef {Record<string, unknown>} Data */

export const LIST = "village_list";
export const LINE = "list_line";
export const DECISION = "list_decision";
export const NAME = "added_name";
const PRINT = "paper_print";
for (const table of [LIST, LINE, DECISION, NAME, PRINT]) knowTable(table, "village");

/** The lists of a village. @param {Store} store @param {string} scope @returns {Promise<VillageList[]>} */
async function listsIn(store, scope) {
  const changes = new Map(ownIn(store.state, LIST, scope).map((entry) => [entry.id, said(entry)]));
  const rows = await tableRows(store.state, scope, LIST);
  return rows.map(({ id, data }) => ({
    .../** @type {ListFacts} */ ({ ...data, ...changes.get(id) }),
    id,
    scope,
  }));
}

/** @param {VillageList} a @param {VillageList} b */
const byDue = (a, b) => (a.due ?? "9").localeCompare(b.due ?? "9") || (a.id < b.id ? -1 : 1);

/** Every list on this phone, the one that is due first on top. @param {Store} store @returns {Promise<VillageList[]>} */
async function allLists(store) {
  await store.state.refresh();
  const scopes = Object.keys(store.state.base).filter(isVillage);
  const lists = await Promise.all(scopes.map((scope) => listsIn(store, scope)));
  return lists.flat().sort(byDue);
}

/** @param {VillageList} list */
const isClosed = ({ state }) => state === "closed";

/** Every list on this phone that is not closed. @param {Store} store */
export const openLists = async (store) => (await allLists(store)).filter((list) => !isClosed(list));

/** Closed lists that were signed, the latest first. @param {Store} store */
export async function signedLists(store) {
  const closed = (await allLists(store)).filter(isClosed).reverse();
  const versions = await Promise.all(closed.map((list) => versionsOf(store, list)));
  return closed.filter((_, i) => versions[i].length);
}

/**
 * Heard by a file, saved here, pulled: of the same id the last of these counts.
 * @param {Store} store @param {VillageList} list @param {import("./list_types.js").HeardFile[]} heard
 * @returns {Promise<Map<string, ListDecision>>}
 */
async function decisionsOf(store, list, heard) {
  const { userId } = store;
  const saved = ownIn(store.state, DECISION, list.scope);
  const here = new Set(saved.map(({ id }) => id));
  const own = saved.map((entry) => ({
    id: entry.id,
    data: { ...said(entry), at: entry.m.at, author: userId },
  }));
  const pulled = await tableRows(store.state, list.scope, DECISION);
  const all = [...heardRows(heard, list.id), ...own, ...pulled]
    .filter(({ data }) => /** @type {Data} */ (data).list === list.id)
    .map(({ id, data }) => ({ ...data, id, mine: data.author === userId, here: here.has(id) }));
  const decisions = /** @type {ListDecision[]} */ (/** @type {unknown} */ (all));
  return new Map(decisions.map((decision) => [decision.id, decision]));
}

/** Heard by a file, saved here, pulled. @param {Store} store @param {VillageList} list @param {import("./list_types.js").HeardFile[]} heard @returns {Promise<AddedName[]>} */
async function namesOf(store, list, heard) {
  const { userId } = store;
  const rows = await tableRows(store.state, list.scope, NAME);
  const own = ownIn(store.state, NAME, list.scope).map((entry) => ({
    id: entry.id,
    data: { ...said(entry), author: userId },
  }));
  const names = new Map(
    [...heardRows(heard, list.id, "names"), ...own, ...rows].map(({ id, data }) => [
      id,
      /** @type {Data} */ ({ ...data, id, mine: data.author === userId }),
    ]),
  );
  return /** @type {AddedName[]} */ (
    /** @type {unknown} */ (
      [...names.values()].filter(({ list: of, name }) => of === list.id && name)
    )
  );
}

/** @param {Store} store @param {VillageList} list @returns {Promise<Line[]>} */
async function linesOf(store, list) {
  const rows = await tableRows(store.state, list.scope, LINE);
  const own = rows.filter(({ data }) => data.list === list.id);
  return own.map(({ id, data }) => /** @type {Line} */ (/** @type {unknown} */ ({ ...data, id })));
}

/** The versions of a list that were printed. @param {Store} store @param {VillageList} list @returns {Promise<PaperPrint[]>} */
async function printsOf(store, list) {
  const rows = await tableRows(store.state, list.scope, PRINT);
  const own = rows.filter(({ data }) => data.list === list.id);
  return own.map(
    ({ id, data }) => /** @type {PaperPrint} */ (/** @type {unknown} */ ({ ...data, id })),
  );
}

/** A list whole, a closed one too; null where this phone has none of this id. @param {Store} store @param {string} id @returns {Promise<ListContent | null>} */
export async function readList(store, id) {
  await store.state.refresh();
  const found = Object.keys(store.state.base).filter(
    (scope) => isVillage(scope) && store.state.index(scope)?.rows.has(`${LIST}/${id}`),
  );
  const list = found[0] && (await listsIn(store, found[0])).find((one) => one.id === id);
  if (!list) return null;
  const heard = await heardFiles(store, id);
  const [lines, decisions, names, versions, holders, prints] = await Promise.all([
    linesOf(store, list),
    decisionsOf(store, list, heard),
    namesOf(store, list, heard),
    versionsOf(store, list),
    holdersIn(store, list.scope),
    printsOf(store, list),
  ]);
  const resolved = resolve(decisions.values());
  return { list, lines, decisions, names, versions, holders, prints, heard, resolved };
}

/**
 * A list as rows of a pull, for a store that holds nothing else.
 * @param {ListContent} content @returns {import("../../../store/replica/pull_staging.js").PulledRow[]}
 */
export function rowsToHand({ list, lines, decisions, names, versions, holders, prints }) {
  const tables = [
    { table: LIST, rows: [list] },
    { table: LINE, rows: lines },
    { table: DECISION, rows: [...decisions.values()] },
    { table: NAME, rows: names },
    { table: MINUTES, rows: versions },
    { table: HOLDER, rows: holders },
    { table: PRINT, rows: prints },
  ];
  return tables
    .flatMap(({ table, rows }) => rows.map(({ id, ...data }) => ({ table, id, data })))
    .map((row, i) => ({ ...row, ver: i + 1 }));
}
