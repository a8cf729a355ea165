// Opening what a PIN locks, one counted try after another.
import { ask } from "../engine/idb.js";
import { openKey, withPin } from "../../vault/keys.js";
import { end } from "./ended.js";
import { unlessFull } from "./migrate.js";
import { takeKey } from "../../vault/rekey.js";
import { begin, beginHere, look, nowOf } from "../../vault/session.js";
import { NO_TRIES, oneMore, waited } from "../../vault/throttle.js";

/** @typedef {import("../../vault/session.js").Owner} Owner */
/** @typedef {import("../records/state.js").State} State */
/**
 * @typedef {{ok: boolean, left: number, judged: boolean}} Tried `left`: milliseconds until the next
 *   try; `judged`: the PIN was looked at, which nobody does during a wait
 */

/** How long this person has to wait now. @param {Owner} s @returns {Promise<number>} milliseconds */
export const waitLeft = (s) => count(s, (tries) => tries);

/**
 * @param {Owner} s @param {(tries: import("../../vault/throttle.js").Tries) => import("../../vault/throttle.js").Tries} then
 * @returns {Promise<number>} what was left to wait before
 */
const count = (s, then) =>
  s.conn.run(
    ["vault"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const tries = waited((await ask(vault.get("tries"))) ?? NO_TRIES, nowOf(s));
      vault.put(tries.left ? tries : then(tries), "tries");
      return tries.left;
    },
    "strict",
  );

/**
 * The answer of `work`, unless a wait is on. The try is counted on the disk before it is made, so
 * that killing the app in the middle gives none for nothing; success takes the count away.
 * @template T
 * @param {Owner} s @param {() => Promise<T | null>} work null: the PIN was wrong
 * @returns {Promise<Tried & {made: T | null}>}
 */
export async function counted(s, work) {
  const left = await count(s, (tries) => oneMore(tries, nowOf(s)));
  const judged = !left;
  const made = judged ? await work() : null;
  if (!made) return { ok: false, left: await waitLeft(s), judged, made };
  await s.conn.run(["vault"], "readwrite", (tx) => ask(tx.objectStore("vault").delete("tries")));
  return { ok: true, left: 0, judged, made };
}

/**
 * A data key of earlier versions was there before its PIN: another one takes its place, once.
 * @param {State} s @param {import("../../vault/keys.js").Keys} keys @param {string} pin the present one
 */
async function ownKey(s, keys, pin) {
  const made = await withPin(keys, pin, pin, keys.rounds);
  return made && takeKey(s, keys, made, pin);
}

/**
 * Open with the PIN, for every context of this phone.
 * @param {State} s @param {string} pin
 * @returns {Promise<Tried>}
 */
export async function unlock(s, pin) {
  const { keys, ended } = await look(s, ["keys", "ended"]);
  // Too long without the server: the PIN alone does not open any more.
  if (ended?.reason === "lease") return { ok: false, left: 0, judged: false };
  const { made, ...tried } = await counted(s, () => openKey(keys, pin));
  if (!made) return tried;
  const lost = ended?.reason === "lost";
  const opened = { key: made, gen: keys.gen };
  if (lost) beginHere(s, opened);
  // A full phone opens all the same, and changes its key another time.
  else if (keys.own || !(await ownKey(s, keys, pin).catch(unlessFull))) await begin(s, opened);
  // Only now can be sealed what still needed the key.
  if (lost) await end(s, "lost");
  return tried;
}
