// Logged out on this phone: what lies here is shut. With a PIN that opens it again; without one only
// the login does, since nothing else keeps anybody out. Sending sealed copies goes on.
import { lock, keep, look, nowOf } from "./session.js";

/** @typedef {import("./session.js").Owner} Owner */
/** @typedef {import("../store/engine/cookie_mirror.js").Cookies} Cookies */
/** @typedef {import("./vault_types.js").Left} Left */

/** The cookie by which the server's own pages tell of a log-out; its value is the person's id. */
const COOKIE = "jk_left";

/** @param {Owner} s @returns {Promise<Left | undefined>} */
export const leftHere = async (s) => (await look(s, ["left"])).left;

/**
 * Shut what lies here. @param {Owner & {wipe: () => void}} s @param {boolean} told the server knows already
 */
export async function leave(s, told) {
  await keep(s, { left: { at: nowOf(s), told } });
  await lock(s);
  s.wipe();
}

/** The server has heard of it. @param {Owner} s @param {Left} left */
export const noteTold = (s, left) => keep(s, { left: { ...left, told: true } });

/** This person logged in again. @param {Owner} s */
export const cameBack = (s) => keep(s, { left: undefined });

/**
 * True once when this person logged out on a page of the server, in this browser.
 * @param {Owner} s
 */
export async function leftElsewhere(s) {
  const jar = /** @type {{cookieStore?: Cookies}} */ (globalThis).cookieStore;
  const told = await jar?.get(COOKIE).catch(() => null);
  if (told?.value !== s.userId) return false;
  await /** @type {Cookies} */ (jar).delete({ name: COOKIE, path: "/" }).catch(() => {});
  return true;
}
