// How long to wait after wrong PINs. The rest of a wait is kept, not its end. Time that passes
// between two looks counts ten minutes at most. So a clock set forward frees little, and one set
// back locks nobody out for longer.

const MINUTE = 60_000;
const COUNTS = 10 * MINUTE;
/** Minutes after the fourth, fifth … wrong PIN in a row; then always the last. */
const WAITS = [0.5, 1, 5, 15, 30];
const FREE = 3;

/**
 * @typedef {object} Tries
 * @property {number} wrong in a row
 * @property {number} left milliseconds still to wait
 * @property {number} at when that was looked at
 */

/** @type {Tries} */
export const NO_TRIES = { wrong: 0, left: 0, at: 0 };

/** The wait as it stands now. @param {Tries} tries @param {number} now @returns {Tries} */
export function waited({ wrong, left, at }, now) {
  const passed = Math.min(Math.max(now - at, 0), COUNTS);
  return { wrong, left: Math.max(0, left - passed), at: now };
}

/** One more wrong PIN. @param {Tries} tries @param {number} now @returns {Tries} */
export function oneMore({ wrong }, now) {
  const step = wrong - FREE;
  const minutes = step < 0 ? 0 : WAITS[Math.min(step, WAITS.length - 1)];
  return { wrong: wrong + 1, left: minutes * MINUTE, at: now };
}
