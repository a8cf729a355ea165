// What a save of a feature's table is called on the screens that speak of every save.

/** @typedef {import("../request_types.js").Words} Words */

/** Keys of sentences, by table. @type {Map<string, string>} */
const words = new Map();

/** Call saves of this table so. @param {string} table @param {string} key of a sentence */
export const nameSaves = (table, key) => void words.set(table, key);

/**
 * What a save is about: whom it names, or what it is where it names nobody.
 * @param {string} name @param {string | undefined} table @param {Words} w
 */
export const saveName = (name, table, w) =>
  table ? w.t(words.get(table) ?? "field.other_save") : name || w.t("field.no_name");
