// Lists over the packed index, with own unsent saves on top. All in memory.
import { nameKey } from "../../domain/names.js";
import { listRow } from "../records/list_index.js";
import { liveOf, replay, worst } from "./view.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/list_index.js").Row} Row */
/**
 * @typedef {object} Hit what a list shows of a worker
 * @property {string} id
 * @property {string} scope
 * @property {string} name
 * @property {string} nik
 * @property {string} birth
 * @property {string} sex
 * @property {string} occ
 * @property {string} status
 * @property {string} pemangku
 * @property {string} rt
 * @property {string} state of own saves in view: waiting, sending, arrived, conflict, held, invalid
 */
/** @typedef {import("../records/state.js").ListedRow} Listed */

const LIST_FIELDS = /** @type {const} */ ({
  full_name: "name",
  nik: "nik",
  birth_date: "birth",
  sex: "sex",
  occupation_code: "occ",
  pemangku: "pem",
  rt: "rt",
});

/** @param {Row & {state?: string}} row @param {string} scope @returns {Hit} */
export const hit = ({ id, name, nik, birth, sex, occ, status, pem, rt, state = "" }, scope) => ({
  id,
  scope,
  name,
  nik,
  birth,
  sex,
  occ,
  status,
  pemangku: pem,
  rt,
  state,
});

/** Rows that own saves change, by id; null for a deleted one. @param {State} s */
function overlay(s) {
  return s.once("overlay", () => {
    /** @type {Map<string, Listed | null>} */
    const rows = new Map();
    for (const { id, live, m } of s.hot.values()) {
      if (live && m.table === "worker" && !rows.has(id)) rows.set(id, overlaid(s, id));
    }
    return rows;
  });
}

/** @param {State} s @param {string} id @returns {Listed | null} */
function overlaid(s, id) {
  const found = s.find(id);
  const live = liveOf(s, id);
  if (live.some(({ m, state }) => m.op === "delete" && state !== "invalid")) return null;
  /** @type {Record<string, string | undefined>} */
  const data = { status: found?.row.status };
  for (const [field, short] of Object.entries(LIST_FIELDS)) data[field] = found?.row[short];
  for (const entry of live) {
    // The pulled list row may already be newer than this answer.
    if (found && entry.ver && found.row.ver >= entry.ver) continue;
    replay(data, entry);
    data.status = entry.st ?? data.status;
  }
  const scope = live.at(-1)?.m.scope ?? found?.scope ?? "";
  return { ...listRow(id, "worker", data), scope, state: worst(live) };
}

/** @param {{key: string}} a @param {{key: string}} b */
const byName = (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
/** @param {Listed} a @param {Listed} b */
const byPlace = (a, b) => {
  const left = `${a.pem} ${a.rt.padStart(3, "0")}`;
  const right = `${b.pem} ${b.rt.padStart(3, "0")}`;
  return left < right ? -1 : left > right ? 1 : byName(a, b);
};

/** @param {State} s @param {string} scope */
function sortedBase(s, scope) {
  const name = `${scope}|${s.base[scope]?.gen}|${s.stamp.b}`;
  const held = s.sorted.get(name);
  if (held) return held;
  const rows = [...(s.index(scope)?.rows.values() ?? [])].filter((row) => row.table === "worker");
  const sorted = /** @type {Listed[]} */ (rows).sort(byName);
  for (const old of s.sorted.keys()) if (old.startsWith(`${scope}|`)) s.sorted.delete(old);
  s.sorted.set(name, sorted);
  return sorted;
}

/** All workers of a scope in order. @param {State} s @param {string} scope @returns {Listed[]} */
export function listing(s, scope) {
  return s.once(`list ${scope}`, () => {
    const mine = overlay(s);
    const base = sortedBase(s, scope).filter((row) => !mine.has(row.id));
    const own = [...mine.values()].filter((row) => row?.scope === scope);
    if (!own.length) return base;
    return [...base, .../** @type {Listed[]} */ (own)].sort(byName);
  });
}

/** Every scope with rows, pulled or only saved here. @param {State} s */
export const scopesOf = (s) => [
  ...new Set([...Object.keys(s.base), ...[...overlay(s).values()].map((row) => row?.scope ?? "")]),
];

/**
 * One page of a scope's workers.
 * @param {State} s @param {string} scope
 * @param {{after?: string, limit: number, order?: "name" | "place"}} page `after` is the last id shown
 * @returns {Hit[]}
 */
export function list(s, scope, { after, limit, order = "name" }) {
  const rows = order === "name" ? listing(s, scope) : placed(s, scope);
  const start = after ? rows.findIndex((row) => row.id === after) + 1 : 0;
  return rows.slice(start, start + limit).map((row) => hit(row, scope));
}

/** @param {State} s @param {string} scope */
const placed = (s, scope) => s.once(`place ${scope}`, () => [...listing(s, scope)].sort(byPlace));

/** How many workers a scope shows. @param {State} s @param {string} scope */
export const count = (s, scope) => listing(s, scope).length;

/**
 * Others on this phone that may be the same person: same NIK, or same name and birth date.
 * @param {State} s
 * @param {{nik?: string | null, full_name?: string | null, birth_date?: string | null, exceptId?: string}} person
 * @returns {(Hit & {why: "nik" | "name_birth"})[]}
 */
export function duplicates(s, { nik, full_name, birth_date, exceptId }) {
  const key = nameKey(full_name ?? "");
  /** @type {(Hit & {why: "nik" | "name_birth"})[]} */
  const found = [];
  for (const scope of scopesOf(s)) {
    for (const row of listing(s, scope)) {
      if (row.id === exceptId) continue;
      const sameNik = nik && row.nik === nik;
      if (!sameNik && !(key && birth_date && row.key === key && row.birth === birth_date)) continue;
      const why = sameNik ? "nik" : "name_birth";
      found.push({ ...hit(row, scope), why });
    }
  }
  return found;
}
