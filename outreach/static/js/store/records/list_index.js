// The packed list of a scope in memory: what search and lists need of each row, in chunks of
// about 100 that match the pages of full rows one to one.
import { nameKey } from "../../domain/names.js";
import { decode, encode } from "./payload.js";

export const CHUNK = 100;
/** How names are compared; a chunk written under another rule is read anew. Raise it with the rule. */
export const SPELLING = 1;

/** @typedef {import("./record_types.js").PackedRow} PackedRow */
/** @typedef {import("./record_types.js").WorkerRow} WorkerRow */
/**
 * @typedef {{[K in "full_name" | "nik" | "birth_date" | "sex" | "occupation_code" | "status" | "pemangku" | "rt"]?: string | null}
 *   & Pick<WorkerRow, "birth_about">} ListPart what a list shows of a record; null for what a role does not see
 */
/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} table
 * @property {number} ver
 * @property {number} full version of the full row that is here, 0 when only the list view is
 * @property {number} n chunk and page number
 * @property {string} name
 * @property {string} key name in its comparable form
 * @property {string} nik
 * @property {string} birth a day, or the year alone where only that is known
 * @property {string} sex
 * @property {string} occ
 * @property {string} status
 * @property {string} pem pemangku
 * @property {string} rt
 */
/**
 * @typedef {object} ListIndex
 * @property {Map<string, Row>} rows
 * @property {Map<number, Map<string, Row>>} chunks
 * @property {number} last highest chunk number
 */

/**
 * Where a chunk or a page lies.
 * @template {"index" | "pages"} S
 * @param {S} store @param {import("./record_types.js").ChunkKey} key
 */
export const placeOf = (store, { scope, gen, n }) =>
  /** @type {const} */ (`${store}/${scope}/${gen}/${n}`);

/** @returns {ListIndex} */
export const newListIndex = () => ({ rows: new Map(), chunks: new Map(), last: 0 });

/** @param {Row} row @returns {PackedRow} */
const pack = (row) => [
  row.id,
  row.ver,
  row.full,
  row.name,
  row.key,
  row.nik,
  row.birth,
  row.sex,
  row.occ,
  row.status,
  row.pem,
  row.rt,
  row.table === "worker" ? 0 : row.table,
];

/** @param {PackedRow} packed @param {number} n @returns {Row} */
const unpack = (packed, n) => {
  const [id, ver, full, name, key, nik, birth, sex, occ, status, pem, rt, table] = packed;
  return {
    id,
    table: table || "worker",
    ver,
    full,
    n,
    name,
    key,
    nik,
    birth,
    sex,
    occ,
    status,
    pem,
    rt,
  };
};

/**
 * A chunk as it lies on the disk.
 * @param {import("../../vault/session.js").Owner} s @param {{scope: string, gen: number, n: number}} at
 * @param {Map<string, Row>} rows
 */
export const chunkOf = async (s, at, rows) => ({
  ...at,
  spelling: SPELLING,
  payload: await encode(s, placeOf("index", at), [...rows.values()].map(pack)),
});

/** The order of the list view's values. */
export const LIST_VIEW = ["full_name", "nik", "birth_date", "sex", "occupation_code", "status"];

/** The day, else the year that was said or listed. @param {ListPart} data */
const born = ({ birth_date: day, birth_about: about }) =>
  day?.[4] ? day : `${about?.year ?? day ?? ""}`;

/**
 * The list part of a record.
 * @param {string} id @param {string} table @param {ListPart} data
 * @returns {Row}
 */
export function listRow(id, table, data) {
  const name = table === "worker" ? String(data.full_name ?? "") : "";
  return {
    id,
    table,
    ver: 0,
    full: 0,
    n: 0,
    name,
    key: nameKey(name),
    nik: data.nik ?? "",
    birth: born(data),
    sex: data.sex ?? "",
    occ: data.occupation_code ?? "",
    status: data.status ?? "",
    pem: data.pemangku ?? "",
    rt: data.rt ?? "",
  };
}

/**
 * Shelves by `scope|generation` from the stored chunks.
 * @param {import("../../vault/session.js").Owner} s
 * @param {import("./record_types.js").ChunkRecord[]} records
 * @returns {Promise<Map<string, ListIndex>>}
 */
export async function unpackChunks(s, records) {
  const bodies = await Promise.all(
    records.map((rec) => decode(s, placeOf("index", rec), rec.payload)),
  );
  /** @type {Map<string, ListIndex>} */
  const indexes = new Map();
  records.forEach(({ scope, gen, n, spelling }, i) => {
    const name = `${scope}|${gen}`;
    const index = indexes.get(name) ?? newListIndex();
    indexes.set(name, index);
    /** @type {Map<string, Row>} */
    const chunk = new Map();
    for (const packed of bodies[i]) {
      const row = unpack(packed, n);
      if (spelling !== SPELLING) row.key = nameKey(row.name);
      chunk.set(row.id, row);
      index.rows.set(row.id, row);
    }
    index.chunks.set(n, chunk);
    index.last = Math.max(index.last, n);
  });
  return indexes;
}
