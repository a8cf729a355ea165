/** What of a line is not as it was signed, and what was decided of it before: in words. */
import { asksAgain, UNDONE } from "../../../domain/village_decisions.js";
import { formatDate } from "../../../domain/formats.js";
import { village } from "../../context.js";
import { occupationName } from "../../parts_of_screens/people_rows.js";
import { answerWords, lineName, listName, partName } from "./answers.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").VillageList} VillageList */
/** @typedef {import("./list_types.js").SignedLine} SignedLine */
/** @typedef {import("./list_types.js").Resolution} Resolution */
/** @typedef {import("../../context.js").Occupation} Occupation */

/** Members in the order in which a list shows them. */
const MEMBERS = /** @type {const} */ ([
  "name",
  "sex",
  "birth_year",
  "hamlet",
  "rt",
  "occupation",
  "nik",
]);

/** @param {string} name @param {unknown} value @param {Occupation[]} occupations @param {Words} w */
function shown(name, value, occupations, w) {
  if (!value) return w.t("kit.none");
  return name === "occupation" ? occupationName(occupations, String(value), w) : String(value);
}

/**
 * "Berubah sejak ditandatangani 22 November 2026: Nama SITI → SITI AMINAH", or nothing.
 * @param {SignedLine} line @param {VillageList} list @param {Occupation[]} occupations @param {Words} w
 */
export function changedWords(line, list, occupations, w) {
  if (!line.changed) return "";
  const { was, day } = line.changed;
  const { kind } = village(list.scope);
  const parts = MEMBERS.filter((name) => name in was).map((name) => {
    const label =
      name === "hamlet" ? partName("pemangku", kind, w) : w.t(`field.lists.changed.${name}`);
    return `${label} ${shown(name, was[name], occupations, w)} → ${shown(name, line[name], occupations, w)}`;
  });
  if ("nik_no" in was) parts.push(w.t("field.lists.changed.nik_no"));
  return w.t("field.lists.changed", { day: formatDate(day, w.lang), what: parts.join("; ") });
}

/** On which other lists the same person was signed, before two records became one. @param {SignedLine} line @param {Words} w */
export const joinedWords = ({ joined = [] }, w) =>
  joined.map((one) =>
    w.t("field.lists.joined", { whom: lineName(one, w), list: listName(one, w) }),
  );

/** What was decided of a line that is asked again since its record changed. @param {Resolution} state @param {ListContent} content @param {Words} w */
export function earlierWords({ verdict, clash, heads }, content, w) {
  if (verdict || clash) return "";
  const { decisions } = content;
  const known = (/** @type {string[]} */ ids) => ids.flatMap((id) => decisions.get(id) ?? []);
  const asked = known(heads).filter(asksAgain);
  const before = asked.flatMap(({ over = [] }) => known(over));
  const said = [...before, ...(asked.length ? known(heads) : [])]
    .filter((decision) => decision.verdict !== UNDONE)
    .map((decision) => answerWords(decision, content, w));
  return said.length
    ? w.t("field.lists.earlier", { said: [...new Set(said)].sort().join(" / ") })
    : "";
}
