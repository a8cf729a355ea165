/**
 * "Mode cek daftar": this phone was handed over with one list. Whether it was is asked at every
 * request (screens/check_mode/gate.js), after a restart too; the answer is read once a worker.
 */
import { endHanded, handedList, keepHanded } from "../store/engine/handed_list.js";
import { forgetAsked } from "./asked.js";
import { forget } from "./context.js";

/** @typedef {import("../store/engine/handed_list.js").HandedList} HandedList */

/** @type {Promise<HandedList | undefined> | null} */
let known = null;

/** Nothing that was known of who works here counts any more. */
function forgetAll() {
  known = null;
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
/** @param {HandedList} list */
export const end = (list) => endHanded(list).finally(forgetAll);
