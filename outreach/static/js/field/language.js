// The sentences of a language: Indonesian is inside the worker, English a file of the second set.

import messages from "../gen/catalogue.js";
import { assets } from "../gen/build.js";
import { makeT } from "../domain/catalogue.js";
import { built } from "./lifecycle.js";

/** @typedef {(key: string, kw?: Record<string, any>) => string} T */

/** @type {Record<string, T>} */
const known = { id: makeT(/** @type {Record<string, string>} */ (messages.id)) };
const FILES = /** @type {Record<string, string>} */ (assets);

let whole = false;

/** Adds the Indonesian sentences of the second set, as soon as they are on the phone. */
export async function completeSentences() {
  if (whole) return;
  try {
    const file = await built(new Request(FILES["catalogue.later.json"]));
    Object.assign(messages.id, await file.json());
    whole = true;
  } catch {
    // Not on the phone yet and no signal: the first screens have all they say.
  }
}

/** The language and its `t`; Indonesian while English is not on the phone. @param {string} lang @returns {Promise<{lang: string, t: T}>} */
export async function language(lang) {
  if (!known[lang]) {
    try {
      const file = await built(new Request(FILES[`catalogue.${lang}.json`]));
      known[lang] = makeT(await file.json());
    } catch {
      return { lang: "id", t: known.id };
    }
  }
  return { lang, t: known[lang] };
}
