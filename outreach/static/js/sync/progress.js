// When the server may be called again.
import { noteSync } from "../store/records/sync_state.js";

/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("../store/records/state.js").SyncState} SyncState */

const MAX_WAIT_S = 300;

/**
 * Milliseconds until the server may be called again. A wait longer than any that is ever noted was
 * noted by a clock that has been set back since: it is over.
 * @param {State} s @param {number} now
 */
export function waitLeft(s, now) {
  const left = s.sync.until - now;
  return left > MAX_WAIT_S * 1000 ? 0 : left;
}

/**
 * Wait before calling again: what the server asked for, else twice as long each time; never more
 * than five minutes.
 * @param {State} s @param {number} now @param {number} random @param {number} [retryAfter] seconds
 * @param {Partial<SyncState>} [change]
 */
export async function backOff(s, now, random, retryAfter = 0, change = {}) {
  const fails = s.sync.fails + 1;
  const wait = retryAfter || 2 ** Math.min(fails, 9) * (0.5 + random / 2);
  const until = now + Math.min(wait, MAX_WAIT_S) * 1000;
  await noteSync(s, { ...change, fails, until });
}
