// Functions that compiled templates call: Jinja2's meaning of lookups, truth and text in JavaScript.
// Where the two languages could differ, these functions throw instead of guessing.

// Not Object.hasOwn, which the engine of the parity tests does not know.
const has = Object.prototype.hasOwnProperty;
/**
 * What a template meets is of any kind until it is looked at.
 * @param {unknown} o @param {PropertyKey} k
 * @returns {o is Record<PropertyKey, unknown>}
 */
const own = (o, k) => has.call(o, k);
const METHODS = " clear copy fromkeys get items keys pop popitem setdefault update values ";
const MARKS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** @param {string} why @returns {never} */
function refuse(why) {
  throw new TypeError(`template: ${why}`);
}

/** A name of the context. @param {Record<string, unknown>} c @param {string} k */
export const G = (c, k) => (own(c, k) ? c[k] : undefined);

/** An item or attribute: own properties of objects, integer indexes of lists. @param {unknown} o @param {unknown} k @returns {unknown} */
export function A(o, k) {
  if (o === null) return undefined;
  if (typeof o !== "object") return refuse(`${typeof o} has no ${String(k)}`);
  if (Array.isArray(o)) {
    if (!Number.isInteger(k)) refuse("a list is read by whole numbers");
    return o[
      /** @type {number} */ (k) < 0
        ? /** @type {number} */ (k) + o.length
        : /** @type {number} */ (k)
    ];
  }
  if (typeof k !== "string") return undefined;
  if (k[0] === "_" || METHODS.includes(` ${k} `)) refuse(`the name ${k} is a method in Python`);
  return own(o, k) ? o[k] : undefined;
}

/** Text of a value. @param {unknown} v @returns {string} */
export function S(v) {
  if (typeof v === "string") return v;
  if (v === undefined) return "";
  if (v === null) return "None";
  if (typeof v === "boolean") return v ? "True" : "False";
  if (!Number.isSafeInteger(v)) refuse("only texts and whole numbers are put out");
  return String(v);
}

/** Escaped text of a value. @param {unknown} v @returns {string} */
export const E = (v) => S(v).replace(/[&<>'"]/g, (m) => MARKS[/** @type {"&"} */ (m)]);

/** Python's truth: empty lists and objects are false. @param {unknown} v @returns {boolean} */
export function T(v) {
  if (v === null || typeof v !== "object") return Boolean(v);
  return (Array.isArray(v) ? v : Object.keys(v)).length > 0;
}

/** @param {unknown} a @param {() => unknown} b */
export const AND = (a, b) => (T(a) ? b() : a);
/** @param {unknown} a @param {() => unknown} b */
export const OR = (a, b) => (T(a) ? a : b());

const plain = (/** @type {unknown} */ v) => (typeof v === "boolean" ? Number(v) : v);

/** @param {unknown} a @param {unknown} b @returns {boolean} */
export function EQ(a, b) {
  const objects = [a, b].filter((v) => v !== null && typeof v === "object").length;
  if (objects === 2) refuse("lists and objects are not compared");
  return objects === 0 && plain(a) === plain(b);
}

/** @param {unknown} a @param {unknown} b @returns {number} below, equal or above 0 */
export function LT(a, b) {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) refuse("only numbers have an order");
  return /** @type {number} */ (a) - /** @type {number} */ (b);
}

/** @param {unknown} x @param {unknown} o @returns {boolean} */
export function IN(x, o) {
  if (o === undefined) return false;
  if (Array.isArray(o)) return o.some((item) => EQ(item, x));
  if (typeof o === "string" && typeof x === "string") return o.includes(x);
  if (o === null || typeof o !== "object") refuse("nothing can be in this value");
  if (x !== null && typeof x === "object") refuse("a key is a text");
  return typeof x === "string" && own(o, x);
}

/** The items that a for walks over. @param {unknown} o @returns {unknown[]} */
export function I(o) {
  if (o === undefined) return [];
  return Array.isArray(o) ? o : refuse("for walks over lists only");
}

/** @param {unknown} o @returns {number} */
export function LEN(o) {
  if (o === undefined) return 0;
  if (typeof o === "string") return Array.from(o).length;
  if (o === null || typeof o !== "object") refuse("this value has no length");
  return (Array.isArray(o) ? o : Object.keys(o)).length;
}

/** Both values are made first, as Jinja2 does. @param {unknown} v @param {unknown} d @param {boolean} empty also replace what is false */
export const DEF = (v, d, empty) => (v === undefined || (empty && !T(v)) ? d : v);

/** @param {unknown} o @param {string} d @returns {string} */
export const JOIN = (o, d) => I(o).map(S).join(d);

/** A parameter of an address: a text or a whole number. @param {unknown} v */
export const P = (v) => (v === null || v === undefined ? refuse("an address misses a part") : K(v));

/** Values handed to t: whole numbers stay numbers. @param {unknown} v */
export function K(v) {
  if (typeof v === "boolean") refuse("a sentence takes texts and numbers");
  const text = S(v);
  return typeof v === "number" ? v : text;
}
