/** The rule book at work on the phone; the same answers as outreach/domain/rules.py. */
import rules from "../../../domain/rules.json" with { type: "json" };
import { jakartaDate, needsGuardian } from "./age.js";
import { daysIn, kkError, nikError } from "./nik.js";
import { cleanDigits, normalisePhone } from "./phone.js";

/**
 * @typedef {{code: string, params: Record<string, unknown>}} Fault
 * @typedef {import("../gen/worker_data.js").Answers} Data
 * @typedef {(value: unknown) => Fault|null} Check
 * @typedef {Record<string, unknown>} Condition by path: values, or "*" for any
 * @typedef {Record<string, Spec>} Parts
 * @typedef {{if?: Condition, need?: string[], is?: Condition}} Whole
 */

/**
 * @typedef {object} Spec a field or a part of one; keys in outreach/domain/rulebook.py
 * @property {string} t
 * @property {number} [g]
 * @property {string} [n]
 * @property {number} [r]
 * @property {string} [re]
 * @property {number} [ml]
 * @property {number} [min]
 * @property {number} [max]
 * @property {number[]} [any]
 * @property {string[] | Parts} [of] values, or the parts of an object
 * @property {string[]} [all]
 * @property {Condition} [if]
 * @property {Condition} [un]
 * @property {Condition[]} [bar]
 * @property {Whole[]} [whole]
 * @property {{if: Condition, parts: string[], code: string}} [never]
 * @property {string} [see]
 * @property {string} [set]
 */

/** @type {Parts} every field in the wire's order */
export const fields = rules.fields;
const names = Object.keys(fields);
/** @type {Record<string, string[]>} */
const groups = rules.groups;
const patterns = Object.fromEntries(
  Object.entries(rules.patterns).map(([name, text]) => [name, new RegExp(`^(?:${text})$`, "u")]),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNREADABLE = /[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNREADABLE_LINES = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]/u;
const BLANKS = /[ \t\n\r\v\f\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+/g;
const BLANKS_IN_LINE = /[ \t\v\f\xa0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]+/g;

/** @param {string} code @param {Record<string, unknown>} [params] @returns {Fault} */
const fault = (code, params = {}) => ({ code, params });

/** @param {unknown} data @param {string} path @returns {unknown} */
const valueAt = (data, path) =>
  path.split(".").reduce((value, step) => (isObject(value) ? value[step] : undefined), data);

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** @param {Condition} condition @param {unknown} data @returns {boolean} */
function holds(condition, data) {
  return Object.entries(condition).every(([path, wanted]) => {
    const value = valueAt(data, path);
    if (wanted === "*") return value != null;
    return Array.isArray(wanted) ? wanted.includes(value) : value === wanted;
  });
}

/** True for what any record takes as a name. @param {string} text */
export const isName = (text) => patterns.name.test(text);

/** @param {string} text @returns {boolean} */
export function isDate(text) {
  const found = /^((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})$/.exec(text);
  return (
    !!found &&
    +found[2] >= 1 &&
    +found[2] <= 12 &&
    +found[3] >= 1 &&
    +found[3] <= daysIn(+found[1], +found[2])
  );
}

/** @param {Spec} spec @returns {Check} */
function textCheck(spec) {
  const { min = 1, max = 200 } = spec;
  const bad = spec.ml ? UNREADABLE_LINES : UNREADABLE;
  return (value) => {
    if (typeof value !== "string") return fault("wrong_type");
    if (bad.test(value)) return fault("text_unreadable");
    const { length } = [...value];
    if (length > max) return fault("too_long", { max });
    if (length < min) return fault("too_short", { min });
    return spec.re && !patterns[spec.re].test(value)
      ? aboutDigits(`${spec.re}_wrong`, value)
      : null;
  };
}

/** @type {Record<string, string>} */
const COUNTED = {
  nik_length: "nik_digits",
  kk_length: "kk_digits",
  kpj_wrong: "kpj_digits",
  postal_wrong: "postal_digits",
};

/** Which letter stands in a number made of digits, or how many digits it has. @param {string} code @param {string} value */
function aboutDigits(code, value) {
  const counted = COUNTED[code];
  const sign = (counted || code === "phone_wrong") && /\p{L}/u.exec(value)?.[0];
  if (sign) return fault(counted ? "digits_only" : "phone_letters", { sign });
  return counted && /^[0-9]+$/.test(value) ? fault(counted, { n: value.length }) : fault(code);
}

/** @param {Spec} spec @returns {Check} */
const enumCheck = (spec) => (value) => {
  if (typeof value !== "string") return fault("wrong_type");
  return /** @type {string[]} */ (spec.of).includes(value) ? null : fault("not_in_list");
};

/** @param {Spec} spec @returns {Check} */
const severalCheck = (spec) => (value) => {
  if (!Array.isArray(value)) return fault("wrong_type");
  for (const item of value) {
    const found = enumCheck(spec)(item);
    if (found) return found;
  }
  return new Set(value).size < value.length ? fault("listed_twice") : null;
};

/** @param {Spec} spec @returns {Check} */
const numberCheck = (spec) => (value) => {
  if (typeof value !== "number" || Number.isNaN(value)) return fault("wrong_type");
  if (spec.t === "i" && !Number.isInteger(value)) return fault("wrong_type");
  if (spec.any) return spec.any.includes(value) ? null : fault("not_in_list");
  if (value < /** @type {number} */ (spec.min)) return fault("number_low", { min: spec.min });
  return value > /** @type {number} */ (spec.max) ? fault("number_high", { max: spec.max }) : null;
};

/** @param {(text: string) => boolean} fits @param {string} code @returns {() => Check} */
const textLike = (fits, code) => () => (value) => {
  if (typeof value !== "string") return fault("wrong_type");
  return fits(value) ? null : fault(code);
};

/** @param {(value: unknown) => string|null} error @returns {() => Check} */
const coded = (error) => () => (value) => {
  const code = error(value);
  return code ? aboutDigits(code, /** @type {string} */ (value)) : null;
};

/** @param {Spec} spec @returns {Check} */
function objectCheck(spec) {
  const parts = compileAll(/** @type {Parts} */ (spec.of));
  const { never } = spec;
  return (value) => {
    if (!isObject(value)) return fault("wrong_type");
    for (const [name, part] of Object.entries(value)) {
      if (!Object.hasOwn(parts, name))
        return fault("part_unknown", { part: [...name].slice(0, 40).join("") });
      const found = part === null ? null : parts[name](part);
      if (found) return { ...found, params: { part: name, ...found.params } };
    }
    for (const name of Object.keys(/** @type {Parts} */ (spec.of))) {
      if (/** @type {Parts} */ (spec.of)[name].r && value[name] == null)
        return fault("part_missing", { part: name });
    }
    const banned = never && holds(never.if, value) && never.parts.find((p) => value[p] != null);
    return banned ? fault(never.code, { part: banned }) : null;
  };
}

/** @param {Spec} spec @returns {Check} */
function listCheck(spec) {
  const one = objectCheck(spec);
  return (value) => {
    if (!Array.isArray(value)) return fault("wrong_type");
    if (value.length > /** @type {number} */ (spec.max))
      return fault("list_too_long", { max: spec.max });
    for (const [index, item] of value.entries()) {
      const found = one(item);
      if (found) return { ...found, params: { ...found.params, row: index + 1 } };
    }
    return null;
  };
}

const TIME = /^(.{10})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z$/;
/** @type {Record<string, (spec: Spec) => Check>} */
const factories = {
  s: textCheck,
  e: enumCheck,
  m: severalCheck,
  b: () => (value) => (typeof value === "boolean" ? null : fault("wrong_type")),
  i: numberCheck,
  f: numberCheck,
  d: textLike(isDate, "date_wrong"),
  z: textLike((text) => isDate(TIME.exec(text)?.[1] ?? ""), "time_wrong"),
  o: objectCheck,
  l: listCheck,
  nik: coded(nikError),
  kk: coded(kkError),
};

/** @param {Parts} specs @returns {Record<string, Check>} */
function compileAll(specs) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, factories[spec.t](spec)]),
  );
}

const checks = compileAll(fields);

/**
 * The error of a value for a field; null (not answered) is always right.
 * @param {string} name @param {unknown} value @returns {Fault|null}
 */
export function checkField(name, value) {
  if (!Object.hasOwn(checks, name)) return fault("field_unknown");
  return value == null ? null : checks[name](value);
}

/** @param {string} role @param {"see"|"set"} act @returns {string[]} the fields a role sees or sets */
export function fieldsFor(role, act) {
  return names.filter((name) =>
    groups[fields[name][act] ?? (act === "see" ? "P" : "F")].includes(role),
  );
}

/**
 * The errors of a mutation's `set` by field; empty when all is well.
 * @param {string} role @param {Record<string, unknown>} set @returns {Record<string, Fault[]>}
 */
export function checkSet(role, set) {
  const settable = fieldsFor(role, "set");
  /** @type {Record<string, Fault[]>} */
  const errors = {};
  for (const [name, pair] of Object.entries(set)) {
    const found = checkChange(name, pair, settable);
    if (found) errors[name] = [found];
  }
  return errors;
}

/** @param {string} name @param {unknown} pair @param {string[]} settable */
function checkChange(name, pair, settable) {
  if (!Object.hasOwn(checks, name)) return fault("field_unknown");
  if (!settable.includes(name)) return fault("field_forbidden");
  if (!Array.isArray(pair) || pair.length !== 2) return fault("change_shape");
  return checkField(name, pair[1]);
}

/**
 * The fields still missing before the person can be a calon, in the wire's order.
 * @param {Data} data @param {string} today @returns {string[]}
 */
export function missingForDoor(data, today) {
  const missing = missingFor(data, "dc");
  if (typeof data.birth_date === "string" && data.birth_date > today) missing.push("birth_date");
  if (!missing.includes("consent") && guardianLacks(data, today)) missing.push("consent");
  return missing;
}

/** A consent that a person of 15 to 17 gave without a guardian. @param {Data} data @param {string} today */
export const guardianLacks = (data, today) =>
  isObject(data.consent) &&
  !data.consent.guardian &&
  needsGuardian(data.birth_date, captureDay(data, today));

/** No visit is older than the programme: the agreement of regency and BPJS. */
const BEGAN = "2025-04-10";
const DAY = 86_400_000;

/**
 * The Lampung day of the visit; today where it is not noted, or noted by a clock that was wrong.
 * @param {Data} data @param {string} today @returns {string}
 */
export function captureDay(data, today) {
  const at = data.captured_at;
  if (typeof at !== "string" || checkField("captured_at", at)) return today;
  const day = jakartaDate(at);
  const tomorrow = new Date(Date.parse(today) + DAY).toISOString().slice(0, 10);
  return BEGAN <= day && day <= tomorrow ? day : today;
}

/** @param {Data} data @param {string} today @returns {string[]} what a proposal still needs */
export function missingForProposal(data, today) {
  const missing = [...missingForDoor(data, today), ...missingFor(data, "p")];
  for (const name of ["birth_date", "nik"])
    if (!(/** @type {Record<string, unknown>} */ (data)[name]) && !missing.includes(name))
      missing.unshift(name);
  return missing;
}

/** @param {Data} data @param {string} needs */
const missingFor = (data, needs) =>
  names.filter(
    (name) =>
      fields[name].n &&
      needs.includes(fields[name].n) &&
      lacks(fields[name], /** @type {Record<string, unknown>} */ (data)[name], data),
  );

/** @param {Spec} spec @param {unknown} value @param {Data} data @returns {boolean} */
function lacks(spec, value, data) {
  if (spec.if && !holds(spec.if, data)) return false;
  if (spec.un && holds(spec.un, data)) return false;
  if (spec.bar?.some((bar) => holds(bar, data))) return true;
  if (value == null || value === "" || (Array.isArray(value) && !value.length)) return true;
  if (spec.all) return !spec.all.every((code) => /** @type {string[]} */ (value).includes(code));
  const rows = Array.isArray(value) ? value : [value];
  return !(spec.whole ?? []).every((rule) => rows.every((row) => complete(row, rule)));
}

/** @param {unknown} part @param {Whole} rule @returns {boolean} */
function complete(part, rule) {
  if (!isObject(part)) return false;
  if (rule.if && !holds(rule.if, part)) return true;
  return (
    (rule.need ?? []).every((path) => valueAt(part, path) != null) && holds(rule.is ?? {}, part)
  );
}

/**
 * Errors that need two fields.
 * @param {Data} data @returns {Record<string, Fault>}
 */
export function checkTogether(data) {
  /** @type {Record<string, Fault>} */
  const errors = {};
  if (data.occupation2_code != null && data.occupation2_code === data.occupation_code) {
    errors.occupation2_code = fault("occupation2_same");
  }
  for (const [index, heir] of (Array.isArray(data.heirs) ? data.heirs : []).entries()) {
    if (data.nik != null && heir?.nik === data.nik)
      errors.heirs = fault("heir_nik_same", { row: index + 1, part: "nik" });
  }
  return errors;
}

/** @type {Record<string, (text: string) => string>} */
const shapes = {
  nik: cleanDigits,
  kk: cleanDigits,
  kpj: cleanDigits,
  postal: cleanDigits,
  rt: (text) => /^(?:r[tw][ .:]*)?([0-9]{1,3})$/i.exec(text)?.[1].padStart(3, "0") ?? text,
  phone: normalisePhone,
  email: (text) => text.toLowerCase(),
};

/**
 * A typed value as it is stored; emptied answers become null, unknown fields stay.
 * @overload
 * @param {string} name @param {string} value @returns {string | null}
 */
/**
 * @overload
 * @param {string} name @param {unknown} value @returns {unknown}
 */
/** @param {string} name @param {unknown} value */
export function normaliseField(name, value) {
  return Object.hasOwn(fields, name) ? normalise(fields[name], value) : value;
}

/** @param {Spec} spec @param {unknown} value @returns {unknown} */
function normalise(spec, value) {
  if (typeof value === "string") return normaliseText(spec, value);
  if (spec.t === "l" && Array.isArray(value))
    return value.length ? value.map((row) => normaliseParts(spec, row)) : null;
  return spec.t === "o" ? normaliseParts(spec, value) : (value ?? null);
}

/** @param {Spec} spec @param {unknown} value @returns {unknown} */
function normaliseParts(spec, value) {
  if (!isObject(value)) return value ?? null;
  const clean = Object.entries(value).map(([name, part]) => [
    name,
    Object.hasOwn(/** @type {Parts} */ (spec.of), name)
      ? normalise(/** @type {Parts} */ (spec.of)[name], part)
      : part,
  ]);
  return Object.fromEntries(clean.filter(([, part]) => part != null));
}

/** @param {Spec} spec @param {string} value @returns {string|null} */
function normaliseText(spec, value) {
  let text = value.normalize("NFC");
  if (spec.ml) {
    const lines = text.split(/\r\n|[\r\n\u2028\u2029]/);
    text = lines
      .map((line) => line.replace(BLANKS_IN_LINE, " ").replace(/^ | $/g, ""))
      .join("\n")
      .replace(/^\n+|\n+$/g, "");
  } else {
    text = text.replace(BLANKS, " ").replace(/^ | $/g, "");
  }
  return (shapes[spec.re ?? spec.t]?.(text) ?? text) || null;
}
