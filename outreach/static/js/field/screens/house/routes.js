/** A house on one screen: who lives there, what came of the visit to each, who joins and who leaves. */
import { houseOf } from "../../../domain/households.js";
import { houseAround, housedIn } from "../../../store/books/houses.js";
import { list } from "../../../store/replica/lists.js";
import { search } from "../../../store/replica/search.js";
import { canAdd, ownVillages, references, today, village } from "../../context.js";
import { route } from "../../router.js";
import { unknown } from "../saved/routes.js";
import {
  contextOf,
  detailOf,
  dueOf,
  faultsOf,
  isOfficer,
  outcomeIn,
  save as saveVisit,
} from "../visits/routes.js";
import { ASKS } from "../visits/view.js";
import { isOf, oneDoor, partOf } from "../visits/visits_read.js";
import { foundView, houseView } from "./view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../../../store/store.js").WorkerView} WorkerView */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../visits/visits_read.js").Door} Door */
/** @typedef {import("../visits/visits_read.js").Outcome} Outcome */
/** @typedef {{worker: WorkerView, doors: Door[]}} House `worker`: of whose page this is */

const FOUND = 20;
const FIELD = "household_id";

/** Everybody of the house, each with the visits. @param {Open} q @param {WorkerView} worker @returns {Promise<Door[]>} */
async function doorsOf(q, worker) {
  const people = await houseAround(q.store.state, worker.scope, worker.id);
  const doors = await Promise.all(people.map(({ id }) => oneDoor(q.store, id, [worker.scope])));
  return doors.filter((door) => door !== null);
}

/** Who is still to be seen by this officer today, as a visit goes. @param {Open} q @param {Door[]} doors */
const awaited = (q, doors) =>
  isOfficer(q) && canAdd(q)
    ? doors.filter((door) =>
        ["todo", "later"].includes(partOf(door, today(q), q.store.userId) ?? ""),
      )
    : [];

/**
 * A handler that has the house of its address.
 * @param {(q: Open, house: House) => Made | Promise<Made>} handler
 * @returns {import("../../request_types.js").Handler}
 */
const withHouse = (handler) => async (given) => {
  const q = /** @type {Open} */ (given);
  const worker = await q.store?.worker(q.params.id);
  if (worker?.table !== "worker") return unknown(q);
  return handler(q, { worker, doors: await doorsOf(q, worker) });
};

/** A handler that changes a house; who may not add is shown it. @param {(q: Open, house: House) => Made | Promise<Made>} handler */
const changing = (handler) =>
  withHouse((q, house) =>
    canAdd(q) && ownVillages(q).includes(house.worker.scope)
      ? handler(q, house)
      : { redirect: `/field/house/${house.worker.id}` },
  );

/** @param {Open} q @param {House} house @param {{form?: Record<string, string>, errors?: Errors}} [told] */
async function shown(q, { worker, doors }, { form = {}, errors } = {}) {
  const ctx = await contextOf(q, doors);
  const asked = awaited(q, doors).map(({ row }) => row.id);
  const who = q.query.get("s");
  const moved = who ? await q.store.worker(who) : null;
  const did = { moved, n: Number(q.query.get("n")) || 0 };
  const can = canAdd(q) && ownVillages(q).includes(worker.scope);
  return {
    view: "house",
    title: q.t("field.house"),
    status: errors ? 422 : 200,
    at: `/field/house/${worker.id}`,
    ctx: houseView(
      { worker, doors, asked, did, can, mine: saidToday(q, doors) },
      { form, errors },
      ctx,
      q.w,
    ),
  };
}

route(
  "GET",
  "/field/house/{id}",
  withHouse((q, house) => shown(q, house)),
);

/** What this officer said today at these doors, and may take back. @param {Open} q @param {Door[]} doors */
const saidToday = (q, doors) =>
  doors.filter(
    ({ last }) =>
      last?.outcome &&
      last.author === q.store.userId &&
      last.ended !== "met" &&
      isOf(last, today(q)),
  );

/** What was answered about one door; an answer that asks for more has it under names of its own. @param {Open} q @param {Door} door @param {string} none */
function answerOf(q, { row }, none) {
  const outcome = outcomeIn(q.form.get(`said_${row.id}`) || none);
  const told = (/** @type {string} */ name) => (q.form.get(`${name}_${row.id}`) ?? "").trim();
  const form = Object.fromEntries((outcome ? (ASKS[outcome] ?? []) : []).map((n) => [n, told(n)]));
  return { outcome, form };
}

/** Faults under the names that the screen has for this door. @param {Errors | undefined} errors @param {string} id @returns {Errors} */
const placed = (errors = {}, id) =>
  Object.fromEntries(Object.entries(errors).map(([name, faults]) => [`${name}_${id}`, faults]));

route(
  "POST",
  "/field/house/{id}/said",
  changing(async (q, house) => {
    const none = q.form.get("go") === "nobody" ? "tidak_di_rumah" : "";
    const answers = awaited(q, house.doors)
      .map((door) => ({ door, ...answerOf(q, door, none) }))
      .filter(({ outcome }) => outcome);
    /** @type {Errors} */
    const errors = Object.assign(
      {},
      ...answers.map(({ door, outcome, form }) =>
        placed(faultsOf(/** @type {Outcome} */ (outcome), form), door.row.id),
      ),
    );
    if (!answers.length) errors._ = [{ code: "field.house.error.none" }];
    if (Object.keys(errors).length)
      return shown(q, house, { form: Object.fromEntries(q.form), errors });
    for (const { door, outcome, form } of answers) {
      const detail = detailOf(/** @type {Outcome} */ (outcome), form);
      await saveVisit(q, door, dueOf(door, today(q)), { outcome, detail, note: null });
    }
    return { redirect: `/field/house/${house.worker.id}?n=${answers.length}` };
  }),
);

route(
  "POST",
  "/field/house/{id}/unsaid",
  changing(async (q, { worker, doors }) => {
    for (const door of saidToday(q, doors))
      await saveVisit(q, door, door.last?.id, { outcome: null, detail: null, note: null });
    return { redirect: `/field/house/${worker.id}` };
  }),
);

/** Say where somebody lives: a save about this one person alone. @param {Open} q @param {WorkerView} who @param {string | null} house */
const settle = ({ store }, { id, scope, data }, house) =>
  store.save({
    table: "worker",
    id,
    scope,
    set: { [FIELD]: [data[FIELD] ?? null, house] },
    op: "put",
  });

/** Whom a button names: somebody of the same village whose record is whole. @param {Open} q @param {WorkerView} worker */
async function named(q, { scope }) {
  const who = await q.store.worker(q.form.get("who") ?? "");
  return who && who.scope === scope && !who.partial ? who : null;
}

route(
  "POST",
  "/field/house/{id}/join",
  changing(async (q, { worker, doors }) => {
    const who = await named(q, worker);
    const back = `/field/house/${worker.id}`;
    if (!who || worker.partial || doors.some(({ row }) => row.id === who.id))
      return { redirect: back };
    await settle(q, who, houseOf(worker.id, worker.data));
    return { redirect: `${back}?s=${who.id}` };
  }),
);

route(
  "POST",
  "/field/house/{id}/leave",
  changing(async (q, { worker, doors }) => {
    const who = await named(q, worker);
    const back = `/field/house/${worker.id}`;
    if (!who || doors.length < 2 || !doors.some(({ row }) => row.id === who.id))
      return { redirect: back };
    await settle(q, who, q.store.newId());
    return { redirect: `${back}?s=${who.id}` };
  }),
);

/** The last joining or leaving of somebody on this phone goes back, unless another came after it. */
route(
  "POST",
  "/field/house/{id}/back",
  changing(async (q, { worker }) => {
    const who = await named(q, worker);
    const moves = who?.history.map(({ set }) => set?.[FIELD]).filter((one) => one !== undefined);
    const [from, to] = moves?.at(-1) ?? [];
    if (who && (who.data[FIELD] ?? null) === (to ?? null) && to)
      await settle(q, who, /** @type {string | null} */ (from ?? null));
    return { redirect: `/field/house/${worker.id}` };
  }),
);

/** People of the village who may live here: found by name, else the next neighbours. @param {Open} q @param {House} house */
async function candidates(q, { worker, doors }) {
  const { state } = q.store;
  const typed = (q.form.get("q") ?? "").trim();
  const here = new Set(doors.map(({ row }) => row.id));
  const known = await housedIn(state, worker.scope);
  const rows = typed
    ? await search(q.store, worker.scope, typed, FOUND * 2)
    : list(state, worker.scope, { limit: Number.POSITIVE_INFINITY, order: "place" }).filter(
        (row) => row.pemangku === worker.data.pemangku && row.rt === worker.data.rt,
      );
  const ctx = {
    today: today(q),
    occupations: (await references(q)).occupations,
    village: village(worker.scope),
  };
  const free = rows.filter(({ id }) => known.has(id) && !here.has(id));
  return foundView(worker, free.slice(0, FOUND), ctx, q.w);
}

route(
  "GET",
  "/field/house/{id}/add",
  changing(async (q, house) => ({
    view: "house_add",
    title: q.t("field.house.add"),
    ctx: await candidates(q, house),
  })),
);

route(
  "POST",
  "/field/house/{id}/find",
  changing(async (q, house) => ({ view: "_house_found", ctx: await candidates(q, house) })),
);
