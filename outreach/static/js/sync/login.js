// The server's word on this person's login on this phone, and telling it of a log-out here.
import { noteSync } from "../store/records/sync_state.js";
import { leave, leftHere, noteTold } from "../vault/left.js";
import { lock } from "../vault/session.js";
import { ask } from "./call.js";

/** @typedef {import("../store/records/state.js").State} State */

const LOGIN = ["logged_out", "login_again", "fetch_key_unknown"];

/** @param {string | undefined} code true for an answer that asks for a login on this phone */
export const asksForLogin = (code) => LOGIN.includes(code ?? "");

/**
 * A log-out that the server knows of shuts the phone; a login that was ended elsewhere, or that ran
 * out, locks it. A phone that was logged out here is shut since then: who opened it again gave the
 * PIN after that, and is not asked once more.
 * @param {State} s @param {{session?: boolean, ended?: string | null, code?: string}} told
 */
export async function heed(s, { session, ended, code }) {
  if (ended === "logout" || code === "logged_out") return shut(s);
  const before = s.sync.session ?? false;
  const over = code === "login_again" || (before && session === false);
  if (over && !(await leftHere(s))) await lock(s);
  if ((session ?? false) !== before) await noteSync(s, { session: session ?? false });
}

/** @param {State} s */
async function shut(s) {
  if (!(await leftHere(s))) await leave(s, true);
}

/**
 * Tell the server that this person logged out here, if it does not know yet. Where no answer comes
 * it is told with the next step.
 * @param {State} s @param {import("./wire.js").Fetch} fetch @returns {Promise<boolean>} true when it was told now
 */
export async function tellLeft(s, fetch) {
  const left = await leftHere(s);
  if (!left || left.told) return false;
  await s.peek();
  const { status } = await ask(s, fetch, "/sync/v1/device", { device: s.head.device, left: true });
  // 401: the server has never known this phone, or knows it no more.
  if (status !== 200 && status !== 401) return false;
  await noteTold(s, left);
  return true;
}
