// The catalogue of one language, read from its files, as the phone's screens use it.
import { readdirSync, readFileSync } from "node:fs";
import { makeT } from "../../../outreach/static/js/domain/catalogue.js";

/** @param {"id" | "en"} lang */
export function translator(lang) {
  const folder = new URL(`../../../outreach/translations/${lang}/`, import.meta.url);
  const parts = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder))));
  return { lang, t: makeT(Object.assign({}, ...parts)) };
}
