/** The form of the minutes: kept as a draft until it is signed, read into what the wire wants. */
import { FORUMS, GLASS, METHODS, OWN_RIGHT, THUMB } from "../../../domain/list_signers.js";
import { isDate } from "../../../domain/rules.js";
import { formatShortDate } from "../../../domain/formats.js";
import { readDate } from "../form/form_read.js";
import { holdsOn, presentHolders } from "./obstacles.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").Signer} Signer */
/** @typedef {import("../list_check/list_types.js").Holder} Holder */

export const HEAD = "head";
const MEETING = ["letter_no", "place", "present"];
const MOST = { letter_no: 60, place: 120, name: 100 };
const MOST_PRESENT = 9999;
/** What a form holds that a browser's post does not answer. */
const NOT_ANSWERS = ["token", "go"];

/** @param {string} list */
export const draftId = (list) => `sign/${list}`;

/** @param {ListContent["list"]} list */
export const forumOf = ({ forum }) => FORUMS[forum ?? ""] ?? FORUMS[""];

/** Who may sign in this meeting, those who must first. @param {ListContent["list"]} list */
export function rolesOf(list) {
  const { must, may } = forumOf(list);
  return [...must, ...may];
}

/** True for a place that must be signed. @param {ListContent["list"]} list @param {string} role */
export const isAsked = (list, role) => forumOf(list).must.includes(role);

/** The form as far as it was filled in; begun where there is none. @param {Open} q @param {ListContent} content @param {string} day @returns {Promise<Form>} */
export async function loadForm(q, { list, holders }, day) {
  const kept = await q.store.draft(draftId(list.id));
  if (kept) return kept.data.form;
  const [first] = presentHolders(holders, day, q.store.userId);
  const form = { id: q.store.newId(), date: formatShortDate(day), head_term: first?.id ?? "" };
  for (const role of rolesOf(list)) Object.assign(form, { [`${role}_method`]: GLASS });
  await keepForm(q, list, form, true);
  return form;
}

/** @param {Open} q @param {ListContent["list"]} list @param {Form} form @param {boolean} [blank] nobody has answered anything */
export const keepForm = (q, { id, scope }, form, blank) =>
  q.store.putDraft(draftId(id), { scope, data: { form }, blank });

/** Where it is kept who drew what for a version: that is told to nobody but the server. @param {string} version */
export const inksId = (version) => `inks/${version}`;

/** The form with what was posted. @param {Form} form @param {URLSearchParams} posted @returns {Form} */
export function answered(form, posted) {
  const said = [...posted].filter(([name]) => !NOT_ANSWERS.includes(name));
  return { ...form, ...Object.fromEntries(said) };
}

/** @param {string | null | undefined} text @param {number} most */
const says = (text, most) =>
  Boolean(text?.trim()) && [.../** @type {string} */ (text)].length <= most;

/** @param {string} name @returns {Errors} */
const wrong = (name, code = name) => ({ [name]: [{ code: `field.minutes.error.${code}` }] });

/** What is wrong with the meeting's part. @param {ListContent["list"]} list @param {Form} form @param {string} today @returns {Errors} */
export function meetingErrors({ forum }, form, today) {
  const date = readDate(form.date) ?? "";
  const present = Number(form.present);
  const fits = {
    letter_no: says(form.letter_no, MOST.letter_no),
    place: says(form.place, MOST.place),
    present: /^\d+$/.test(form.present?.trim() ?? "") && present > 0 && present <= MOST_PRESENT,
  };
  const missing = forum
    ? MEETING.filter((name) => !fits[/** @type {keyof typeof fits} */ (name)])
    : [];
  const day = !isDate(date) ? wrong("date") : date > today ? wrong("date", "date_ahead") : {};
  return Object.assign({}, ...missing.map((name) => wrong(name)), day);
}

/** The term that the form names. @param {ListContent} content @param {Form} form @returns {Holder | undefined} */
export const holderOf = ({ holders }, form) => holders.find(({ id }) => id === form.head_term);

/** The letter of a term, where minutes have room for it. @param {Pick<Holder, "letter">} holder */
export const knownLetter = ({ letter }) => (says(letter, MOST.letter_no) ? String(letter) : "");

/** Who only stands in for the head names the letter that says so. @param {Holder} holder @param {Form} form */
const letterOf = (holder, form) =>
  holder.capacity === OWN_RIGHT ? "" : knownLetter(holder) || (form.head_delegation ?? "").trim();

/** True for a place of the form that is filled in or has to be. @param {ListContent["list"]} list @param {Form} form @param {string} role */
const signs = (list, form, role) => isAsked(list, role) || Boolean(form[`${role}_name`]?.trim());

/** What is wrong with who signs. @param {ListContent} content @param {Form} form @returns {Errors} */
export function signerErrors(content, form) {
  const { list } = content;
  /** @type {Errors} */
  const errors = {};
  for (const role of rolesOf(list).filter((one) => signs(list, form, one))) {
    Object.assign(errors, role === HEAD ? headErrors(content, form) : nameErrors(role, form));
    const method = form[`${role}_method`];
    if (!METHODS.includes(method)) Object.assign(errors, wrong(`${role}_method`, "method"));
    if (method === THUMB && !says(form[`${role}_witness`], MOST.name))
      Object.assign(errors, wrong(`${role}_witness`, "witness"));
  }
  return errors;
}

/** @param {string} role @param {Form} form */
const nameErrors = (role, form) =>
  says(form[`${role}_name`], MOST.name) ? {} : wrong(`${role}_name`, "name");

/** @param {ListContent} content @param {Form} form */
function headErrors(content, form) {
  const holder = holderOf(content, form);
  const day = readDate(form.date) ?? "";
  if (!holder) return wrong("head_term", "term");
  if (isDate(day) && !holdsOn(holder, day)) return wrong("head_term", "term_day");
  const asks = holder.capacity !== OWN_RIGHT;
  return asks && !says(letterOf(holder, form), MOST.letter_no)
    ? wrong("head_delegation", "delegation")
    : {};
}

/** Signers as the wire wants them. @param {ListContent} content @param {Form} form @returns {Signer[]} */
export function signersIn(content, form) {
  const { list } = content;
  return rolesOf(list)
    .filter((role) => signs(list, form, role))
    .map((role) => {
      const said = (/** @type {string} */ name) => (form[`${role}_${name}`] ?? "").trim();
      const method = said("method");
      return {
        role,
        name: said("name"),
        ...(role === HEAD && officeOf(content, form)),
        method,
        ...(method === THUMB && { witness: said("witness") }),
        ...(method === GLASS && { strokes: said("strokes") }),
      };
    });
}

/** @param {ListContent} content @param {Form} form */
function officeOf(content, form) {
  const holder = holderOf(content, form);
  if (!holder) return {};
  const { id: term, name, title, office, capacity } = holder;
  const delegation = letterOf(holder, form);
  return { name, title, office, term, capacity, ...(delegation && { delegation }) };
}

/** What the minutes say besides the list. @param {ListContent} content @param {Form} form */
export function minutesIn(content, form) {
  const { forum } = content.list;
  const { attendance } = form;
  const meeting = {
    kind: forum,
    letter_no: form.letter_no?.trim(),
    place: form.place?.trim(),
    present: Number(form.present),
    ...(attendance && { attendance }),
  };
  return {
    ...(forum && meeting),
    date: readDate(form.date) ?? "",
    signers: signersIn(content, form),
  };
}
