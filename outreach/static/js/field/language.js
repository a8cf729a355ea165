// The sentences of a language: Indonesian is inside the worker, English a file that is kept once
// somebody has chosen it.

import tree from "../gen/catalogue.js";
import { assets } from "../gen/build.js";
import { makeT } from "../domain/catalogue.js";
import { built, keepEnglish } from "./lifecycle.js";
import { parts } from "./loaded_parts.js";

/** @typedef {import("./request_types.js").T} T */
/** @typedef {import("./request_types.js").Lang} Lang */

/**
 * @typedef {object} MoreReference what the second set brings, and English
 * @property {Record<string, BuiltText>} texts
 * @property {(string | number)[][]} benefits programme, name and sum of each
 * @property {string[][]} occupations code, name and local words of each
 * @property {Record<string, string>} words that find an occupation, by code
 * @property {Record<string, unknown>} features what features give the phone, by name
 * @property {Partial<English>} english
 */
/** @typedef {{sentences: string, also: Record<string, string>, english: English}} EnglishFile */
/** @typedef {Record<"occupations" | "texts" | "settings", Record<string, string>>} English */
/** @typedef {{version: string, id: string}} BuiltText */

/** @type {Record<string, string>} */
const messages = {};
/** @type {Record<string, T>} */
const known = { id: makeT(messages) };
/** @type {Partial<MoreReference>} */
const reference = {};

/** @typedef {{[part: string]: string | Sentences}} Sentences */

/**
 * More Indonesian sentences, as a tree of the parts of their keys.
 * @param {Sentences} part @param {string} [at]
 */
export function addSentences(part, at = "") {
  for (const [name, value] of Object.entries(part)) {
    const key = at && name ? `${at}.${name}` : at || name;
    if (typeof value === "string") messages[key] = value;
    else addSentences(value, key);
  }
}
addSentences(tree);

/** More reference data. @param {Partial<MoreReference>} more */
export const addReference = (more) => Object.assign(reference, more);

/** Reference data beyond what the first save needs; {} until it is here. */
export const extra = () => reference;

/**
 * The language and its `t`; Indonesian while the other is not on the phone and cannot be fetched.
 * @param {Lang} lang @returns {Promise<{lang: Lang, t: T}>}
 */
export async function language(lang) {
  if (lang === "en" && !known.en && parts.all) await readEnglish().catch(() => {});
  return known[lang] ? { lang, t: known[lang] } : { lang: "id", t: known.id };
}

/** Reads English, whose sentences stand in the order of the Indonesian keys. */
async function readEnglish() {
  await keepEnglish();
  const path = /** @type {Record<string, string>} */ (assets)["en.json"];
  const { sentences, also, english } = /** @type {EnglishFile} */ (
    await (await built(new Request(path))).json()
  );
  const keys = Object.keys(messages).sort();
  const said = sentences.split("|");
  if (keys.length !== said.length) throw new Error("English of another version");
  known.en = makeT({ ...Object.fromEntries(keys.map((key, i) => [key, said[i]])), ...also });
  reference.english = english;
}
