/** Screens of signing: what blocks it, the minutes, who signs, and the last look before it. */
import { blocks } from "../../../domain/list_document.js";
import { METHODS, GLASS, OWN_RIGHT, THUMB } from "../../../domain/list_signers.js";
import { formatDate, formatDateTime, formatNumber } from "../../../domain/formats.js";
import { sheetsOnce } from "../../../domain/paper_entry.js";
import { counts } from "../../../domain/village_decisions.js";
import { readDate } from "../form/form_read.js";
import { fieldKit, flat } from "../../parts_of_screens/field_builders.js";
import { sumRows } from "../list_check/about_view.js";
import { listName } from "../list_check/answers.js";
import { heardWords } from "../list_check/heard_words.js";
import { shortWords } from "../list_check/version_words.js";
import { HEAD, isAsked, knownLetter, rolesOf, signersIn } from "./minutes_form.js";
import { obstaclesOf, presentHolders, unheardOf } from "./obstacles.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../../parts_of_screens/field_builders.js").Kit} Kit */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").SignedVersion} SignedVersion */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {{user: string, freshAt?: number}} Here who works here, and when other phones were last heard of */

/** Where what blocks signing is put right. @type {Record<string, "list" | "meeting">} */
const WAYS = { meeting: "meeting", clash: "list", undecided: "list" };

/** Names that differ between a pekon and a kelurahan. @param {string} key @param {string} kind @param {Words} w */
export const ofKind = (key, kind, w) =>
  w.t(`${key}.${kind === "kelurahan" ? "kelurahan" : "pekon"}`);

/** What a place among the signers is called. @param {string} role @param {string} kind of the village @param {Words} w */
export const roleName = (role, kind, w) =>
  ["head", "secretary"].includes(role)
    ? ofKind(`field.minutes.role.${role}`, kind, w)
    : w.t(`field.minutes.role.${role}`);

/**
 * The way into signing. @param {ListContent} content @param {ListScreen} ctx @param {Here} here
 * @param {SignedVersion | undefined} same a version of this very list @param {Words} w
 */
export function signView(content, ctx, here, same, w) {
  const { list, lines, resolved } = content;
  const obstacles = obstaclesOf(content, ctx.today);
  const sums = counts(lines, resolved);
  const { freshAt } = here;
  const unheard = unheardOf(content, ctx.today, here.user);
  return {
    list: list.id,
    name: listName(list, w),
    place: ctx.place,
    obstacles: obstacles.map(({ code, n }) => ({
      code,
      text: w.t(`field.minutes.stop.${code}`, { n: formatNumber(n, w.lang) }),
      way: WAYS[code] ?? "",
      go: WAYS[code] ? w.t(`field.minutes.way.${code}`) : "",
    })),
    forum: list.forum ? w.t(`field.lists.forum.${list.forum}`) : "",
    sums: sumRows(sums, w),
    together: sums.together ? w.t("field.minutes.together", { n: sums.together }) : "",
    paper: paperWords(content, w),
    unheard: unheard.map(({ name, title }) => w.t("field.minutes.unheard", { name, title })),
    by_file: heardWords(content, w),
    shares: ctx.shares ? 1 : 0,
    heard: freshAt
      ? w.t("field.minutes.heard", { at: formatDateTime(freshAt, w.lang) })
      : w.t("field.minutes.heard_never"),
    same: same ? { id: same.id, text: shortWords(same, w) } : "",
    ready: obstacles.length || same ? 0 : 1,
  };
}

/** How many names were entered from paper, or nothing. @param {ListContent} content @param {Words} w */
function paperWords({ resolved, decisions }, w) {
  const n = Object.values(resolved).filter(({ how, verdict }) => verdict && how === "paper").length;
  const from = n ? w.t("field.minutes.from_paper", { n }) : "";
  return [from, onceWords(onceOf(decisions), w)].filter(Boolean).join(" ");
}

/** How many sheets were entered a single time. @param {ListContent["decisions"]} decisions */
export const onceOf = (decisions) => sheetsOnce([...decisions.values()].map(({ paper }) => paper));

/** "1 lembar kertas dientri satu kali", or nothing. @param {number | undefined} n @param {Words} w */
export const onceWords = (n, w) => (n ? w.t("field.minutes.once", { n }) : "");

/** @param {ListContent["list"]} list @param {Form} form @param {Errors | undefined} errors @param {Words} w */
function meetingFields({ forum }, form, errors, w) {
  const kit = fieldKit(form, errors, w);
  const text = (/** @type {string} */ name, more = {}) =>
    kit.text(name, {
      key: `field.minutes.ask.${name}`,
      hintKey: `field.minutes.hint.${name}`,
      ...more,
    });
  const date = text("date", { mode: "numeric" });
  if (!forum) return [date];
  return [
    text("letter_no", { caps: "characters" }),
    date,
    text("place", { caps: "words" }),
    text("present", { mode: "numeric" }),
    {
      ...kit.photo("attendance", {
        key: "field.minutes.ask.attendance",
        hintKey: "field.minutes.hint.attendance",
        button: "field.photo.evidence",
      }),
      sheet: 1,
    },
  ];
}

/** @param {Kit} kit @param {string} role @param {Words} w */
function methodFields(kit, role, w) {
  const method = `${role}_method`;
  const options = METHODS.map((value) => ({ value, label: w.t(`field.minutes.method.${value}`) }));
  return [
    kit.pick(method, options, { cols: "wide", key: "field.minutes.ask.method" }),
    kit.when(method, THUMB, [
      kit.text(`${role}_witness`, { key: "field.minutes.ask.witness", caps: "words" }),
    ]),
  ];
}

/** @param {Kit} kit @param {ListContent} content @param {{today: string, user: string}} ctx */
function headFields(kit, { holders }, { today, user }) {
  const present = presentHolders(holders, today, user);
  const options = present.map(({ id, name, title }) => ({ value: id, label: name, small: title }));
  const asked = present.filter((holder) => holder.capacity !== OWN_RIGHT && !knownLetter(holder));
  const delegation = kit.text("head_delegation", {
    key: "field.minutes.ask.delegation",
    hintKey: "field.minutes.hint.delegation",
    caps: "characters",
  });
  return [
    kit.pick("head_term", options, { cols: "wide", key: "field.minutes.ask.term" }),
    ...(asked.length
      ? [kit.when("head_term", asked.map(({ id }) => id).join(" "), [delegation])]
      : []),
  ];
}

/** @param {ListContent} content @param {Form} form @param {Errors | undefined} errors @param {ListScreen & {user: string}} ctx @param {Words} w */
function signerFields(content, form, errors, ctx, w) {
  const kit = fieldKit(form, errors, w);
  return rolesOf(content.list).flatMap((role) => {
    const asked = isAsked(content.list, role);
    const name = kit.text(`${role}_name`, {
      key: "field.minutes.ask.name",
      hintKey: asked ? undefined : "field.minutes.hint.optional",
      caps: "words",
    });
    const who = role === HEAD ? headFields(kit, content, ctx) : [name];
    return [
      { kind: "title", text: roleName(role, ctx.kind, w) },
      ...who,
      ...methodFields(kit, role, w),
    ];
  });
}

/**
 * One of the form's screens. @param {"meeting" | "who"} step @param {ListContent} content
 * @param {Form} form @param {Errors | undefined} errors @param {ListScreen & {user: string}} ctx @param {Words} w
 */
export function stepView(step, content, form, errors, ctx, w) {
  const { list } = content;
  const fields =
    step === "meeting"
      ? meetingFields(list, form, errors, w)
      : signerFields(content, form, errors, ctx, w);
  return {
    list: list.id,
    draft: `sign/${list.id}`,
    user: ctx.user,
    step,
    before: step === "who" ? "meeting" : "",
    heading: w.t(`field.minutes.step.${step}`),
    name: listName(list, w),
    errors: errors ? w.t("field.mend") : "",
    fields: flat(fields),
  };
}

/**
 * The last look: what is signed, its hash, and where each signs.
 * @param {ListContent} content @param {Form} form @param {string} hash
 * @param {{errors?: Errors, said?: string}} wrong @param {ListScreen & {user: string}} ctx @param {Words} w
 */
export function lastLookView(content, form, hash, { errors, said = "" }, ctx, w) {
  const { list, lines, resolved } = content;
  const kit = fieldKit(form, errors, w);
  const signers = signersIn(content, form);
  const pens = signers.filter(({ method }) => method === GLASS);
  const sums = counts(lines, resolved);
  return {
    list: list.id,
    draft: `sign/${list.id}`,
    user: ctx.user,
    name: listName(list, w),
    place: ctx.place,
    hash,
    blocks: blocks(hash),
    said,
    once: onceWords(onceOf(content.decisions), w),
    sums: sumRows(sums, w),
    facts: minutesFacts(minutesOf(content, form), w),
    pens: pens.map(({ role, name }) => ({
      ...kit.text(`${role}_strokes`, { key: "field.minutes.ask.pen" }),
      kind: "pen",
      label: `${name} · ${roleName(role, ctx.kind, w)}`,
    })),
    others: signers
      .filter(({ method }) => method !== GLASS)
      .map((signer) => signerWords(signer, ctx.kind, w)),
    own: isSignedBy(content, form, ctx.user) ? 1 : 0,
  };
}

/** True where this phone's own user is who signs for the office. @param {ListContent} content @param {Form} form @param {string} user */
const isSignedBy = ({ holders }, { head_term }, user) =>
  holders.some(({ id, user_id }) => id === head_term && user_id === user);

/** @param {ListContent} content @param {Form} form */
const minutesOf = ({ list }, form) => ({
  kind: list.forum,
  letter_no: form.letter_no,
  date: readDate(form.date) ?? "",
  place: form.place,
  present: Number(form.present) || null,
});

/** "Cap jempol di kertas: NAMA · Warga (saksi: NAMA)". @param {import("../list_check/list_types.js").Signer} signer @param {string} kind @param {Words} w */
export function signerWords({ role, name, title, method, witness, delegation }, kind, w) {
  return [
    `${name} · ${title || roleName(role, kind, w)}`,
    delegation ? w.t("field.minutes.by_letter", { letter: delegation }) : "",
    w.t(`field.minutes.method.${method}`),
    witness ? w.t("field.minutes.witnessed", { name: witness }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {{kind?: string | null, letter_no?: string | null, date: string, place?: string | null, present?: number | null}} minutes @param {Words} w */
export function minutesFacts({ kind, letter_no, date, place, present }, w) {
  const fact = (/** @type {string} */ key, /** @type {string} */ value) => ({
    label: w.t(`field.minutes.fact.${key}`),
    value,
    cls: "",
  });
  return [
    ...(kind ? [fact("kind", w.t(`field.lists.forum.${kind}`))] : []),
    ...(letter_no ? [fact("letter_no", letter_no)] : []),
    fact("date", formatDate(date, w.lang)),
    ...(place ? [fact("place", place)] : []),
    ...(present ? [fact("present", formatNumber(present, w.lang))] : []),
  ];
}
