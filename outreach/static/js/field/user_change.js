/**
 * Changing who works on this phone. A login redirects to /field/?u=<id>; nobody's screens are
 * shown before the server has said that this browser's session is that person's.
 */
import { version } from "../gen/build.js";
import { forget } from "./context.js";
import { openUser } from "../store/store.js";
import { register } from "../sync/client.js";
import { noteSync } from "../store/records/sync_state.js";
import { cameBack } from "../vault/left.js";

/** @typedef {import("./request_types.js").Q} Q */

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The network as the sync client wants it. @param {RequestInfo} input @param {RequestInit} [init] */
export const network = (input, init) => fetch(input, init);

const JUST_NOW = 10_000;

/**
 * True when this phone has registered a moment ago, at the login: the first pages do not do it again
 * before they fetch. @param {import("../store/records/state.js").State} state @param {Date} now
 */
export async function justEntered(state, now) {
  await state.peek();
  return Math.abs(now.getTime() - (state.sync.enteredAt ?? 0)) < JUST_NOW;
}

/** Let whoever the address names work here, if the server says that they have logged in. @param {Q} q */
export async function enter(q) {
  const user = /** @type {string} */ (q.query.get("u"));
  if (!ID.test(user)) return { redirect: "/field/" };
  const store = await openUser(user);
  const asked = { fetch: network, app: version, login: true };
  const answer = await register(store, asked).finally(forget);
  if (answer.ok) {
    await cameBack(store.state);
    await noteSync(store.state, { enteredAt: q.now.getTime() });
    await q.meta.setCurrentUser(user);
    return { redirect: "/field/" };
  }
  const stays = (await q.meta.currentUser()) === user;
  if (stays) return { redirect: "/field/" };
  return { redirect: `/field/?e=${answer.status ? "again" : (answer.trouble ?? "server")}` };
}
