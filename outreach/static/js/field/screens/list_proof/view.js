/** The screen that asks for a code or two blocks of a paper, and says what the paper is. */
import { formatDateTime } from "../../../domain/formats.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { listName } from "../list_check/answers.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../../../domain/paper_proof.js").Verdict<import("./papers.js").KnownPaper>} Found */
/** @typedef {{asked: number[], form?: Record<string, string>, wrong?: boolean, found?: Found}} Answer */

const TONES = { same: "note note-ok", older: "note note-warn", different: "note note-stop" };

/** @param {Found | undefined} found @param {Words} w */
function foundView(found, w) {
  if (!found) return "";
  const { word, of, newest } = found;
  const now = newest && newest !== of ? w.t("field.proof.now", { paper: newest.words }) : "";
  return {
    cls: TONES[word],
    text: w.t(`field.proof.${word}`),
    says: [of?.words ?? "", now].filter(Boolean),
    version: (newest ?? of)?.version ?? "",
  };
}

/** @param {ListContent} content @param {Answer & {place: string, freshAt?: number}} answer @param {Words} w */
export function proofView({ list }, { asked, form = {}, wrong, found, place, freshAt }, w) {
  const kit = fieldKit(form, undefined, w);
  return {
    list: list.id,
    name: listName(list, w),
    place,
    asked: asked.join(","),
    wrong: wrong ? w.t("field.proof.wrong") : "",
    found: foundView(found, w),
    fresh: freshAt ? w.t("field.minutes.heard", { at: formatDateTime(freshAt, w.lang) }) : "",
    fields: asked.map((n, i) => ({
      ...kit.text(`block_${n}`, {
        key: "field.proof.block",
        max: 6,
        caps: "none",
        enter: i ? "done" : "next",
      }),
      label: w.t("field.proof.block", { n }),
    })),
  };
}
