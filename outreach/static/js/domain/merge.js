/** Mutations over a row, as the screen shows them before the server has judged. */

/** @typedef {Record<string, [from: unknown, to: unknown]>} Changes by field */
/** @typedef {Record<string, unknown>} Keyed an object whose keys nobody knows */

/**
 * A copy of the data with each change's new value; null removes the field.
 * @param {Record<string, unknown>} data @param {Changes} set
 * @returns {Record<string, unknown>}
 */
export function mergeView(data, set) {
  const merged = { ...data };
  for (const [name, pair] of Object.entries(set)) {
    if (pair[1] == null) delete merged[name];
    else merged[name] = pair[1];
  }
  return merged;
}

/**
 * True for two stored values that are the same answer: null is absent, key order means nothing.
 * @param {unknown} a @param {unknown} b @returns {boolean}
 */
export function equal(a, b) {
  if (a == null || b == null) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((v, i) => equal(v, b[i]))
    );
  }
  if (typeof a === "object" && typeof b === "object") {
    return Object.keys({ ...a, ...b }).every((key) =>
      equal(/** @type {Keyed} */ (a)[key], /** @type {Keyed} */ (b)[key]),
    );
  }
  return a === b;
}

/**
 * The `set` of a mutation that turns one state into another; equal fields stay out.
 * @param {Keyed} before @param {Keyed} after
 * @returns {Changes}
 */
export function changes(before, after) {
  /** @type {Changes} */
  const set = {};
  for (const name of Object.keys({ ...before, ...after })) {
    if (!equal(before[name], after[name])) set[name] = [before[name] ?? null, after[name] ?? null];
  }
  return set;
}
