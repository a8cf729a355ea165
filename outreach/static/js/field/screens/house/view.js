/** View models of a house: its people with what is asked about each, and who may join them. */
import { fieldKit, flat, label, who } from "../../parts_of_screens/field_builders.js";
import { hamletName, person } from "../../parts_of_screens/people_rows.js";
import { ASKS, rowView } from "../visits/view.js";
import { OUTCOMES } from "../visits/visits_read.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../../store/store.js").WorkerView} WorkerView */
/** @typedef {import("../../../store/replica/lists.js").Hit} Hit */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../../parts_of_screens/people_rows.js").RowsContext} RowsContext */
/** @typedef {import("../visits/view.js").VisitContext} VisitContext */
/** @typedef {import("../visits/visits_read.js").Door} Door */
/** @typedef {{form: Form, errors?: Errors}} Told */
/**
 * @typedef {object} HouseFacts
 * @property {WorkerView} worker of whose page this is
 * @property {Door[]} doors
 * @property {string[]} asked who is to be seen still
 * @property {Door[]} mine what this officer said today
 * @property {{moved: WorkerView | null, n: number}} did
 * @property {boolean} can
 */

/** What came of the visit to one person: a list, and what an answer asks besides. @param {string} id @param {string} name @param {Told} told @param {Words} w */
function questions(id, name, { form, errors }, w) {
  const k = fieldKit(form, errors, w);
  const options = OUTCOMES.map((value) => ({ value, label: w.t(`field.visits.outcome.${value}`) }));
  const said = `said_${id}`;
  const asks = /** @type {Record<string, string[]>} */ (ASKS)[form[said]] ?? [];
  const field = { ...k.pick(said, options, { key: "field.visits.what" }), kind: "choose" };
  return [
    { ...field, label: w.t("field.house.said", { name }), empty: w.t("field.house.not_said") },
    ...asks.map((one) =>
      k.text(`${one}_${id}`, {
        key: `field.visits.ask.${one}`,
        ...(one === "kpj" || one === "date" ? { mode: "numeric" } : { caps: "words" }),
        hintKey: `field.visits.hint.${one}`,
      }),
    ),
  ];
}

/** @param {Door} door @param {HouseFacts} facts @param {Told} told @param {VisitContext} ctx @param {Words} w */
function rowOf(door, { asked }, told, ctx, w) {
  const { row } = door;
  const view = rowView(door, ctx, w);
  const listed = row.status === "usulan";
  const status = label("status", row.status, w);
  return {
    ...view,
    status,
    why: view.why === status ? "" : view.why,
    // That a record waits on this phone is told by its mark.
    last: door.saved ? "" : view.last,
    visit: listed || asked.includes(row.id) ? 1 : 0,
    fields: asked.includes(row.id) ? flat(questions(row.id, view.name, told, w)) : [],
  };
}

/** What the last tap did to whom. @param {HouseFacts} facts @param {Words} w */
function movedView({ did: { moved }, doors }, w) {
  if (!moved) return "";
  const here = doors.some(({ row }) => row.id === moved.id);
  const name = moved.data.full_name || w.t("field.no_name");
  return { id: moved.id, text: w.t(here ? "field.house.joined" : "field.house.left", { name }) };
}

/** @param {HouseFacts} facts @param {Told} told @param {VisitContext} ctx @param {Words} w */
export function houseView(facts, told, ctx, w) {
  const { worker, doors, asked, did, mine, can } = facts;
  const { name, kind } = ctx.village(worker.scope);
  const rows = doors.map((door) => rowOf(door, facts, told, ctx, w));
  const faults = told.errors?._ ?? (told.errors ? [{ code: "field.mend" }] : []);
  return {
    id: worker.id,
    village: worker.scope,
    place: [hamletName(worker.data, kind, w), name].join(", "),
    count: rows.length > 1 ? w.t("field.people", { n: rows.length }) : w.t("field.house.alone"),
    rows,
    asked: asked.length ? 1 : 0,
    errors: faults.map(({ code }) => w.t(code)).join(" "),
    moved: movedView(facts, w),
    kept: did.n ? w.t("field.house.kept", { n: did.n }) : "",
    unsaid: mine.length ? 1 : 0,
    can: can && !worker.partial ? 1 : 0,
    leaves: rows.length > 1 ? 1 : 0,
    partial: worker.partial ? w.t("field.partial") : "",
  };
}

/** @param {WorkerView} worker @param {Hit[]} rows @param {RowsContext} ctx @param {Words} w */
export const foundView = (worker, rows, ctx, w) => ({
  id: worker.id,
  found: rows.map((row) => ({
    ...person(row, ctx, w),
    who: [who(row, ctx.today, w), hamletName(row, ctx.village?.kind, w)]
      .filter(Boolean)
      .join(" · "),
  })),
});
