// Choosing a PIN and changing it. Opening with one is in unlock.js.
import { openKey, withPin } from "./keys.js";
import { encryptSome } from "./migrate.js";
import { begin, keep, keysOf, look, nowOf } from "./session.js";
import { counted } from "./unlock.js";

/** @typedef {import("./session.js").Owner} Owner */

const DAY = 86_400_000;
const WEAK = /^(\d)\1+$|^(\d{3})\2$|^(\d\d)\3\3$/;
const ROWS = ["01234567890", "09876543210"];

/** True for PINs that people try first. @param {string} pin */
export const isWeak = (pin) => WEAK.test(pin) || ROWS.some((row) => row.includes(pin));

/** @param {string} pin */
export const isPin = (pin) => /^\d{6}$/.test(pin);

/**
 * Put a PIN over the data key, the first or another one. Everything that an earlier version left in
 * clear is encrypted before.
 * @param {import("../store/state.js").State} s @param {string} pin @param {{old?: string, rounds?: number}} [how]
 * @returns {Promise<import("./unlock.js").Tried>} not ok: the old PIN was wrong
 */
export async function setPin(s, pin, { old, rounds } = {}) {
  while (await encryptSome(s));
  const keys = await keysOf(s);
  const change = () => withPin(keys, old, pin, rounds);
  const { ok, left, made } = keys.salt
    ? await counted(s, change)
    : { ok: true, left: 0, made: await change() };
  if (!made) return { ok: false, left };
  const key = await openKey({ ...keys, ...made }, pin);
  // Only what really opens may take the place of what opened before.
  if (!key) throw new Error("the new PIN does not open");
  await keep(s, { keys: { ...keys, ...made }, asked: undefined });
  await begin(s, { key, gen: keys.gen });
  return { ok, left };
}

/**
 * Where this person stands with the PIN: `ask` once a day has passed since it was first put off.
 * @param {Owner} s
 * @returns {Promise<{has: boolean, ask: boolean, asked: boolean}>}
 */
export async function pinState(s) {
  const { keys, asked } = await look(s, ["keys", "asked"]);
  const has = Boolean(keys?.salt);
  // A clock that went back puts off for no longer than a day either.
  const ask = !has && asked !== undefined && Math.abs(nowOf(s) - asked) > DAY;
  return { has, ask, asked: asked !== undefined };
}

/** "Nanti saja": the day begins now, once. @param {Owner} s */
export async function putOff(s) {
  const { asked } = await look(s, ["asked"]);
  if (asked === undefined) await keep(s, { asked: nowOf(s) });
}
