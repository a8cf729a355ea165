/**
 * Changing who works on this phone. A login redirects to /field/?u=<id>; nobody's screens are
 * shown before the server has said that this browser's session is that person's.
 */
import { version } from "../../gen/build.js";
import { forget } from "./base.js";
import { openUser } from "../../store/store.js";
import { register } from "../../sync/client.js";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The network as the sync client wants it. @param {RequestInfo} input @param {RequestInit} [init] */
export const network = (input, init) => fetch(input, init);

const JUST_NOW = 30_000;
let entered = { user: "", at: 0 };

/**
 * True when this person's phone has registered a moment ago, at the login: the first page does not
 * do it again before it fetches. @param {string} user @param {Date} now
 */
export const justEntered = (user, now) =>
  entered.user === user && Math.abs(now.getTime() - entered.at) < JUST_NOW;

/** @param {any} q @param {string} user */
export async function enter(q, user) {
  if (!ID.test(user)) return { redirect: "/field/" };
  const store = await openUser(user);
  const answer = await register(store, { fetch: network, app: version }).finally(forget);
  if (answer.ok) {
    entered = { user, at: q.now.getTime() };
    await q.meta.setCurrentUser(user);
    return { redirect: "/field/" };
  }
  const stays = (await q.meta.currentUser()) === user;
  if (stays) return { redirect: "/field/" };
  return { redirect: `/field/?e=${answer.status ? "login" : "offline"}` };
}
