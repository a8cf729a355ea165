/** Why somebody does not belong on the list: the reasons to choose from, and what each asks. */
import { nameKey } from "../../../domain/names.js";
import { ASKED, FIELDS_ON_LIST, remainingLines, TOLD } from "../../../domain/village_decisions.js";
import { village } from "../../context.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { ANSWERS, kindOf, lineName, partName, saidBy } from "./answers.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../../parts_of_screens/field_builders.js").Kit} Kit */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").Line} Line */

/** The members that a reason asks for or may tell. @param {string} word @returns {string[]} */
export const membersOf = (word) => [...(ASKED[word] ?? []), ...(TOLD[word] ?? [])];

/** True for a word that can be chosen for this line. @param {ListContent} content @param {Line} line @param {string} word */
export const isChoice = ({ list }, line, word) => ANSWERS[kindOf(list, line)].no.includes(word);

/**
 * The reasons for a line; those that ask nothing decide at once. ``shares``: the head's own phone, whose
 * account may open the line at the desk, where the face is that the person lets be kept.
 * @param {ListContent} content @param {Line} line @param {string[]} seen @param {{shares: boolean}} ctx @param {Words} w
 */
export function reasonsView({ list }, line, seen, { shares }, w) {
  const kind = kindOf(list, line);
  const group = kind === "fund" ? "reason" : "verdict";
  return {
    list: list.id,
    line: line.id,
    seen: seen.join(" "),
    name: lineName(line, w),
    title: w.t(`field.lists.why.${kind}`),
    desk: shares && line.no ? 1 : 0,
    reasons: ANSWERS[kind].no.map((word) => ({
      word,
      label: w.t(`field.lists.${group}.${word}`),
      small: w.t(`field.lists.hint.${word}`),
      asks: membersOf(word).length ? 1 : 0,
    })),
  };
}

/** @param {Kit} kit @param {string} name @param {string} kind of the village @param {Words} w */
function fieldOf(kit, name, kind, w) {
  const key = `field.lists.ask.${name}`;
  if (name === "date")
    return kit.text("date", { key, mode: "numeric", hintKey: "field.lists.hint.date" });
  if (name === "field") {
    const options = FIELDS_ON_LIST.map((value) => ({ value, label: partName(value, kind, w) }));
    return kit.pick("field", options, { key, cols: "wide" });
  }
  return kit.text(name, { key, hintKey: `field.lists.hint.${name}`, caps: "words" });
}

/** Others of the list whose name sounds the same, so that nobody has to look for the number. @param {ListContent} content @param {Line} line @param {Words} w */
function alike({ lines }, { id, name }, w) {
  const key = nameKey(name);
  const same = remainingLines(lines).filter((one) => one.id !== id && nameKey(one.name) === key);
  return key && same.length
    ? w.t("field.lists.alike", { names: same.map((one) => lineName(one, w)).join("; ") })
    : "";
}

/**
 * The questions behind one reason.
 * @param {ListContent} content @param {Line} line @param {string} word
 * @param {{form: Form, errors?: Errors, seen: string}} said @param {Words} w
 */
export function detailView(content, line, word, { form, errors, seen }, w) {
  const { list } = content;
  const kind = kindOf(list, line);
  const { verdict } = saidBy(kind, word);
  const kit = fieldKit(form, errors, w);
  return {
    list: list.id,
    line: line.id,
    word,
    seen,
    name: lineName(line, w),
    alike: word === "ganda" ? alike(content, line, w) : "",
    title: w.t(`field.lists.${verdict === word ? "verdict" : "reason"}.${word}`),
    fields: membersOf(word).map((name) => fieldOf(kit, name, village(list.scope).kind, w)),
  };
}
