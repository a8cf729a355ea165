/**
 * Lines that touch whoever decides on them or signs, or the own household: shown before the pen is
 * taken (docs/decisions/087). What the server keeps and this phone does not, it cannot tell.
 */
import { jakartaDate } from "../../../domain/age.js";
import { houseOf } from "../../../domain/households.js";
import { deciderOf, ownRecords, personOf, tie, TIES } from "../../../domain/self_decisions.js";
import { remainingLines, stateOf, UNDONE } from "../../../domain/village_decisions.js";
import { tableRows } from "../../../store/books/feature_rows.js";
import { lineName } from "../list_check/answers.js";
import { presentHolders } from "./obstacles.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../../../domain/self_decisions.js").Person} Person */
/** @typedef {{who: string, phone?: string | null}} Named */

/** Whoever works here, by the own account. @param {Open} q @returns {Named} */
const ownName = ({ profile: { user } }) => ({ who: user?.name ?? "", phone: user?.phone });

/**
 * Everybody through whom a decision went: its author, and who held the office for which it was said.
 * @param {Open} q @param {ListContent} content @param {string} id of the decision @returns {Named[]}
 */
function decidersOf(q, { decisions, holders }, id) {
  const said = decisions.get(id);
  if (!said || said.verdict === UNDONE) return [];
  const author = said.mine ? ownName(q) : { who: said.author_name ?? "" };
  const lent = said.on_behalf || (said.here && q.profile.role !== "head");
  const held = lent ? presentHolders(holders, jakartaDate(said.at ?? 0)) : [];
  return [author, ...held.map(({ name }) => ({ who: name }))];
}

/** People of the village as this phone has them, by id: none where it holds a list alone. @param {Open} q @param {ListContent} content */
async function peopleOf({ store }, { list }) {
  const rows = await tableRows(store.state, list.scope, "worker");
  return new Map(
    rows.map(({ id, data }) => [id, personOf({ ...data, household_id: houseOf(id, data) })]),
  );
}

/** What ties somebody to a person; the own records are looked for once. @param {Person[]} known */
function tiesTo(known) {
  /** @type {Map<string, Person[]>} */
  const records = new Map();
  return (/** @type {Named} */ { who, phone }, /** @type {Person} */ person) => {
    const decider = deciderOf([who], [phone]);
    const own = records.get(who) ?? ownRecords(decider, known);
    records.set(who, own);
    return tie(decider, person, own);
  };
}

/**
 * The lines to look at, in words; `signers` are those who will stand under the list.
 * @param {Open} q @param {ListContent} content @param {string[]} signers
 */
export async function selfMarks(q, content, signers) {
  const people = await peopleOf(q, content);
  const tiesOf = tiesTo([...people.values()]);
  const me = ownName(q);
  const signing = signers.map((who) => (who === me.who ? me : { who }));
  return remainingLines(content.lines).flatMap((line) => {
    const person = people.get(String(line.worker)) ?? personOf({ full_name: line.name });
    const { heads } = stateOf(content.resolved, line.id);
    const deciders = [...heads.flatMap((id) => decidersOf(q, content, id)), ...signing];
    const ties = deciders.map((one) => tiesOf(one, person));
    const by = TIES.find((one) => ties.includes(one));
    if (!by) return [];
    const { who } = deciders[ties.indexOf(by)];
    return `${lineName(line, q.w)} · ${q.t(`field.minutes.self.${by}`)} · ${who}`;
  });
}
