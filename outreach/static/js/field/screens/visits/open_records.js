/** Of incomplete records: what each lacks, and when it goes where the person does not agree. */
import { jakartaDate } from "../../../domain/age.js";
import { whysOf } from "../../../store/books/revisit.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../../../store/replica/view.js").View} View */
/** @typedef {import("../../../store/books/revisit.js").Why} Why */
/** @typedef {import("./visits_read.js").Door} Door */
/** @typedef {{lacks: Why[], goes: string}} OpenRecord `goes`: the first day on which it may be erased, from day 20 on; "" before */

const DAY = 86_400_000;
// The server erases on day 30 after a record has come to it (features/visits/ageing.py). The phone
// knows the day of the visit, which is never later.
const TOLD_AFTER = 20 * DAY;
const ERASED_AFTER = 30 * DAY;

/**
 * The first day on which a record may be erased; "" while that is far, or will not be.
 * @param {Pick<View, "data" | "pending">} worker @param {string} today
 */
export function goesFrom({ data, pending }, today) {
  const at = Date.parse(data.captured_at ?? "");
  if (pending.length || data.consent?.purposes?.pendaftaran === true || !at) return "";
  return jakartaDate(at + TOLD_AFTER) <= today ? jakartaDate(at + ERASED_AFTER) : "";
}

/** What is to be told of the incomplete ones among these. @param {Store} store @param {Door[]} doors @param {string} today */
export async function openRecords(store, doors, today) {
  /** @type {Map<string, OpenRecord>} */
  const found = new Map();
  for (const { row } of doors.filter((door) => door.row.status === "draf")) {
    const worker = await store.worker(row.id);
    if (!worker || worker.partial) continue;
    found.set(row.id, { lacks: whysOf(row, worker.data, today), goes: goesFrom(worker, today) });
  }
  return found;
}
