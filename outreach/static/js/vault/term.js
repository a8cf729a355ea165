// The lease as it is kept: noted at what happens in the app, renewed by every answer of the server.
import { jakartaDate } from "../domain/age.js";
import { ask } from "../store/engine/idb.js";
import { confirmed, isOver, newLease, passed } from "./lease.js";
import { keep, look, nowOf } from "./session.js";

/** @typedef {import("./session.js").Owner} Owner */
/** @typedef {import("./lease.js").Lease} Lease */

const NOTED = 10 * 60_000;
const DAY = 86_400_000;
/** Last event that this context noted. @type {WeakMap<Owner, number>} */
const noted = new WeakMap();

/**
 * Note that something happened in the app, every ten minutes at most.
 * @param {Owner} s
 * @returns {Promise<Lease | null>} the lease, when it was looked at
 */
export async function happened(s) {
  const now = nowOf(s);
  const last = noted.get(s);
  if (last !== undefined && now >= last && now - last < NOTED) return null;
  noted.set(s, now);
  return change(s, (lease) => passed(lease ?? newLease(now), now));
}

/** @param {Owner} s @param {(lease: Lease | undefined) => Lease} how @returns {Promise<Lease>} */
const change = (s, how) =>
  s.conn.run(
    ["vault"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const lease = how(await ask(vault.get("lease")));
      vault.put(lease, "lease");
      return lease;
    },
    "strict",
  );

/**
 * The server has answered: the lease begins anew, and what it had closed opens with the PIN again.
 * @param {Owner} s @param {number} [days] as the server said, when it did
 */
export async function renew(s, days) {
  const now = nowOf(s);
  const { lease, ended } = await look(s, ["lease", "ended"]);
  const back = ended?.reason === "lease" && ended.key;
  const fresh = lease && !lease.doubt && Math.abs(now - lease.at) < NOTED && lease.spent < NOTED;
  if (fresh && !back && (days ?? lease.days) === lease.days) return;
  noted.set(s, now);
  await change(s, (old) => newLease(now, days ?? old?.days));
  if (back) await keep(s, { ended: undefined });
}

/** True when a person's date is the one this phone shows, give or take a day. @param {Owner} s @param {string} date ISO */
export function isToday(s, date) {
  const shown = Date.parse(jakartaDate(nowOf(s)));
  return Math.abs(Date.parse(date) - shown) <= DAY;
}

/** The date was confirmed: what was in doubt counts. @param {Owner} s @returns {Promise<boolean>} true when the lease is over */
export const dateConfirmed = async (s) =>
  isOver(await change(s, (lease) => confirmed(lease ?? newLease(nowOf(s)), true)));
