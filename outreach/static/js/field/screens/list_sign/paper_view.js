/** What is printed of a signed version: the minutes, or the copy for those who were present. */
import { blocks } from "../../../domain/list_document.js";
import { GLASS } from "../../../domain/list_signers.js";
import { formatDate } from "../../../domain/formats.js";
import { hamletName } from "../../parts_of_screens/people_rows.js";
import { sumRows } from "../list_check/about_view.js";
import { answerWords, listName } from "../list_check/answers.js";
import { HEAD } from "./minutes_form.js";
import { minutesFacts, ofKind, onceWords, roleName } from "./sign_view.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").SignedVersion} SignedVersion */
/** @typedef {import("../list_check/list_types.js").Signer} Signer */
/** @typedef {import("../../../domain/list_document.js").ListDocument} ListDocument */
/** @typedef {import("../../../domain/list_document.js").Item} Item */
/** @typedef {{place: string, above: string, kind: string, size: string, copy: boolean}} Paper */
/** @typedef {{pen: string, box: string}} Ink */

export const SIZES = ["a4", "f4"];
/** What stands on the copy: those who belong on the list. */
const BELONG = ["layak", "masih_ada"];

/** @param {Item} item @param {ListContent} content @param {Paper} paper @param {Words} w */
function rowOf(item, content, { kind }, w) {
  const text = (/** @type {string} */ member) => String(item[member] ?? "");
  const answer = { verdict: text("verdict"), reason: text("reason") || null };
  const said = item.gone ? w.t("field.lists.about.gone") : answerWords(answer, content, w);
  return {
    no: text("no"),
    name: text("name") || w.t("field.no_name"),
    hamlet: hamletName({ pemangku: text("hamlet"), rt: text("rt") }, kind, w),
    said,
  };
}

/** The number of a civil servant who signed for the office; others have none. @param {Signer} signer @param {ListContent} content */
const nipOf = ({ role, name, title }, { holders }) =>
  (role === HEAD && holders.find((one) => one.name === name && one.title === title)?.nip) || "";

/** @param {Signer} signer @param {Ink | undefined} ink @param {string} kind @param {Words} w */
const signerBox = ({ role, name, title, method, delegation, witness }, ink, kind, w) => ({
  name,
  title: title || roleName(role, kind, w),
  letter: delegation ? w.t("field.minutes.by_letter", { letter: delegation }) : "",
  witness: witness ? w.t("field.minutes.witnessed", { name: witness }) : "",
  how: method === GLASS ? w.t("field.minutes.on_glass") : "",
  pen: ink?.pen ?? "",
  box: ink?.box ?? "",
});

/**
 * @param {SignedVersion} version @param {ListDocument} document what it signed @param {ListContent} content
 * @param {Map<string, Ink>} inks by signer's role @param {Paper} paper @param {Words} w
 */
export function paperView(version, document, content, inks, paper, w) {
  const { copy, kind, size } = paper;
  const shown = document.items.filter(
    ({ verdict, gone }) => !copy || (!gone && BELONG.includes(String(verdict))),
  );
  const n = version.n
    ? w.t("field.minutes.number", { n: version.n })
    : w.t("field.minutes.no_number");
  return {
    list: content.list.id,
    version: version.id,
    what: copy ? "copy" : "paper",
    size,
    other: size === "a4" ? "f4" : "a4",
    other_words: w.t(`field.minutes.size.${size === "a4" ? "f4" : "a4"}`),
    cls: `paper is-${size}`,
    copy: copy ? 1 : 0,
    title: w.t(copy ? "field.minutes.copy_title" : "field.minutes.paper_title"),
    name: listName(content.list, w),
    place: `${ofKind("field.minutes.village", kind, w)} ${paper.place}, ${paper.above}`,
    number: n,
    facts: minutesFacts(version, w),
    sums: sumRows(version.counts, w),
    together: version.counts.together
      ? w.t("field.minutes.together", { n: version.counts.together })
      : "",
    once: onceWords(version.counts.once, w),
    hamlet: ofKind("field.minutes.col.hamlet", kind, w),
    rows: shown.map((item) => rowOf(item, content, paper, w)),
    signed: `${version.place || paper.place}, ${formatDate(version.date, w.lang)}`,
    signers: version.signers.map((signer) => ({
      ...signerBox(signer, inks.get(signer.role), kind, w),
      nip: nipOf(signer, content),
    })),
    blocks: blocks(version.hash),
  };
}
