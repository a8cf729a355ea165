// Choosing a PIN and changing it. Opening with one is in unlock.js.
import { withPin } from "../../vault/keys.js";
import { encryptAll } from "./migrate.js";
import { takeKey } from "../../vault/rekey.js";
import { keep, keysOf, look, nowOf } from "../../vault/session.js";
import { counted } from "./unlock.js";

/** @typedef {import("../../vault/session.js").Owner} Owner */

const DAY = 86_400_000;
const WEAK = /^(\d)\1+$|^(\d{3})\2$|^(\d\d)\3\3$/;
const ROWS = ["01234567890", "09876543210"];

/** True for PINs that people try first. @param {string} pin */
export const isWeak = (pin) => WEAK.test(pin) || ROWS.some((row) => row.includes(pin));

/** @param {string} pin */
export const isPin = (pin) => /^\d{6}$/.test(pin);

/**
 * Choose a PIN, the first or another one, and with it another data key; everything that lies here
 * is rewritten under that before this answers. Killed meanwhile, it goes on by itself.
 * @param {import("../records/state.js").State} s @param {string} pin @param {{old?: string, rounds?: number}} [how]
 * @returns {Promise<import("./unlock.js").Tried>} not ok: the old PIN was wrong
 */
export async function setPin(s, pin, { old, rounds } = {}) {
  const keys = await keysOf(s);
  const change = () => withPin(keys, old, pin, rounds);
  const { made, ...tried } = keys.salt
    ? await counted(s, change)
    : { ok: true, left: 0, judged: true, made: await change() };
  if (!made) return { ...tried, ok: false };
  if (!(await takeKey(s, keys, made, pin))) return { ok: false, left: 0, judged: true };
  await encryptAll(s);
  return tried;
}

/**
 * Where this person stands with the PIN: `ask` once a day has passed since it was first put off.
 * @param {Owner} s
 * `chosen` once there is one, or it was put off: not while the phone begins anew.
 * @returns {Promise<{has: boolean, ask: boolean, asked: boolean, chosen: boolean}>}
 */
export async function pinState(s) {
  const { keys, asked } = await look(s, ["keys", "asked"]);
  const has = Boolean(keys?.salt);
  // A clock that went back puts off for no longer than a day either.
  const ask = !has && asked !== undefined && Math.abs(nowOf(s) - asked) > DAY;
  return { has, ask, asked: asked !== undefined, chosen: has || /** @type {number} */ (asked) > 0 };
}

/** "Nanti saja": the day begins now, once. @param {Owner} s */
export async function putOff(s) {
  const { asked } = await look(s, ["asked"]);
  if (asked === undefined) await keep(s, { asked: nowOf(s) });
}
