/** Mutations over a row, as the screen shows them before the server has judged. */

/**
 * A copy of the data with each change's new value; null removes the field.
 * @param {Record<string, any>} data @param {Record<string, [any, any]>} set
 * @returns {Record<string, any>}
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
 * Whether two stored values are the same answer: null is absent, key order means nothing.
 * @param {any} a @param {any} b @returns {boolean}
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
    return Object.keys({ ...a, ...b }).every((key) => equal(a[key], b[key]));
  }
  return a === b;
}

/**
 * The `set` of a mutation that turns one state into another; equal fields stay out.
 * @param {Record<string, any>} before @param {Record<string, any>} after
 * @returns {Record<string, [any, any]>}
 */
export function changes(before, after) {
  /** @type {Record<string, [any, any]>} */
  const set = {};
  for (const name of Object.keys({ ...before, ...after })) {
    if (!equal(before[name], after[name])) set[name] = [before[name] ?? null, after[name] ?? null];
  }
  return set;
}
