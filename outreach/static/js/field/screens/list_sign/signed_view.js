/** A signed version on the phone: how it stands, its hash, and what may be added to it. */
import { blocks } from "../../../domain/list_document.js";
import { counts as countsOf } from "../../../domain/village_decisions.js";
import { sumRows } from "../list_check/about_view.js";
import { listName } from "../list_check/answers.js";
import { addingWords, stateWords, toneOf } from "../list_check/version_words.js";
import { isHolder } from "./obstacles.js";
import { minutesFacts, onceWords, signerWords } from "./sign_view.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").SignedVersion} SignedVersion */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */

export const PHOTOS = /** @type {const} */ (["stamped", "attendance"]);
/** States in which the server does not know the list itself yet. */
const NOT_THERE = ["own", "kept", "waits"];
/** What a photo may still be added to. */
const OPEN = ["own", "kept", "waits", "held", "paper", "counts"];

/**
 * True for who holds the office and may say that a version, signed on another's phone, is theirs.
 * @param {SignedVersion} version @param {ListContent} content @param {{today: string, user: string, role: string}} ctx
 */
export const mayConfirm = (version, content, ctx) =>
  ctx.role === "head" &&
  version.state === "paper" &&
  !version.mine &&
  !version.confirmed_at &&
  !version.adding.includes("confirmed") &&
  isHolder(content, ctx);

/**
 * True where a photo is of use: of the stamped sheet, or of a meeting's attendance sheet.
 * @param {SignedVersion} version @param {"stamped" | "attendance"} what @param {Pick<ListScreen, "works">} ctx
 */
export const mayAdd = ({ state, kind }, what, { works }) =>
  works && OPEN.includes(state) && (what === "stamped" || Boolean(kind));

/** @param {SignedVersion} version @param {ListContent} content */
const isNewest = ({ id, state }, { versions }) => versions[0]?.id === id && OPEN.includes(state);

/**
 * @param {SignedVersion} version @param {ListContent} content @param {boolean} printable the list it signed is here
 * @param {ListScreen & {user: string, role: string}} ctx @param {Words} w
 */
export function signedView(version, content, printable, ctx, w) {
  const { n, via, hash, signers, counts } = version;
  const elsewhere = via ? via === "officer_phone" : ctx.role !== "head";
  const clashes = isNewest(version, content)
    ? countsOf(content.lines, content.resolved).clashes
    : 0;
  const later = elsewhere && NOT_THERE.includes(version.state);
  return {
    list: content.list.id,
    version: version.id,
    name: listName(content.list, w),
    place: ctx.place,
    number: n ? w.t("field.minutes.number", { n }) : w.t("field.minutes.no_number"),
    cls: toneOf(version),
    said: stateWords(version, w),
    clashes: clashes ? w.t("field.minutes.clashes", { n: clashes }) : "",
    adding: addingWords(version, w),
    later: later ? w.t("field.minutes.officer_phone") : "",
    blocks: blocks(hash),
    facts: minutesFacts(version, w),
    signers: signers.map((signer) => signerWords(signer, ctx.kind, w)),
    sums: sumRows(counts, w),
    once: onceWords(counts.once, w),
    confirms: mayConfirm(version, content, ctx) ? 1 : 0,
    photos: PHOTOS.filter((what) => mayAdd(version, what, ctx)).map((what) => ({
      what,
      label: w.t(`field.minutes.photo.${what}`),
    })),
    prints: printable ? 1 : 0,
  };
}
