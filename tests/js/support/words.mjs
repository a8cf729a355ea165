// The catalogue of one language, read from its files, as the phone's screens use it.
import { readdirSync, readFileSync } from "node:fs";
import { makeT } from "../../../outreach/static/js/domain/catalogue.js";

/** @param {"id" | "en"} lang */
function sentences(lang) {
  const folder = new URL(`../../../outreach/translations/${lang}/`, import.meta.url);
  const parts = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder))));
  return Object.assign({}, ...parts);
}

/** @param {"id" | "en"} lang */
export const translator = (lang) => ({ lang, t: makeT(sentences(lang)) });

/** Every key of the catalogue. @param {"id" | "en"} lang */
export const keys = (lang) => Object.keys(sentences(lang));
