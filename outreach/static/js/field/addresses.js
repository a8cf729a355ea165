// u(name, kw): addresses by name, from the same table as the server (web/addresses.json).

import { table } from "../gen/addresses.js";
import { assets } from "../gen/build.js";

/** More addresses by name. @param {Record<string, string>} more */
export const addAddresses = (more) => Object.assign(table, more);

/** Encodes like Python's quote(safe=""). @param {string} name @param {unknown} value */
function encode(name, value) {
  const text = value === null || value === undefined ? "" : String(value);
  if (text === "" || text === "." || text === "..") {
    throw new RangeError(`address ${name}: parameter "${text}" cannot stand in an address`);
  }
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const has = Object.prototype.hasOwnProperty;
const own = (/** @type {Record<string, string>} */ o, /** @type {string} */ k) => has.call(o, k);

/** The address of a name. @param {string} name @param {Record<string, unknown>} [kw] @returns {string} */
export function u(name, kw = {}) {
  const known = /** @type {Record<string, string>} */ (name === "asset" ? assets : table);
  const key = /** @type {string} */ (name === "asset" ? kw.name : name);
  if (!own(known, key)) throw new RangeError(`no address is called ${key}`);
  return known[key].replace(/\{(\w+)\}/g, (_, part) => encode(name, kw[part]));
}
