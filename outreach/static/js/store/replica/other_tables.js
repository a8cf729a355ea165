// Tables of features whose rows this app takes beside the core's own. The server sends their rows
// only to phones that name them, so that an earlier version meets none; a phone that learns of a
// table pulls once more, from 0, the scopes where its rows may lie.
import { ask } from "../engine/idb.js";
import { raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").ScopeState} ScopeState */
/** @typedef {"village" | "own" | "ref"} Kind of scope */

/** @type {Map<string, Kind>} */
const known = new Map();

/** This app takes rows of a feature's table. @param {string} table @param {Kind} kind */
export const knowTable = (table, kind) => void known.set(table, kind);

/** What a pull says it knows. */
export const knownTables = () => [...known.keys()].sort();

/** @param {string} scope @returns {Kind} */
const kindOf = (scope) => (scope === "ref" ? "ref" : scope.startsWith("u:") ? "own" : "village");

/** The tables whose rows may lie in a scope, as one word; "" for none. @param {string} scope */
const namesFor = (scope) =>
  knownTables()
    .filter((table) => known.get(table) === kindOf(scope))
    .join();

/**
 * With which tables a scope was pulled, and up to where: an earlier version that went on alone
 * leaves another cursor.
 * @param {string} names @param {number} full
 */
const markOf = (names, full) => (names ? `${names} ${full}` : "");

/**
 * Note what a page of full rows was pulled with; of a base that is rebuilt only where all its pages
 * were. Call once the page is taken in.
 * @param {string} scope @param {ScopeState} state @param {number} from where the page began
 */
export function noteTables(scope, state, from) {
  const names = namesFor(scope);
  const { fresh } = state;
  if (!fresh) state.tables = markOf(names, state.full);
  else fresh.tables = from === 0 || fresh.tables === names ? names : "";
}

/** What a rebuilt base was pulled with. @param {NonNullable<ScopeState["fresh"]>} fresh */
export const tablesOf = ({ tables = "", cursor }) => markOf(tables, cursor);

/** @param {Record<string, ScopeState>} base */
const lacking = (base) =>
  Object.entries(base)
    .filter(([scope, { full, fresh, tables = "" }]) => {
      const mark = markOf(namesFor(scope), full);
      return mark && full && !fresh && tables !== mark;
    })
    .map(([scope]) => scope);

/**
 * Pull scopes anew, beside what is shown, whose rows came without a table known now.
 * Call after refresh(). @param {State} s
 */
export async function pullUnknown(s) {
  if (!lacking(s.base).length) return;
  await s.conn.run(["meta"], "readwrite", async (tx) => {
    const base = await ask(tx.objectStore("meta").get("base"));
    for (const scope of lacking(base)) {
      base[scope].fresh = { gen: base[scope].gen + 1, cursor: 0, done: false };
    }
    tx.objectStore("meta").put(base, "base");
    await raise(tx, "b");
  });
  await s.refresh();
}
