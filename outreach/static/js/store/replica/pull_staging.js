// One generation of a scope while a pulled page is worked in, beside what is shown.
import { isVillage } from "./scopes.js";
import { CHUNK, LIST_VIEW, listRow } from "../records/list_index.js";

/** @typedef {import("../records/list_index.js").Row} Row */
/** @typedef {import("../records/record_types.js").FullRow} FullRow */
/** @typedef {import("../records/record_types.js").ReferenceRow} ReferenceRow */
/**
 * @typedef {object} PulledRow as it travels
 * @property {string} table
 * @property {string} id
 * @property {number} ver
 * @property {(string | null)[] | Record<string, unknown>} [data] the values of LIST_VIEW, or the whole row
 * @property {string} [status]
 * @property {string[]} [flags]
 * @property {number} [position]
 * @property {1} [gone]
 * @property {string} [into]
 */
/** @typedef {"list" | "full"} ViewName */

/** One generation of a scope while a page is being worked in. */
export class PullStaging {
  /** @param {string} scope @param {number} gen @param {import("../records/list_index.js").ListIndex} index */
  constructor(scope, gen, index) {
    this.scope = scope;
    this.gen = gen;
    this.index = index;
    this.last = index.last;
    /** @type {Map<number, Map<string, Row>>} */
    this.chunks = new Map();
    /** @type {Map<number, Map<string, FullRow | undefined>>} */
    this.pages = new Map();
    /** @type {Map<string, Row | null>} */
    this.rows = new Map();
  }

  /** @param {string} id @returns {Row | undefined} */
  get(id) {
    const staged = this.rows.get(id);
    return staged === null ? undefined : (staged ?? this.index.rows.get(id));
  }

  /** @param {number} n @returns {Map<string, Row>} */
  #chunk(n) {
    let chunk = this.chunks.get(n);
    if (!chunk) {
      chunk = new Map(this.index.chunks.get(n));
      this.chunks.set(n, chunk);
    }
    return chunk;
  }

  /** @param {number} n @param {string} id @param {FullRow | undefined} data undefined removes it */
  #full(n, id, data) {
    /** @type {Map<string, FullRow | undefined>} */
    const page = this.pages.get(n) ?? new Map();
    this.pages.set(n, page.set(id, data));
  }

  /** @param {Row} row @param {FullRow} [data] the full row */
  put(row, data) {
    const size = (this.chunks.get(this.last) ?? this.index.chunks.get(this.last))?.size ?? CHUNK;
    if (!row.n) {
      if (size >= CHUNK) this.last += 1;
      row.n = this.last;
    }
    this.#chunk(row.n).set(row.id, row);
    this.rows.set(row.id, row);
    if (data !== undefined) this.#full(row.n, row.id, data);
  }

  /** @param {Row} row */
  remove(row) {
    this.#chunk(row.n).delete(row.id);
    this.rows.set(row.id, null);
    if (row.full) this.#full(row.n, row.id, undefined);
  }
}

/**
 * Take one row in, unless what is here is as new.
 * @param {PullStaging} stage @param {PulledRow} pulled @param {ViewName} view
 */
export function takeRow(stage, pulled, view) {
  const id = rowId(stage.scope, pulled);
  const here = stage.get(id);
  if (pulled.gone) {
    if (here && pulled.ver > here.ver) stage.remove(here);
    return;
  }
  const known = view === "full" ? here?.full : here?.ver;
  if (here && (pulled.ver < here.ver || pulled.ver <= (known ?? 0))) return;
  const data = dataOf(stage.scope, pulled, view);
  const row = listRow(
    id,
    pulled.table,
    /** @type {import("../records/list_index.js").ListPart} */ (data),
  );
  row.n = here?.n ?? 0;
  row.ver = pulled.ver;
  row.full = view === "full" ? pulled.ver : (here?.full ?? 0);
  if (view === "list" && here) Object.assign(row, { pem: here.pem, rt: here.rt });
  stage.put(row, view === "full" ? data : undefined);
}

const OWN = ["worker", "inbox"];

/**
 * Names of reference rows are unique only within their table, and a feature's row may be named like
 * the save that a note speaks of. @param {string} scope @param {PulledRow} row
 */
const rowId = (scope, { table, id }) =>
  scope === "ref" || !OWN.includes(table) ? `${table}/${id}` : id;

/** The part of a row that is stored. @param {string} scope @param {PulledRow} row @param {ViewName} view @returns {FullRow} */
function dataOf(scope, { table, id, data, status, flags, position }, view) {
  if (!OWN.includes(table) && scope !== "ref") return /** @type {FullRow} */ (data);
  if (scope === "ref") return /** @type {ReferenceRow} */ ({ id, position, data });
  if (view === "list") {
    return Object.fromEntries(
      LIST_VIEW.map((field, i) => [field, /** @type {(string | null)[]} */ (data)[i]]),
    );
  }
  return isVillage(scope) ? { ...data, status, flags } : /** @type {FullRow} */ (data);
}
