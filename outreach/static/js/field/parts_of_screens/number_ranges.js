/** Ranges of numbers in words: 3–7, 9. */

/** @param {(number | undefined)[][]} ranges */
export const spans = (ranges) =>
  ranges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
