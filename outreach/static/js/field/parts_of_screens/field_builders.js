/**
 * Small builders shared by the view models: what a template needs to draw a field, a mark, a person.
 * Pure: no store, no clock, no network.
 * @typedef {import("../request_types.js").Words} Words
 * @typedef {Record<string, string>} Form  raw answers as typed, one flat object for the whole form
 * @typedef {{code: string, params?: Record<string, unknown>}} Mistake
 * @typedef {Record<string, Mistake[]>} Errors
 * @typedef {{kind?: string, name?: string, fields?: Field[], [key: string]: unknown}} Field as a template draws it
 * @typedef {{value: string, label: string, small?: string}} Option
 */
import { age } from "../../domain/age.js";
import { formatDateTime } from "../../domain/formats.js";
import { mask } from "../../domain/nik.js";

/** Where a line ends that nobody means; shorter limits are rules, which say so and cut nothing. */
const LONGEST = 300;
const MARKS = { here: "", sending: "mark-sending", server: "mark-arrived", fix: "mark-fix" };
const STATES = {
  waiting: "here",
  sending: "sending",
  conflict: "fix",
  held: "fix",
  returned: "fix",
  invalid: "fix",
};

/**
 * The mark of a state: its class and its word. Unknown states count as arrived rows of the server.
 * @param {string|undefined} state @param {Words} w
 */
export function mark(state, w) {
  const kind = /** @type {keyof typeof MARKS} */ (
    STATES[/** @type {keyof typeof STATES} */ (state)] ?? "server"
  );
  return { cls: `mark ${MARKS[kind]}`, word: w.t(`field.state.${kind}`) };
}

/**
 * The word for a code of a list; a code nobody has named yet is shown as it is.
 * @param {string} group @param {unknown} value @param {Words} w
 */
export function label(group, value, w) {
  if (value === null || value === undefined || value === "") return "";
  try {
    return w.t(`label.${group}.${value}`);
  } catch {
    return String(value);
  }
}

/** The word for a field; one nobody has named yet is shown as it is. @param {string} name @param {Words} w */
export function fieldLabel(name, w) {
  try {
    return w.t(`label.${name}`);
  } catch {
    return name;
  }
}

/**
 * Containers opened and closed in one flat list: templates know no recursion.
 * @param {Field[]} fields @returns {Field[]}
 */
export function flat(fields) {
  return fields.flatMap((f) => {
    if (!f.fields) return [f];
    const { fields: inner, ...head } = f;
    return [head, ...flat(inner), { kind: f.kind === "more" ? "endmore" : "end" }];
  });
}

/** "P · 46 th", or "P · ±56 th" by a year alone; either part may be missing. @param {{sex?: string, birth?: string}} row @param {string} today @param {Words} w */
export function who(row, today, w) {
  const parts = [];
  if (row.sex) parts.push(row.sex);
  if (row.birth)
    parts.push(w.t("field.years", { n: (row.birth[4] ? "" : "±") + age(row.birth, today) }));
  return parts.join(" · ");
}

/** The masked NIK, or the words for its absence. @param {string|null|undefined} nik @param {Words} w */
export const nikText = (nik, w) => (nik ? mask(nik) : w.t("field.no_nik"));

/**
 * The name of a form: the person's, else the masked NIK, else when it was begun.
 * @param {Partial<import("../../store/records/record_types.js").DraftData>} data of the draft @param {Words} w
 */
export function draftName({ form = {}, capturedAt }, w) {
  const nik = (form.nik ?? "").replace(/\D/g, "");
  const begun = () => w.t("field.draft_begun", { at: formatDateTime(capturedAt, w.lang) });
  return form.full_name?.trim() || (nik.length === 16 ? `NIK ${mask(nik)}` : begun());
}

/**
 * The sentences of a field's errors joined. @param {Errors|undefined} errors @param {string} name
 * @param {Words} w
 */
export function sentence(errors, name, w) {
  const key = (/** @type {string} */ code) => (code.includes(".") ? code : `error.${code}`);
  return (errors?.[name] ?? []).map((e) => w.t(key(e.code), e.params ?? {})).join(" ");
}

/**
 * @typedef {object} Extra how a field differs from others of its kind
 * @property {string} [key]
 * @property {string} [hintKey]
 * @property {Record<string, unknown>} [hintArgs]
 * @property {string} [smallKey]
 * @property {string} [mode]
 * @property {string} [complete]
 * @property {string} [enter]
 * @property {string} [caps]
 * @property {string} [keypad]
 * @property {string} [live]
 * @property {number} [max]
 * @property {boolean} [several]
 * @property {string} [cols]
 * @property {boolean | number} [bare]
 * @property {string} [yes]
 * @property {string} [no]
 * @property {string} [button]
 * @property {boolean} [face]
 */
/** @typedef {ReturnType<typeof fieldKit>} Kit */

/**
 * Builders of fields bound to one form's answers, errors and words.
 * @param {Form} form @param {Errors|undefined} errors @param {Words} w
 */
export function fieldKit(form, errors, w) {
  const common = (/** @type {string} */ name, /** @type {Extra} */ extra) => ({
    name,
    id: `f-${name}`,
    value: form[name] ?? "",
    error: sentence(errors, name, w),
    label: w.t(extra.key ?? `field.ask.${name}`),
    hint: extra.hintKey ? w.t(extra.hintKey, extra.hintArgs) : "",
    small: extra.smallKey ? w.t(extra.smallKey) : "",
    testid: name,
  });
  const choices = (/** @type {string} */ name, /** @type {Option[]} */ options) =>
    options.map((o) => ({
      small: "",
      ...o,
      id: `f-${name}-${o.value}`.replace(/[^\w-]/g, "_"),
      on: String(form[name] ?? "")
        .split(",")
        .includes(o.value),
    }));
  return {
    /** One line of text. @param {string} name @param {Extra} extra */
    text: (name, extra = {}) => ({
      ...common(name, extra),
      kind: "text",
      cls: extra.mode && extra.mode !== "text" ? "in num" : "in",
      mode: extra.mode ?? "text",
      max: LONGEST,
      complete: extra.complete ?? "off",
      enter: extra.enter ?? "next",
      caps: extra.caps ?? "off",
      keypad: extra.keypad ?? "",
      live: extra.live ?? "",
    }),
    /** Several lines. @param {string} name @param {Extra} extra */
    area: (name, extra = {}) => ({ ...common(name, extra), kind: "area", max: 2000 }),
    /** One of several big buttons. @param {string} name @param {Option[]} options @param {Extra} extra */
    pick: (name, options, extra = {}) => ({
      ...common(name, extra),
      kind: "pick",
      type: extra.several ? "checkbox" : "radio",
      cols: extra.cols ?? "",
      bare: extra.bare ? 1 : 0,
      live: extra.live ?? "",
      options: choices(name, options),
      on: Boolean(form[name]),
    }),
    /** Ya or Tidak, unset until answered. @param {string} name @param {Extra} extra */
    yesNo(name, extra = {}) {
      const options = [
        { value: "ya", label: w.t(extra.yes ?? "kit.yes") },
        { value: "tidak", label: w.t(extra.no ?? "kit.no") },
      ];
      return this.pick(name, options, { cols: "duo", ...extra });
    },
    /** A list of enum values as buttons. @param {string} name @param {string} field @param {string[]} values @param {Extra} extra */
    labels(name, field, values, extra = {}) {
      const options = values.map((value) => ({ value, label: w.t(`label.${field}.${value}`) }));
      return this.pick(name, options, { cols: "wide", key: `label.${field}`, ...extra });
    },
    /** A picture kept with the draft. @param {string} name @param {Extra} extra */
    photo: (name, extra = {}) => ({
      ...common(name, extra),
      kind: "photo",
      button: w.t(extra.button ?? "field.photo.take"),
      face: extra.face ? "user" : "environment",
    }),
    /** Fields that one of these answers (words of ``values``) opens. @param {string} name @param {string} values @param {Field[]} fields */
    when: (name, values, fields) => ({
      kind: "when",
      name,
      value: values,
      on: values.split(" ").includes(form[name] ?? ""),
      fields,
    }),
    /** Fields behind a line that opens. @param {string} key @param {Field[]} fields @param {boolean} open */
    more: (key, fields, open = false) => ({ kind: "more", label: w.t(key), fields, open }),
    /** A button that changes what the screen asks. @param {string} value @param {string} key */
    step: (value, key) => ({ kind: "step", value, label: w.t(key) }),
    /** A sentence. @param {string} text @param {string} tone */
    note: (text, tone = "") => ({ kind: "note", text, cls: `note ${tone}` }),
  };
}
