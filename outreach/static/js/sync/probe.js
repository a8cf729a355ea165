// A push that offers nothing. It asks where the server stands, for a phone that may not pull. It
// names the numbers that an older backup lost and this phone no longer keeps.
import { call } from "./call.js";
import { compare } from "./lineage.js";
import { envelope, PUSH } from "./push.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */
/** @typedef {import("./call.js").Answer} Answer */
/** @typedef {import("./answer_types.js").Standing} Standing */

/**
 * Offer nothing. Null when there was nothing to ask, or nothing came of it.
 * @param {Store} store @param {Means} means @param {boolean} [anyway] also without lost numbers
 * @returns {Promise<Result | null>}
 */
export async function probe(store, means, anyway = false) {
  const s = store.state;
  const before = s.sync.received;
  if (before >= s.head.floor.mid && !anyway) return null;
  const { request: what } = await envelope(s, []);
  const { status, body } = /** @type {Answer & {body: Standing}} */ (
    await call(s, means.fetch, PUSH, what)
  );
  if (status !== 200 || !Number.isInteger(body?.last_mid)) return null;
  const same = (await compare(store, body)) === "same";
  return same && body.last_mid <= before ? null : { did: "push", more: true };
}
