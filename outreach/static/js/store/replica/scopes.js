// Which scopes this phone follows and how far each is here; the rows themselves are brought in by
// pulled_pages.js.
import { ask } from "../engine/idb.js";
import { raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").ScopeState} ScopeState */
/** @typedef {import("../records/list_index.js").Row} Row */

/** Villages have a list view; a person's own rows and reference texts come whole. @param {string} scope */
export const isVillage = (scope) => scope !== "ref" && !scope.startsWith("u:");

/** @returns {ScopeState} @param {string} scope */
export const newScope = (scope) => ({
  gen: 1,
  list: 0,
  full: 0,
  listed: !isVillage(scope),
  whole: false,
  drained: false,
  fresh: null,
});

/**
 * True when the pulled base contains what a mutation did, so that the screen need not replay it.
 * @param {import("../records/state.js").Entry} entry
 * @param {Record<string, ScopeState>} base
 * @param {(scope: string, id: string) => Row | undefined} look
 */
export function isSeen(entry, base, look) {
  const scope = entry.verdict.scope ?? entry.scope;
  const state = base[scope];
  const ver = entry.ver ?? Number.POSITIVE_INFINITY;
  if (!state) return false;
  const row = look(scope, entry.verdict.into ?? entry.id);
  if (row) return row.full >= ver;
  // Not there, and nothing more to come: it left the scope after this mutation.
  return state.whole && state.drained && state.full >= ver;
}

/**
 * Begin to follow scopes; those already followed keep their rows.
 * @param {State} s @param {string[]} scopes
 */
export async function follow(s, scopes) {
  await s.refresh();
  if (scopes.every((scope) => s.base[scope])) return;
  await changeBase(s, (base) => {
    for (const scope of scopes) base[scope] ??= newScope(scope);
  });
}

/** Another life of the server: pull everything from 0 beside what is shown. @param {State} s */
export const rebuildAll = (s) =>
  changeBase(s, (base) => {
    for (const state of Object.values(base)) {
      state.fresh = { gen: Math.max(state.gen, state.fresh?.gen ?? 0) + 1, cursor: 0, done: false };
    }
  });

/** @param {State} s @param {(base: Record<string, ScopeState>) => void} change */
async function changeBase(s, change) {
  await s.conn.run(["meta"], "readwrite", async (tx) => {
    const base = (await ask(tx.objectStore("meta").get("base"))) ?? {};
    change(base);
    tx.objectStore("meta").put(base, "base");
    await raise(tx, "b");
  });
  await s.refresh();
}
