// Databases that were put aside go on sending, as a locked phone does: what is sealed needs no key.
import { countSetAside, rawDatabase } from "../store/set_aside_database.js";
import { putAside } from "../store/engine/db.js";
import { State } from "../store/records/state.js";
import { lockedStep } from "./locked.js";

/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */

/** Databases of which nothing more can be sent, since this worker began. @type {Set<string>} */
const drained = new Set();

/**
 * One push out of a database put aside; null when there is none to make.
 * @param {State} s the present one @param {Means} means @param {boolean} force
 * @returns {Promise<Result | null>}
 */
export async function pushAside(s, means, force) {
  const many = (await putAside())[s.userId] ?? 0;
  for (let n = many - 1; n >= 0; n -= 1) {
    const name = `${s.userId} ${n}`;
    const result = drained.has(name) ? null : await pushOf(s, n, means, force).catch(() => null);
    if (result?.did === "push") {
      await countSetAside(s);
      return result;
    }
    if (!result || (result.did === "locked" && !result.wait)) drained.add(name);
  }
  return null;
}

/** @param {State} s @param {number} n @param {Means} means @param {boolean} force */
async function pushOf(s, n, means, force) {
  const conn = rawDatabase(s.userId, n);
  try {
    return await lockedStep(new State(s.userId, s.clock, conn), means, force);
  } finally {
    await conn.close();
  }
}
