/** What list checks leave an officer to do: pulled rows, and what was done on this phone on top. */
import { ownSaves, tableRows } from "../../../store/books/feature_rows.js";
import { knowTable } from "../../../store/replica/other_tables.js";
import { isVillage } from "../../../store/replica/scopes.js";
import { LINE } from "../list_check/lists_read.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../list_check/list_types.js").Line} Line */
/**
 * @typedef {object} TaskFacts a row of list_task as it travels
 * @property {string} list
 * @property {string | null} line
 * @property {string | null} worker
 * @property {string} word
 * @property {"officer" | "supervisor"} owner
 * @property {"open" | "done" | "withdrawn"} state
 * @property {string | null} how
 * @property {string} made_at
 * @property {string | null} ended_at
 * @property {string | null} taken_as record that was begun for a missing person
 * @property {Record<string, unknown> | null} detail
 * @property {string | null} name of a missing person
 * @property {string | null} hamlet
 * @property {string | null} note
 * @property {string} via
 * @property {string | null} by
 * @property {string | null} taker
 * @property {string | null} ender
 */
/**
 * @typedef {object} Here what this phone knows besides
 * @property {string} id
 * @property {string} scope
 * @property {boolean} said the state was changed on this phone
 * @property {boolean} saved what was asked for lies on this phone as a save of the person
 * @property {boolean} begun the record was begun on this phone
 * @property {Line | undefined} about
 */
/** @typedef {TaskFacts & Here} Task */

export const TASK = "list_task";
knowTable(TASK, "village");

/** Own saves about a task, the newest last. @param {Store} store @param {string} id */
const savesOf = ({ state }, id) =>
  ownSaves(state, TASK)
    .filter((entry) => entry.id === id)
    .sort((a, b) => a.m.mid - b.m.mid)
    .map(({ m }) => m.set);

/**
 * True where a save that is still on its way does what is asked for: the field that was wrong is
 * another one, the record of the missing person is here. What it did, the server says.
 * @param {Store} store @param {TaskFacts} task
 */
function savedHere({ state }, { worker, word, detail, taken_as }) {
  const about = worker ?? taken_as;
  const saves = ownSaves(state, "worker").filter(({ id }) => id === about);
  const field = word === "data_salah" ? String(detail?.field) : "";
  return saves.some(({ m }) => (field ? field in m.set : taken_as || "captured_at" in m.set));
}

/** A task with what this phone did to it. @param {Store} store @param {string} scope @param {{id: string, data: Record<string, unknown>}} row @param {Map<string, Line>} lines @returns {Task} */
function taskOf(store, scope, { id, data }, lines) {
  const facts = /** @type {TaskFacts} */ (/** @type {unknown} */ (data));
  const saves = savesOf(store, id);
  const states = saves.flatMap(({ state }) => (state ? [String(state[1])] : []));
  const begun = saves.flatMap(({ taken_as }) => (taken_as ? [String(taken_as[1])] : []));
  const taken_as = begun.pop() ?? facts.taken_as;
  const state = /** @type {TaskFacts["state"]} */ (states.pop() ?? facts.state);
  const task = { ...facts, taken_as, state };
  return {
    ...task,
    id,
    scope,
    said: state !== facts.state,
    saved: state === "open" && savedHere(store, task),
    begun: Boolean(taken_as) && taken_as !== facts.taken_as,
    about: lines.get(facts.line ?? ""),
  };
}

/** The tasks of one village. @param {Store} store @param {string} scope */
async function tasksIn(store, scope) {
  const rows = await tableRows(store.state, scope, TASK);
  if (!rows.length) return [];
  const lines = new Map(
    (await tableRows(store.state, scope, LINE)).map(({ id, data }) => [
      id,
      /** @type {Line} */ (/** @type {unknown} */ ({ ...data, id })),
    ]),
  );
  return rows.map((row) => taskOf(store, scope, row, lines));
}

/** Every task on this phone that was not taken back, the oldest first. @param {Store} store */
export async function allTasks(store) {
  await store.state.refresh();
  const scopes = Object.keys(store.state.base).filter(isVillage);
  const tasks = (await Promise.all(scopes.map((scope) => tasksIn(store, scope)))).flat();
  return tasks
    .filter(({ state }) => state !== "withdrawn")
    .sort((a, b) => a.made_at.localeCompare(b.made_at) || (a.id < b.id ? -1 : 1));
}

/** @param {Task} task */
export const isTodo = ({ state, owner, saved }) =>
  state === "open" && owner === "officer" && !saved;
