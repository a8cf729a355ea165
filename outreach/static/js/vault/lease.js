// How long the app may go on without the server. The gaps between what happens in the app are
// added up, each capped at three days: a jumping clock neither ends the lease nor stops it.

const DAY = 86_400_000;
const CAP = 3 * DAY;
export const DEFAULT_DAYS = 14;

/**
 * @typedef {object} Lease
 * @property {number} days how long, as the server said
 * @property {number} spent milliseconds without the server, as counted
 * @property {number} at the last event
 * @property {number} [doubt] what jumps were longer than the cap, while nobody has confirmed the date
 */

/** A lease that begins: the server has just answered. @param {number} now @param {number} [days] @returns {Lease} */
export const newLease = (now, days = DEFAULT_DAYS) => ({ days, spent: 0, at: now });

/** The lease after one more event. @param {Lease} lease @param {number} now @returns {Lease} */
export function passed(lease, now) {
  const gap = Math.max(0, now - lease.at);
  const after = { ...lease, spent: lease.spent + Math.min(gap, CAP), at: now };
  return gap > CAP ? { ...after, doubt: (lease.doubt ?? 0) + gap - CAP } : after;
}

/**
 * The lease once a person has told the date: a jump that really happened counts whole.
 * @param {Lease} lease @param {boolean} real the date is the one that the phone shows
 * @returns {Lease} the doubt stays while the date is not the phone's
 */
export function confirmed(lease, real) {
  if (!real || !lease.doubt) return lease;
  const { doubt, ...rest } = lease;
  return { ...rest, spent: rest.spent + doubt };
}

/** True when the phone has been too long without the server. @param {Lease} lease */
export const isOver = ({ spent, days }) => spent > days * DAY;

/** Whole days that are left. @param {Lease} lease */
export const daysLeft = ({ spent, days }) => Math.max(0, Math.ceil(days - spent / DAY));
