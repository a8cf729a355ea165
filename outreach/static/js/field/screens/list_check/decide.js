/** A decision of a village on lines of its list, as one save each. */
import {
  decisionFault,
  stateOf,
  TOGETHER,
  togetherLines,
  UNDONE,
} from "../../../domain/village_decisions.js";
import { equal } from "../../../domain/merge.js";
import { DECISION, LIST, NAME } from "./lists_read.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").VillageList} VillageList */
/** @typedef {import("./list_types.js").Line} Line */
/** @typedef {import("./answers.js").Said} Said */

/** A save carries no more lines than this: one of an RT without names may hold a whole village. */
const MOST_LINES = 400;

/**
 * What follows a save in a store that is not its author's own (../check_mode/routes.js).
 * @type {(store: Store) => Promise<void>}
 */
let followed = async () => {};

/** @param {typeof followed} work */
export function afterDecision(work) {
  followed = work;
}

/** What has to follow a save in this store. @param {Store} store */
export const follow = (store) => followed(store);

/** One save in the list's village. @param {Store} store @param {VillageList} list @param {string} table @param {Record<string, unknown>} changes */
async function save(store, { id: list, scope }, table, changes) {
  await store.save({ table, id: store.newId(), scope, changes: { list, ...changes } });
  await followed(store);
}

/**
 * The decisions that a new one takes the place of: those that its author saw, and what this phone has
 * just saved. One that came meanwhile from elsewhere stays, and both are shown.
 * @param {ListContent} content @param {string} line @param {string[]} seen
 */
const overOf = ({ resolved, decisions }, line, seen) =>
  stateOf(resolved, line).heads.filter((id) => seen.includes(id) || decisions.get(id)?.here);

/** True when a line says so already. @param {ListContent} content @param {Line} line @param {Said} said */
function saysSo({ resolved }, line, { verdict, reason = null, detail = null }) {
  const state = stateOf(resolved, line.id);
  if (verdict === UNDONE) return !state.verdict && !state.clash;
  return state.verdict === verdict && equal([state.reason, state.detail], [reason, detail]);
}

/**
 * Decide on one line; what it says already is not said twice.
 * @param {Store} store @param {ListContent} content @param {Line} line @param {Said} said
 * @param {string[]} seen decisions that stood on the screen
 * @returns {Promise<string | null>} the member that is wrong, and nothing was saved
 */
export async function decideLine(store, content, line, said, seen) {
  const { list } = content;
  const fault = decisionFault(list.purpose, line.part, said);
  if (fault) return fault;
  const over = overOf(content, line.id, seen);
  // A step back takes back what was seen, or nothing.
  if (saysSo(content, line, said) || (said.verdict === UNDONE && !over.length)) return null;
  await save(store, list, DECISION, { lines: [line.id], ...told(said), how: "single", over });
  return null;
}

/** A decision without members that say nothing. @param {Said} said */
const told = ({ verdict, reason, detail }) => ({
  verdict,
  ...(reason && { reason }),
  ...(detail && { detail }),
});

/** "Semua di RT ini layak", for the lines that were shown and are still open. @param {Store} store @param {ListContent} content @param {string | null} hamlet @param {string | null} rt @param {string[]} shown */
export async function decideTogether(store, content, hamlet, rt, shown) {
  const open = togetherLines(content.lines, content.resolved, hamlet, rt);
  const lines = open.filter((id) => shown.includes(id));
  for (let from = 0; from < lines.length; from += MOST_LINES) {
    const some = lines.slice(from, from + MOST_LINES);
    const over = some.flatMap((id) => stateOf(content.resolved, id).heads);
    const set = { lines: some, verdict: "layak", how: TOGETHER, over: [...new Set(over)] };
    await save(store, content.list, DECISION, set);
  }
}

/** Take a decision back, on each line where it still counts. @param {Store} store @param {ListContent} content @param {string} id */
export async function undoDecision(store, content, id) {
  const decision = content.decisions.get(id);
  const lines = (decision?.lines ?? []).filter((line) =>
    stateOf(content.resolved, line).heads.includes(id),
  );
  if (!lines.length || decision?.verdict === UNDONE) return;
  await save(store, content.list, DECISION, { lines, verdict: UNDONE, how: "single", over: [id] });
}

/** The village says who is missing. @param {Store} store @param {VillageList} list @param {{name: string, hamlet: string, note: string}} name */
export const addName = (store, list, { name, hamlet, note }) =>
  save(store, list, NAME, { name, ...(hamlet && { hamlet }), ...(note && { note }) });

/** "Mulai rapat": from here on the numbers stay. @param {Store} store @param {VillageList} list */
export async function beginMeeting(store, { id, scope, state }) {
  if (state !== "open") return;
  await store.save({ table: LIST, id, scope, set: { state: ["open", "meeting"] } });
  await followed(store);
}
