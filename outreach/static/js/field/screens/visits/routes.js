/** Whom to see today, the door with what came of it, another day, and the way to the form. */
import { addLink } from "../../parts_of_screens/feature_links.js";
import { nameSaves } from "../../parts_of_screens/other_saves.js";
import { canAdd, ownVillages, references, today, village } from "../../context.js";
import { houseAround } from "../../../store/books/houses.js";
import { isDate } from "../../../domain/rules.js";
import { route } from "../../router.js";
import { readDate } from "../form/form_read.js";
import { beginVisit } from "../form/edit_routes.js";
import { lacks } from "../revisit/routes.js";
import { openRecords } from "./open_records.js";
import {
  ASKS,
  dayView,
  doorView,
  outcomeScreen,
  PAGE,
  partIn,
  shownDoors,
  visitsView,
} from "./view.js";
import { allDoors, dayOf, oneDoor, OUTCOMES, partOf, VISIT } from "./visits_read.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("./visits_read.js").Door} Door */
/** @typedef {import("./visits_read.js").Outcome} Outcome */

nameSaves(VISIT, "field.visits.save");

/** Visits are an officer's work. @param {Open} q */
export const isOfficer = (q) => q.profile.role === "officer";
/** @param {Open} q */
const doorsOf = async (q) => (isOfficer(q) ? allDoors(q.store, ownVillages(q)) : []);

addLink(async (q) => {
  if (!isOfficer(q)) return null;
  const [day, { userId }] = [today(q), q.store];
  const n = (await doorsOf(q)).filter((door) => partOf(door, day, userId) === "todo").length;
  const word = q.t("field.people", { n });
  return { to: "visits", text: q.t("field.visits"), cls: "", word, first: true };
});

/** What is shown beside these doors. @param {Open} q @param {Door[]} doors */
export const contextOf = async (q, doors) => ({
  today: today(q),
  user: q.store.userId,
  open: await openRecords(q.store, doors, today(q)),
  occupations: (await references(q)).occupations,
  village,
});

route("GET", "/field/visits", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const open = /** @type {Open} */ (q);
  const doors = await doorsOf(open);
  const said = doors.find(({ row }) => row.id === q.query.get("s"));
  const n = Math.max(PAGE, Number(q.query.get("n")) || 0);
  const asked = { part: partIn(q.query.get("p")), n, said, lacks: await lacks(open) };
  const shown = shownDoors(doors, asked, { today: today(q), user: open.store.userId });
  const ctx = visitsView(shown, asked, await contextOf(open, shown.rows), q.w);
  return { view: "visits", title: q.t("field.visits"), ctx };
});

/**
 * A handler that has the door of its address; the list where nobody of this id is here.
 * @param {(q: Open, door: Door) => Made | Promise<Made>} handler
 * @returns {import("../../request_types.js").Handler}
 */
const withDoor = (handler) => async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const open = /** @type {Open} */ (q);
  const door = isOfficer(open) ? await oneDoor(q.store, q.params.id, ownVillages(q)) : null;
  return door ? handler(open, door) : { redirect: "/field/visits" };
};

route(
  "GET",
  "/field/visit/{id}",
  withDoor(async (q, door) => {
    const form = Boolean(await q.store.draft(door.row.id));
    const house = await houseAround(q.store.state, door.row.scope, door.row.id);
    const has = { can: canAdd(q), form, house: house.length };
    const ctx = doorView(door, has, await contextOf(q, [door]), q.w);
    return { view: "visit", title: q.t("field.visits.door"), ctx };
  }),
);

/** @param {string | undefined} code @returns {Outcome | null} */
export const outcomeIn = (code) => OUTCOMES.find((one) => one === code) ?? null;

/** @param {Open} q @param {Door} door @param {Outcome} outcome @param {Record<string, string>} form @param {Errors} [errors] */
const outcomeAsked = (q, door, outcome, form, errors) => ({
  view: "visit_said",
  title: q.t("field.visits.door"),
  status: errors ? 422 : 200,
  at: `/field/visit/${door.row.id}/said/${outcome}`,
  ctx: outcomeScreen(door, outcome, { form, errors }, q.w),
});

route(
  "GET",
  "/field/visit/{id}/said/{outcome}",
  withDoor((q, door) => {
    const outcome = outcomeIn(q.params.outcome);
    if (!outcome) return { redirect: `/field/visit/${door.row.id}` };
    return outcomeAsked(q, door, outcome, {});
  }),
);

/** A day that was typed or chosen; null for none, and for what is no day. @param {string} text */
function dayIn(text) {
  const day = readDate(text) ?? "";
  return isDate(day) ? day : null;
}

/** What is wrong with what was told; none where it can be saved. @param {Outcome} outcome @param {Record<string, string>} form @returns {Errors | undefined} */
export function faultsOf(outcome, form) {
  const [needed] = ASKS[outcome] ?? [];
  const wrong = needed === "kpj" ? !/^\d{11}$/.test(form.kpj ?? "") : needed && !form[needed];
  if (needed && wrong) return { [needed]: [{ code: `visit_needs_${needed}` }] };
  if (form.date && !dayIn(form.date)) return { date: [{ code: "field.visits.error.date" }] };
  return undefined;
}

/** @param {Outcome} outcome @param {Record<string, string>} form */
export function detailOf(outcome, form) {
  const told = (ASKS[outcome] ?? []).filter((name) => form[name]);
  const pairs = told.map((name) => [name, name === "date" ? dayIn(form.date) : form[name]]);
  return pairs.length ? Object.fromEntries(pairs) : null;
}

/** One save about the visit to somebody: of the open one, or of a new one. @param {Open} q @param {Door} door @param {string | undefined} visit @param {Record<string, unknown>} changes */
export function save(q, { row }, visit, changes) {
  const id = visit ?? q.store.newId();
  const about = visit ? {} : { worker: row.id };
  return q.store.save({ table: VISIT, id, scope: row.scope, changes: { ...about, ...changes } });
}

/** The open visit that an answer of today belongs to. @param {Door} door @param {string} day */
export const dueOf = ({ plan }, day) => (plan && dayOf(plan) <= day ? plan.id : undefined);

route(
  "POST",
  "/field/visit/{id}/said/{outcome}",
  withDoor(async (q, door) => {
    const outcome = outcomeIn(q.params.outcome);
    const back = `/field/visit/${door.row.id}`;
    if (!outcome || !canAdd(q) || partOf(door, today(q), q.store.userId) === "done")
      return { redirect: back };
    const names = [...(ASKS[outcome] ?? []), "note"];
    const form = Object.fromEntries(names.map((name) => [name, (q.form.get(name) ?? "").trim()]));
    const errors = faultsOf(outcome, form);
    if (errors) return outcomeAsked(q, door, outcome, form, errors);
    const detail = detailOf(outcome, form);
    const changes = { outcome, detail, note: form.note || null };
    await save(q, door, dueOf(door, today(q)), changes);
    if (outcome === "tidak_di_rumah") return { redirect: `${back}/day?after=1` };
    return { redirect: `/field/visits?s=${door.row.id}` };
  }),
);

route(
  "POST",
  "/field/visit/{id}/undo",
  withDoor(async (q, door) => {
    const { last } = door;
    if (last?.outcome && last.author === q.store.userId && last.ended !== "met")
      await save(q, door, last.id, { outcome: null, detail: null, note: null });
    return { redirect: `/field/visit/${door.row.id}` };
  }),
);

/** The next days, each with its word. @param {string} day */
function nextDays(day) {
  const at = (/** @type {number} */ n) =>
    new Date(Date.parse(`${day}T00:00Z`) + n * 86400000).toISOString().slice(0, 10);
  return [
    { day: at(1), word: "field.visits.tomorrow" },
    { day: at(2), word: "field.visits.in_two_days" },
    { day: at(7), word: "field.visits.in_a_week" },
  ];
}

/** @param {Open} q @param {Door} door @param {{form?: Record<string, string>, errors?: Errors, after: boolean}} told */
const dayAsked = (q, door, { form = {}, errors, after }) => ({
  view: "visit_day",
  title: q.t("field.visits.door"),
  status: errors ? 422 : 200,
  at: `/field/visit/${door.row.id}/day`,
  ctx: dayView(door, { form, errors, after, days: nextDays(today(q)) }, q.w),
});

route(
  "GET",
  "/field/visit/{id}/day",
  withDoor((q, door) => dayAsked(q, door, { after: q.query.get("after") === "1" })),
);

route(
  "POST",
  "/field/visit/{id}/day",
  withDoor(async (q, door) => {
    const typed = (q.form.get("day") ?? "").trim();
    const chosen = q.form.get("go") ?? "";
    const day = chosen === "none" ? null : dayIn(chosen || typed);
    if (!canAdd(q)) return { redirect: `/field/visit/${door.row.id}` };
    if (chosen !== "none" && (!day || day < today(q))) {
      const errors = { day: [{ code: "field.visits.error.day" }] };
      return dayAsked(q, door, { form: { day: typed }, errors, after: false });
    }
    if (day || door.plan) await save(q, door, door.plan?.id, { own_day: day });
    return { redirect: "/field/visits" };
  }),
);

/** The form of this very person: what is known stands in it, everything else is asked. */
route(
  "POST",
  "/field/visit/{id}/register",
  withDoor(async (q, door) => {
    const worker = await q.store.worker(door.row.id);
    if (!worker || !canAdd(q)) return { redirect: `/field/visit/${door.row.id}` };
    const draft = await beginVisit(q, worker);
    return { redirect: `/field/form/${draft.id}/${draft.step}` };
  }),
);
