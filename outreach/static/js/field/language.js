// The sentences of a language: Indonesian is inside the worker, English a file of the second set.

import tree from "../gen/catalogue.js";
import { assets } from "../gen/build.js";
import { makeT } from "../domain/catalogue.js";
import { built } from "./lifecycle.js";

/** @typedef {(key: string, kw?: Record<string, any>) => string} T */

/**
 * The sentences of a tree by their whole keys.
 * @param {Record<string, any>} part @param {string} at @param {Record<string, string>} flat
 */
function flatten(part, at, flat) {
  for (const [name, value] of Object.entries(part)) {
    const key = at && name ? `${at}.${name}` : at || name;
    if (typeof value === "string") flat[key] = value;
    else flatten(value, key, flat);
  }
  return flat;
}

const messages = flatten(tree, "", {});
/** @type {Record<string, T>} */
const known = { id: makeT(messages) };
const FILES = /** @type {Record<string, string>} */ (assets);

/** @type {Record<string, any>} */
let reference = {};
let whole = false;

/** Reference data of the second set; {} until it is on the phone. */
export const extra = () => reference;

/** Adds the sentences and reference data of the second set, as soon as they are on the phone. */
export async function completeSentences() {
  if (whole) return;
  try {
    const files = ["catalogue.later.json", "reference.later.json"];
    const [sentences, more] = await Promise.all(files.map((name) => json(name)));
    Object.assign(messages, sentences);
    reference = more;
    whole = true;
  } catch {
    // Not on the phone yet and no signal: the first screens have all they say.
  }
}

/** @param {string} name @returns {Promise<any>} */
const json = async (name) => (await built(new Request(FILES[name]))).json();

/** The language and its `t`; Indonesian while English is not on the phone. @param {string} lang @returns {Promise<{lang: string, t: T}>} */
export async function language(lang) {
  if (!known[lang]) {
    try {
      known[lang] = makeT(await json(`catalogue.${lang}.json`));
    } catch {
      return { lang: "id", t: known.id };
    }
  }
  return { lang, t: known[lang] };
}
