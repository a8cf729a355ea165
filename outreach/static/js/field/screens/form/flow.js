/** The order of the form's screens, what each may change, and what a draft would write. Pure. */
import { changes } from "../../../domain/merge.js";
import { DOOR } from "./steps_door.js";

/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */
/** @typedef {import("../../../domain/merge.js").Changes} Changes */

/** @type {import("./form_types.js").Step[]} */
const steps = [...DOOR];

/** The screens that the second part of the worker knows. @param {typeof steps} more */
export const addSteps = (more) => steps.push(...more);

const HEAD_STEPS = {
  nama: ["full_name"],
  alamat: ["address_line", "pemangku", "rt", "rw"],
  catatan: ["notes"],
};

/** The step of this name, or undefined. @param {string} slug */
export const stepOf = (slug) => steps.find((step) => step.slug === slug);

/** The screen after this one at the door; null after the last. @param {string} slug */
export function nextStep(slug) {
  const at = DOOR.findIndex((step) => step.slug === slug);
  return DOOR[at + 1]?.slug ?? null;
}

/** The screen before this one; null before the first. @param {string} slug */
export function stepBefore(slug) {
  const at = DOOR.findIndex((step) => step.slug === slug);
  return at > 0 ? DOOR[at - 1].slug : null;
}

/** Position of a door screen: 3 of 8; null for a section. @param {string} slug */
export function progress(slug) {
  const at = DOOR.findIndex((step) => step.slug === slug);
  return at < 0 ? null : { at: at + 1, of: DOOR.length };
}

/** The screen that asks for this field; door screens first. @param {string} field */
export function stepFor(field) {
  const name = field.split(".")[0];
  return steps.find((step) => step.data.includes(name))?.slug ?? "catatan";
}

/** The data fields a person of this role may change on a screen. @param {string} slug @param {string} role */
export function changeable(slug, role) {
  const data = stepOf(slug)?.data ?? [];
  if (role !== "head") return data;
  return /** @type {Record<string, string[]>} */ (HEAD_STEPS)[slug] ?? [];
}

/**
 * The fields that a save of this form may write. Of a record that exists, what no screen asks for
 * stays as it is: a decile, the code of the card's village, a field of a newer app.
 * @param {Pick<import("./form_types.js").Draft, "mode" | "step">} draft @param {Keyed} data @param {string} role
 */
export const writable = ({ mode, step }, data, role) =>
  mode === "section"
    ? changeable(step, role)
    : [...Object.keys(data), ...steps.flatMap((one) => one.data)];

/** Every section of the worker page, and the data it shows; consent is one, asked on two screens. */
export const sections = () =>
  steps.filter(({ slug }) => slug !== "izin").map(({ slug, data }) => ({ slug, data }));

/**
 * The changes that a save of one screen writes: {field: [from, to]} of the fields it may change.
 * @param {Keyed} base @param {Keyed} data @param {string[]} only
 * @returns {Changes}
 */
export function changesOf(base, data, only) {
  return Object.fromEntries(
    Object.entries(changes(base, data)).filter(([name]) => only.includes(name)),
  );
}
