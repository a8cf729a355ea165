// The row as the screen shows it: the pulled base with own mutations replayed over it.
import { ask } from "../engine/idb.js";
import { decode } from "../records/payload.js";
import { LIST_VIEW, placeOf } from "../records/list_index.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").Entry} Entry */
/** @typedef {import("../records/record_types.js").WorkerData} WorkerData */
/** @typedef {import("../records/record_types.js").WorkerRow} WorkerRow */
/**
 * @typedef {object} View
 * @property {string} id
 * @property {string} table
 * @property {string} scope
 * @property {number} ver version of the pulled row, 0 when the server's copy is not here
 * @property {string} status
 * @property {string[]} flags what the server noticed
 * @property {WorkerData} data
 * @property {number[]} pending numbers the server has not answered
 * @property {string} state worst state of own mutations, "" when none is in view
 * @property {boolean} partial only the list part of the row is here
 */

const WORST = ["invalid", "returned", "held", "conflict", "waiting", "sending", "arrived"];
const UNSENT = ["waiting", "sending"];

/** Own mutations of a row that the screen still replays, in order. @param {State} s @param {string} id */
export const liveOf = (s, id) => s.once("liveById", () => groupLive(s)).get(id) ?? [];

/** @param {State} s @returns {Map<string, Entry[]>} */
function groupLive(s) {
  /** @type {Map<string, Entry[]>} */
  const byId = new Map();
  for (const entry of [...s.hot.values()].sort((a, b) => a.mid - b.mid)) {
    if (!entry.live) continue;
    const id = entry.verdict.into ?? entry.id;
    byId.set(id, [...(byId.get(id) ?? []), entry]);
    if (id !== entry.id) byId.set(entry.id, [...(byId.get(entry.id) ?? []), entry]);
  }
  return byId;
}

/**
 * `data` after one own mutation. Fields in `except` keep their value.
 * @param {Record<string, unknown>} data @param {Entry} entry @param {string[]} [except]
 */
export function replay(data, entry, except = []) {
  const skip = [...(entry.verdict.skip ?? []), ...except];
  for (const [field, [, to]] of Object.entries(entry.m.set)) {
    if (skip.includes(field)) continue;
    if (to === null) delete data[field];
    else data[field] = to;
  }
}

/** The worst state among mutations. @param {Entry[]} entries */
export const worst = (entries) =>
  WORST.find((state) => entries.some((entry) => entry.state === state)) ?? "";

/**
 * The full row as pulled.
 * @param {State} s @param {string} scope @param {number} n @param {string} id
 * @returns {Promise<WorkerRow | undefined>}
 */
async function pulledData(s, scope, n, id) {
  const { gen } = s.base[scope];
  const page = await s.conn.run(["pages"], "readonly", (tx) =>
    ask(tx.objectStore("pages").get([scope, gen, n])),
  );
  return /** @type {WorkerRow | undefined} */ (
    page && (await decode(s, placeOf("pages", page), page.payload))[id]
  );
}

/**
 * The row as the screen shows it, or null. Call after refresh().
 * @param {State} s @param {string} id
 * @returns {Promise<View | null>}
 */
export async function viewOf(s, id) {
  const found = s.find(id);
  const live = liveOf(s, id);
  if (!found && !live.some((entry) => entry.id === id)) return null;
  /** @type {WorkerRow} */
  const data = {};
  if (found?.row.full) {
    Object.assign(data, await pulledData(s, found.scope, found.row.n, id));
  }
  if (found && found.row.ver > found.row.full) overlayList(data, found.row);
  for (const entry of live) {
    const inList = found && entry.ver && found.row.ver >= entry.ver;
    replay(data, entry, inList ? LIST_VIEW : []);
  }
  if (live.some((entry) => entry.m.op === "delete" && entry.state !== "invalid")) return null;
  const scope = live.at(-1)?.m.scope ?? found?.scope ?? "";
  const { status, flags = [], ...facts } = data;
  return {
    id,
    flags,
    table: found?.row.table ?? live[0].m.table,
    scope,
    ver: found?.row.ver ?? 0,
    status: statusOf(status, live, found?.row.ver ?? 0),
    data: facts,
    pending: live.filter((entry) => UNSENT.includes(entry.state)).map((entry) => entry.mid),
    state: worst(live),
    partial: Boolean(found && !found.row.full),
  };
}

/**
 * The status that the last own save led to, as long as the server has not told its own.
 * @param {string | undefined} pulled @param {Entry[]} live @param {number} ver
 */
function statusOf(pulled, live, ver) {
  const last = live.findLast((entry) => entry.st && !(entry.ver && ver >= entry.ver));
  return last?.st ?? pulled ?? "";
}

/** @param {Record<string, unknown>} data @param {import("../records/list_index.js").Row} row */
function overlayList(data, row) {
  const list = [row.name, row.nik, row.birth, row.sex, row.occ, row.status];
  LIST_VIEW.forEach((field, i) => {
    if (list[i]) data[field] = list[i];
    else delete data[field];
  });
}
