/** "Semua di RT ini layak": whom it decides on, and whom it skips. */
import {
  isOpen,
  remainingLines,
  stateOf,
  togetherLines,
} from "../../../domain/village_decisions.js";
import { lineName } from "./answers.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").ListContent} ListContent */

/** Lines of an RT that are decided in one go, and those that are skipped. @param {ListContent} content @param {string | null} hamlet @param {string | null} rt @param {Words} w */
export function togetherView(content, hamlet, rt, w) {
  const { lines, resolved, list } = content;
  const ids = togetherLines(lines, resolved, hamlet, rt);
  const here = remainingLines(lines).filter(
    (line) => (line.hamlet ?? null) === hamlet && (line.rt ?? null) === rt,
  );
  const skipped = here.filter(({ id }) => !ids.includes(id));
  const open = skipped.filter(({ id }) => isOpen(stateOf(resolved, id)));
  const asked = open.filter(({ id }) => stateOf(resolved, id).again);
  const flagged = open.filter((line) => !asked.includes(line));
  return {
    list: list.id,
    lines: ids.join(" "),
    people: here.filter(({ id }) => ids.includes(id)).map((line) => lineName(line, w)),
    yes: w.t("field.lists.together_do", { n: ids.length }),
    decided:
      skipped.length - open.length
        ? w.t("field.lists.skip_decided", { n: skipped.length - open.length })
        : "",
    flagged: flagged.length ? w.t("field.lists.skip_flagged", { n: flagged.length }) : "",
    flagged_people: flagged.map((line) => lineName(line, w)),
    asked: asked.length ? w.t("field.lists.skip_again", { n: asked.length }) : "",
    asked_people: asked.map((line) => lineName(line, w)),
  };
}
