/** "Titip kirim": what a carried file is, what would go into one, and what became of earlier ones. */
import { jakartaDate } from "../../../domain/age.js";
import { formatDateTime, formatNumber } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {Awaited<ReturnType<typeof import("../../../sync/carried_files.js").parcelsOf>>[number]} Parcel */

const MB = 1048576;

/** Megabytes with one digit. @param {number} bytes @param {Words} w */
export function megabytes(bytes, w) {
  const tenths = Math.ceil((bytes * 10) / MB);
  const dot = w.lang === "en" ? "." : ",";
  return `${formatNumber(Math.floor(tenths / 10), w.lang)}${dot}${tenths % 10}`;
}

/**
 * One time that files were made.
 * @param {Parcel} parcel @param {{name: string, n: string}} ctx @param {Words} w
 */
function made(parcel, { name, n }, w) {
  const number = (/** @type {number} */ value) => formatNumber(value, w.lang);
  const { saves, photos, arrived, verified, other, parts } = parcel;
  const day = jakartaDate(parcel.at);
  const all = arrived === saves && verified === photos;
  const args = {
    arrived: number(arrived),
    saves: number(saves),
    verified: number(verified),
    photos: number(photos),
  };
  return {
    title: formatDateTime(parcel.at, w.lang),
    what: w.t("field.carry.holds", args),
    since: {
      cls: all ? "mark mark-arrived" : "mark",
      word: w.t(
        other ? "field.carry.since_other" : all ? "field.carry.since_all" : "field.carry.since",
        args,
      ),
    },
    files: parts.map((_part, i) => ({
      id: parcel.id,
      i: String(i),
      n,
      name: `jangkau-${name}-${day}${i ? `-${i + 1}` : ""}.jangkau`,
      label: parts.length > 1 ? w.t("field.carry.file", { i: i + 1, of: parts.length }) : "",
    })),
  };
}

/**
 * @param {{waits: {saves: number, photos: number, left: number, bytes: number}, parcels: Parcel[], name: string, n: string, aside: boolean}} ctx
 *   n: which database; aside: it is an earlier one
 * @param {Words} w
 */
export function carryView({ waits, parcels, name, n, aside }, w) {
  const any = waits.saves + waits.photos > 0;
  const args = {
    n: formatNumber(waits.saves, w.lang),
    photos: formatNumber(waits.photos, w.lang),
    size: megabytes(waits.bytes, w),
  };
  return {
    n,
    waits: w.t(any ? "field.carry.waits" : "field.carry.nothing", args),
    left: waits.left ? w.t("field.carry.left", { n: formatNumber(waits.left, w.lang) }) : "",
    aside: aside ? w.t("field.carry.aside") : "",
    can: any ? 1 : 0,
    parcels: parcels.map((parcel) => made(parcel, { name, n }, w)),
  };
}
