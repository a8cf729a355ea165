// Whether the phone's clock can be right. It only tells; nothing is decided by it.

/** @typedef {import("./state.js").SyncState} SyncState */

const TOLERATED = 5 * 60000;

/**
 * How far the phone's clock is ahead of the server's in milliseconds, as far as is known: at the
 * last contact, or since then when the clock now shows a time before it. 0 within five minutes.
 * @param {Pick<SyncState, "serverTime" | "heardAt">} sync @param {number} now
 */
export function clockFault({ serverTime, heardAt }, now) {
  if (!serverTime) return 0;
  const told = Date.parse(serverTime);
  const ahead = now < told - TOLERATED ? now - told : (heardAt ?? told) - told;
  return Math.abs(ahead) > TOLERATED ? ahead : 0;
}
