/**
 * Whether a decision is probably about whoever decided, or about that person's household: a reason
 * to look, and no proof. The same as outreach/domain/self_decisions.py, without heirs, whom no phone
 * that signs is told.
 */
import { nameKey } from "./names.js";
import { normalisePhone } from "./phone.js";

/** @typedef {{names: string[], phones: string[]}} Decider somebody who decides, by names and numbers */
/** @typedef {Decider & {houses: string[]}} Person somebody of the register */

/** @typedef {"name" | "phone" | "house"} Tie */

/** What ties a decider to a person, the strongest first. @type {Tie[]} */
export const TIES = ["name", "phone", "house"];

/** Values in one form, without those that say nothing. @param {unknown[]} values @param {(text: string) => string} form */
const keys = (values, form) =>
  values.flatMap((one) => (typeof one === "string" && form(one)) || []);

/** A decider under each of these names and numbers. @param {unknown[]} names @param {unknown[]} [phones] @returns {Decider} */
export const deciderOf = (names, phones = []) => ({
  names: keys(names, nameKey),
  phones: keys(phones, normalisePhone),
});

/** A person as the record tells. @param {Record<string, unknown>} data @returns {Person} */
export const personOf = (data) => ({
  ...deciderOf([data.full_name], [data.phone]),
  houses: ["household_id", "kk_number"].flatMap((name) =>
    data[name] ? `${name}:${data[name]}` : [],
  ),
});

/** @param {string[]} some @param {string[]} others */
const meet = (some, others) => some.some((one) => others.includes(one));

/** The people who may be the decider: by name and number where somebody is, else by either. @param {Decider} decider @param {Person[]} known */
export function ownRecords({ names, phones }, known) {
  const named = known.filter((one) => meet(one.names, names));
  const called = (named.length ? named : known).filter((one) => meet(one.phones, phones));
  return called.length ? called : named;
}

/** What ties a decider to a person; `own` are the records that may be the decider's. @param {Decider} decider @param {Person} person @param {Person[]} own @returns {Tie | null} */
export function tie(decider, person, own) {
  if (meet(person.names, decider.names)) return "name";
  if (meet(person.phones, decider.phones)) return "phone";
  return own.some((one) => meet(one.houses, person.houses)) ? "house" : null;
}
