// The check of the phone's clock. Nothing is decided by it: ages, days and dates are
// reckoned with the server's time as far as that is known.

/** @typedef {{serverTime?: string, heardAt?: number}} Contact what the server last told, and when by the phone's clock (ms) */

const TOLERATED = 5 * 60000;

/**
 * The time to reckon with: the phone's own unless the last contact shows it as wrong. A clock set
 * right since then is believed again.
 * @param {Contact | undefined} sync @param {number} now @returns {number} milliseconds
 */
export function rightTime({ serverTime, heardAt } = {}, now) {
  if (!serverTime) return now;
  const told = Date.parse(serverTime);
  if (now < told) return told;
  const ahead = (heardAt ?? told) - told;
  return ahead > TOLERATED && now >= told + ahead ? now - ahead : now;
}

/**
 * How far the phone's clock is ahead of the server's in milliseconds, as far as is known: at the
 * last contact, or since then when the clock now shows a time before it. 0 within five minutes.
 * @param {Contact} sync @param {number} now
 */
export function clockFault({ serverTime, heardAt }, now) {
  if (!serverTime) return 0;
  const told = Date.parse(serverTime);
  const ahead = now < told - TOLERATED ? now - told : (heardAt ?? told) - told;
  return Math.abs(ahead) > TOLERATED ? ahead : 0;
}
