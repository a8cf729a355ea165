/**
 * What stands on a sheet of paper: its code, and a short hash of each line, by which a change shows.
 * The same as on the server; vectors in tests/shared. Whoever calls hands in the SHA-256 of bytes.
 */
import { canonicalBytes } from "./list_document.js";

/** @typedef {import("./village_decisions.js").Line} Line */
/** @typedef {import("./list_document.js").Hash} Hash */
/** @typedef {[no: number, page: number, hash: string]} PrintedLine */
/** @typedef {{list: string, version: number, page: number, hash: string}} SheetCode */

const OF_SHEET = /** @type {const} */ (["name", "birth_year", "hamlet", "rt", "occupation", "nik"]);
const SHORT_HASH = 16;
const CODE = /^JKL1\.([0-9a-f-]{36})\.(\d{1,4})\.(\d{1,3})\.([0-9a-f]{64})$/i;

/** The hash of one printed line, cut short: enough to see that it changed. @param {Line} line @param {Hash} hash */
export async function printedHash(line, hash) {
  /** @type {Record<string, unknown>} */
  const item = { no: line.no };
  for (const name of OF_SHEET) {
    const value = line[name] ?? null;
    item[name] = typeof value === "string" ? value.normalize("NFC") : value;
  }
  item.nik_no = line.nik_no ?? null;
  item.salt = line.salt ?? null;
  return (await hash(canonicalBytes(item))).slice(0, SHORT_HASH);
}

/** What a scanned code says; null for another text. @param {string} text @returns {SheetCode | null} */
export function readCode(text) {
  const found = CODE.exec(text.trim());
  if (!found) return null;
  const [, list, version, page, hash] = found;
  return {
    list: list.toLowerCase(),
    version: Number(version),
    page: Number(page),
    hash: hash.toLowerCase(),
  };
}

/**
 * How the list differs now from what was printed, by number; lines are found by their numbers.
 * @param {PrintedLine[]} printed @param {Line[]} lines @param {Hash} hash
 */
export async function changesSince(printed, lines, hash) {
  const there = lines.filter(({ no, gone }) => no != null && !gone);
  const now = new Map(there.map((line) => [line.no, line]));
  const before = new Set(printed.map(([no]) => no));
  const changed = await Promise.all(
    printed.map(async ([no, , short]) => {
      const line = now.get(no);
      return line && (await printedHash(line, hash)) !== short ? [no] : [];
    }),
  );
  return {
    changed: changed.flat(),
    gone: printed.map(([no]) => no).filter((no) => !now.has(no)),
    new: there
      .flatMap(({ no }) => (no != null && !before.has(no) ? [no] : []))
      .sort((a, b) => a - b),
  };
}

/** The numbers that stand on a page of a version. @param {PrintedLine[]} printed @param {number} page */
export const linesOn = (printed, page) =>
  printed.filter((line) => line[1] === page).map(([no]) => no);
