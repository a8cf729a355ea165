// The sentences of a language: Indonesian is inside the worker, English a file of the second set.

import tree from "../gen/catalogue.js";
import { assets } from "../gen/build.js";
import { makeT } from "../domain/catalogue.js";
import { built } from "./lifecycle.js";

/** @typedef {(key: string, kw?: Record<string, any>) => string} T */

/** @type {Record<string, string>} */
const messages = {};
/** @type {Record<string, T>} */
const known = { id: makeT(messages) };
/** @type {Record<string, any>} */
const reference = {};

/**
 * More Indonesian sentences, as a tree of the parts of their keys.
 * @param {Record<string, any>} part @param {string} [at]
 */
export function addSentences(part, at = "") {
  for (const [name, value] of Object.entries(part)) {
    const key = at && name ? `${at}.${name}` : at || name;
    if (typeof value === "string") messages[key] = value;
    else addSentences(value, key);
  }
}
addSentences(tree);

/** More reference data. @param {Record<string, any>} more */
export const addReference = (more) => Object.assign(reference, more);

/** Reference data beyond what the first save needs; {} until it is here. */
export const extra = () => reference;

/** The language and its `t`; Indonesian while English is not on the phone. @param {string} lang @returns {Promise<{lang: string, t: T}>} */
export async function language(lang) {
  if (!known[lang]) {
    try {
      const path = /** @type {Record<string, string>} */ (assets)[`${lang}.json`];
      const { sentences, ...more } = await (await built(new Request(path))).json();
      known[lang] = makeT(sentences);
      addReference(more);
    } catch {
      return { lang: "id", t: known.id };
    }
  }
  return { lang, t: known[lang] };
}
