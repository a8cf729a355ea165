// The phone's report of itself in its requests, so that the office sees which phones need help.
import { unsettled } from "../store/journal/journal.js";
import { todoBlobs } from "../store/records/blobs.js";
import { countBegun } from "../store/books/drafts.js";
import { readFreeSpace } from "../store/engine/free_space.js";

/** @typedef {import("../store/store.js").Store} Store */
/**
 * @typedef {object} Report
 * @property {string} clock what the phone's own clock shows, uncorrected, UTC
 * @property {string | null} oldest when the oldest unsent save was made
 * @property {number} unsent
 * @property {number} drafts
 * @property {number} blobs pictures the server lacks
 * @property {number} used bytes
 * @property {number} quota bytes, 0 when the browser does not say
 * @property {boolean | null} persisted
 * @property {string} app version
 * @property {boolean} pin
 */

/**
 * The report of this moment. Call after refresh().
 * @param {Store} store @param {{now: Date, app: string, pin: boolean, storage?: StorageManager}} about
 * @returns {Promise<Report>}
 */
export async function reportOf({ state }, { now, app, pin, storage }) {
  const waiting = unsettled(state);
  const [blobs, drafts, { used, quota, persisted }] = await Promise.all([
    todoBlobs(state),
    state.conn.run(["drafts"], "readonly", countBegun),
    readFreeSpace(storage),
  ]);
  return {
    clock: now.toISOString(),
    oldest: waiting[0]?.m.at ?? null,
    unsent: waiting.length,
    drafts,
    blobs: blobs.length,
    used,
    quota,
    persisted,
    app,
    pin,
  };
}
