/** Whom to see, and what came of it: pulled rows, and what was said on this phone on top. */
import { jakartaDate } from "../../../domain/age.js";
import { nikAwaited } from "../../../gen/lifecycle.later.js";
import { ownIn, ownSaves, said, tableRows } from "../../../store/books/feature_rows.js";
import { list } from "../../../store/replica/lists.js";
import { knowTable } from "../../../store/replica/other_tables.js";
import { allTasks, isTodo } from "../list_tasks/tasks_read.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../../../store/replica/lists.js").Hit} Hit */
/** @typedef {import("../list_tasks/tasks_read.js").Task} Task */
/** @typedef {"bertemu" | "tidak_di_rumah" | "tidak_bersedia" | "pindah" | "meninggal" | "sudah_peserta" | "punya_majikan"} Outcome */
/**
 * @typedef {object} VisitFacts a row of door_visit as it travels
 * @property {string | null} worker
 * @property {string | null} [assigned_to]
 * @property {string | null} [assigned_name]
 * @property {string | null} [assigned_day]
 * @property {string | null} [assigned_by_name]
 * @property {string | null} [own_day]
 * @property {string | null} [author]
 * @property {string | null} [author_name]
 * @property {Outcome | null} [outcome]
 * @property {Record<string, string> | null} [detail]
 * @property {string | null} [note]
 * @property {string | null} [at]
 * @property {string | null} [ended]
 * @property {string | null} [death]
 */
/** @typedef {VisitFacts & {id: string, here: boolean}} Visit `here`: with saves of this phone on top */
/** @typedef {"planned" | "usulan" | "incomplete" | "returned" | "nik" | "task"} Why */
/**
 * @typedef {object} Door somebody to see, with everything this phone knows of the visits
 * @property {Hit} row
 * @property {Why[]} whys
 * @property {Task[]} tasks
 * @property {Visit[]} visits the oldest first
 * @property {Visit | undefined} plan the open visit that comes first
 * @property {string} day planned; "" for any day
 * @property {Visit | undefined} last what somebody said last at this door
 * @property {string} saved the day of the last save on this phone that tells of a visit and waits; "" for none
 */

export const VISIT = "door_visit";
knowTable(VISIT, "village");

/** @type {Outcome[]} */
export const OUTCOMES = [
  "bertemu",
  "tidak_di_rumah",
  "tidak_bersedia",
  "pindah",
  "meninggal",
  "sudah_peserta",
  "punya_majikan",
];
/** After these there is nothing more to visit. @type {Outcome[]} */
const ENDS = ["tidak_bersedia", "pindah", "meninggal", "sudah_peserta", "punya_majikan"];
/** @type {Record<string, Why>} */
const BY_STATUS = { usulan: "usulan", draf: "incomplete", perbaikan_data: "returned" };
const NOT_SEEN = ["dropped", "gone", "erased"];

/**
 * Things by a word of each, in their order.
 * @template T
 * @param {T[]} things @param {(one: T) => string} word
 */
export function grouped(things, word) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const one of things) groups.set(word(one), [...(groups.get(word(one)) ?? []), one]);
  return groups;
}

/** The visits of one village, by the person's id. @param {Store} store @param {string} scope */
async function visitsIn({ state }, scope) {
  /** @type {Map<string, Visit>} */
  const visits = new Map();
  for (const { id, data } of await tableRows(state, scope, VISIT))
    visits.set(id, {
      .../** @type {VisitFacts} */ (/** @type {unknown} */ (data)),
      id,
      here: false,
    });
  const own = ownIn(state, VISIT, scope).sort((a, b) => a.m.mid - b.m.mid);
  for (const entry of own) {
    const before = visits.get(entry.id) ?? { id: entry.id, worker: null };
    /** @type {Visit} */
    const facts = { ...before, ...said(entry), author: state.userId, here: true };
    if ("outcome" in entry.m.set) facts.at = entry.m.at;
    visits.set(entry.id, facts);
  }
  return grouped([...visits.values()], ({ worker }) => worker ?? "");
}

/** @param {Visit} visit */
const isOpen = ({ outcome, ended }) => !outcome && !ended;
/** @param {Visit} visit */
export const dayOf = ({ own_day, assigned_day }) => own_day ?? assigned_day ?? "";
/** @param {Visit} a @param {Visit} b */
const byDay = (a, b) => (dayOf(a) || "9").localeCompare(dayOf(b) || "9") || (a.id < b.id ? -1 : 1);
/** @param {Visit} a @param {Visit} b */
const byMoment = (a, b) => (a.at ?? "").localeCompare(b.at ?? "");

/** The day of the last save on this phone that tells of a visit, by the person's id. @param {Store} store */
function savedHere({ state }) {
  /** @type {Map<string, string>} */
  const days = new Map();
  for (const { id, m } of ownSaves(state, "worker").sort((a, b) => a.m.mid - b.m.mid))
    if ("captured_at" in m.set || "consent" in m.set) days.set(id, jakartaDate(m.at));
  return days;
}

/** Why a record is to be completed, by its list part alone. @param {Hit} row @returns {Why | undefined} */
const lackOf = ({ nik, status }) =>
  BY_STATUS[status] ?? (!nik && nikAwaited.includes(status) ? "nik" : undefined);

/** @param {Hit} row @param {Visit[]} visits @param {Task[]} tasks @param {string | undefined} saved @returns {Door} */
function doorOf(row, visits, tasks, saved = "") {
  const known = visits.filter(({ ended }) => !NOT_SEEN.includes(ended ?? ""));
  const plan = known.filter(isOpen).sort(byDay)[0];
  const whys = /** @type {Why[]} */ (
    [plan ? "planned" : [], lackOf(row) ?? [], tasks.length ? "task" : []].flat()
  );
  const said = known.filter(({ outcome }) => outcome).sort(byMoment);
  const day = plan ? dayOf(plan) : "";
  return { row, whys, tasks, visits: known, plan, day, last: said.at(-1), saved };
}

/** Everybody of these villages who is to be seen, or was, by place. @param {Store} store @param {string[]} scopes @returns {Promise<Door[]>} */
export async function allDoors(store, scopes) {
  await store.state.refresh();
  const tasks = grouped((await allTasks(store)).filter(isTodo), ({ worker }) => worker ?? "");
  const saved = savedHere(store);
  const doors = await Promise.all(
    scopes.map(async (scope) => {
      const visits = await visitsIn(store, scope);
      const rows = list(store.state, scope, { limit: Number.POSITIVE_INFINITY, order: "place" });
      return rows.map((row) =>
        doorOf(row, visits.get(row.id) ?? [], tasks.get(row.id) ?? [], saved.get(row.id)),
      );
    }),
  );
  return doors.flat().filter(({ whys, last }) => whys.length || last);
}

/** One person with the visits; null for who is not on this phone. @param {Store} store @param {string} id @param {string[]} scopes */
export async function oneDoor(store, id, scopes) {
  await store.state.refresh();
  for (const scope of scopes) {
    const rows = list(store.state, scope, { limit: Number.POSITIVE_INFINITY, order: "place" });
    const row = rows.find((one) => one.id === id);
    if (!row) continue;
    const visits = (await visitsIn(store, scope)).get(id) ?? [];
    const tasks = (await allTasks(store)).filter((task) => isTodo(task) && task.worker === id);
    return doorOf(row, visits, tasks, savedHere(store).get(id));
  }
  return null;
}

/** True for an answer of this day. @param {Visit | undefined} visit @param {string} today */
export const isOf = (visit, today) => Boolean(visit?.at && jakartaDate(visit.at) === today);

/** True where nothing is left to visit: what the server has not followed yet, and a death until somebody denies it. @param {Door} door */
const isEnded = ({ last }) =>
  Boolean(
    last?.outcome &&
      ENDS.includes(last.outcome) &&
      (last.here || (last.outcome === "meninggal" && last.death !== "denied")),
  );

/** True where a save of an earlier day told everything: what it left open is to be seen again. @param {Door} door */
const isToldHere = ({ saved, whys }) => Boolean(saved) && whys.every((why) => why === "planned");

/** @typedef {"todo" | "later" | "done"} Part */
/** @type {Part[]} */
export const PARTS = ["todo", "later", "done"];

/**
 * Where somebody stands today; null for nowhere. Who is another officer's, or planned for later,
 * is not of today.
 * @param {Door} door @param {string} today @param {string} user @returns {Part | null}
 */
export function partOf(door, today, user) {
  const { whys, plan, day, last, saved } = door;
  const again = plan && day === today && plan.id !== last?.id;
  if ((saved && saved >= today) || (isOf(last, today) && !again)) return "done";
  if (isEnded(door) || isToldHere(door) || !whys.length) return null;
  const others = plan?.assigned_to && plan.assigned_to !== user && !plan.own_day;
  return day > today || others ? "later" : "todo";
}
