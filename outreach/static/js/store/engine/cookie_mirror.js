// The last number given out, mirrored into a cookie: when the browser throws the storage away, the
// numbers that went with it can be named. Where both vanish, nobody can.

const YEAR = 365 * 86400000;
// A worker sees only the cookies of its own address, /sw.js.
const PATH = "/";
const FORM = /^([0-9a-f-]{36})\.(\d+)\.?(\d*)$/;

/** @typedef {{get(name: string): Promise<{value?: string} | null>, set(cookie: Cookie): Promise<void>, delete(cookie: Pick<Cookie, "name" | "path">): Promise<void>}} Cookies */
/** @typedef {{name: string, value: string, path: string, sameSite: string, expires: number}} Cookie */

/** @returns {Cookies | undefined} */
const jar = () => /** @type {{cookieStore?: Cookies}} */ (globalThis).cookieStore;

/** @param {string} userId */
const nameOf = (userId) => `jkm_${userId}`;

/**
 * The cookie's memory of a user, or null.
 * @param {string} userId
 * @returns {Promise<{device: string, mid: number, at?: number} | null>} at: when it was saved (ms), 0 unknown
 */
export async function mirrored(userId) {
  try {
    const cookie = await jar()?.get(nameOf(userId));
    const [, device, mid, at] = FORM.exec(cookie?.value ?? "") ?? [];
    return device ? { device, mid: Number(mid), at: Number(at) } : null;
  } catch {
    return null;
  }
}

/**
 * Remember the last number. A browser without cookieStore, or one that refuses, loses only the
 * naming, never a save.
 * @param {string} userId @param {string} device @param {number} mid
 */
export async function mirror(userId, device, mid) {
  try {
    const value = `${device}.${mid}.${Date.now()}`;
    const expires = Date.now() + YEAR;
    await jar()?.set({ name: nameOf(userId), value, path: PATH, sameSite: "strict", expires });
  } catch {
    // told in the docstring
  }
}
