/**
 * "Mode cek daftar": this phone was handed over with one list. Whether it was is asked at every
 * request (screens/check_mode/gate.js), after a restart too; the answer is read once a worker.
 */
import {
  endHanded,
  handedList,
  keepHanded,
  noteRead,
  unreadLists,
} from "../store/engine/handed_list.js";
import { forgetAsked } from "./asked.js";
import { forget } from "./context.js";

/** @typedef {import("../store/engine/handed_list.js").HandedList} HandedList */

/** @type {Promise<HandedList | undefined> | null} */
let known = null;
/** @type {Promise<HandedList[]> | null} */
let unread = null;

/** Nothing that was known of who works here counts any more. */
function forgetAll() {
  known = null;
  unread = null;
  forget();
  forgetAsked();
}

/** The list that was handed over; undefined while the phone is its officer's. */
export function handed() {
  known ??= handedList().catch((error) => {
    known = null;
    throw error;
  });
  return known;
}

/** @param {HandedList} list */
export const begin = (list) => keepHanded(list).finally(forgetAll);
/** @param {HandedList} list @param {boolean} unread */
export const end = (list, unread) => endHanded(list, unread).finally(forgetAll);

/** Lists of this officer that came back without the PIN. @param {string} officer */
export async function unreadOf(officer) {
  unread ??= unreadLists();
  return (await unread).filter((list) => list.officer === officer);
}

/** @param {HandedList} list */
export const noteListRead = (list) =>
  noteRead(list).finally(() => {
    unread = null;
  });
