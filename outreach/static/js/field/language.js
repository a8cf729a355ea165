// The sentences of a language: Indonesian is inside the worker, English a file of the second set.

import tree from "../gen/catalogue.js";
import { assets } from "../gen/build.js";
import { makeT } from "../domain/catalogue.js";
import { built } from "./lifecycle.js";

/** @typedef {(key: string, kw?: Record<string, any>) => string} T */

/** @type {Record<string, string>} */
const messages = {};
/** The keys of each part of the worker that is here, in their own order. @type {string[][]} */
const keys = [];
/** @type {Record<string, T>} */
const known = { id: makeT(messages) };
/** @type {Record<string, any>} */
const reference = {};

/** @param {Record<string, any>} part @param {string} at @param {Record<string, string>} found */
function flatten(part, at, found) {
  for (const [name, value] of Object.entries(part)) {
    const key = at && name ? `${at}.${name}` : at || name;
    if (typeof value === "string") found[key] = value;
    else flatten(value, key, found);
  }
  return found;
}

/** The Indonesian sentences of one part, as a tree of the parts of their keys. @param {Record<string, any>} part */
export function addSentences(part) {
  const found = flatten(part, "", {});
  keys.push(Object.keys(found).sort());
  Object.assign(messages, found);
}
addSentences(tree);

/** More reference data. @param {Record<string, any>} more */
export const addReference = (more) => Object.assign(reference, more);

/** Reference data beyond what the first save needs; {} until it is here. */
export const extra = () => reference;

/**
 * The sentences of another language, which come part by part in the order of the keys here.
 * @param {[string[], Record<string, string>][]} parts @returns {Record<string, string>}
 */
const inFull = (parts) =>
  Object.assign(
    {},
    ...keys.map((names, part) => {
      const [texts, more] = parts[part];
      return { ...more, ...Object.fromEntries(names.map((name, i) => [name, texts[i]])) };
    }),
  );

/** The language and its `t`; Indonesian while English is not on the phone. @param {string} lang @returns {Promise<{lang: string, t: T}>} */
export async function language(lang) {
  if (!known[lang]) {
    try {
      const path = /** @type {Record<string, string>} */ (assets)[`${lang}.json`];
      const { sentences, ...more } = await (await built(new Request(path))).json();
      known[lang] = makeT(inFull(sentences));
      addReference(more);
    } catch {
      return { lang: "id", t: known.id };
    }
  }
  return { lang, t: known[lang] };
}
