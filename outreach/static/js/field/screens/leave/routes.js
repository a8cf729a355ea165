/**
 * Logging out of the app, with or without signal: the phone is shut at once, and the server is told
 * now or with the next step. Unsent saves stay and go on being sent. And the ways from the app to
 * pages of the server.
 */
import { leave } from "../../../vault/left.js";
import { tellLeft } from "../../../sync/login.js";
import { forgetAsked } from "../../asked.js";
import { route } from "../../router.js";
import { forget } from "../../context.js";
import { askedAt } from "../../parts_of_screens/login_way.js";
import { network } from "../../user_change.js";

const LOGOUT = "/logout";
const LOGIN = "/login";
const ANSWER_WITHIN = 10_000;
/** A path of this server outside the app, and of no other. */
const OURS = /^\/(?![/\\]|field\/)/;
/** Nobody waits longer for a slow server: it is told with the next step. */
const PATIENCE = 4000;

/** @template T @param {Promise<T>} work @returns {Promise<T | null>} null when it takes too long or fails */
const soon = (work) =>
  Promise.race([
    work.catch(() => null),
    new Promise((resolve) => setTimeout(resolve, PATIENCE, null)),
  ]);

route("POST", "/field/leave", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { state } = q.store;
  await leave(state, false);
  forget();
  forgetAsked();
  await soon(tellLeft(state, network));
  // Takes the browser's own login away; without signal the phone's word ends it later.
  const how = /** @type {const} */ ({ method: "POST", redirect: "manual" });
  const gone = await soon(network(LOGOUT, how));
  return { redirect: gone ? `${LOGIN}?left=1` : "/field/" };
});

/** On to a page of the server; without it, what can be done. @param {string} to @param {string} title @param {string} text */
async function onward(to, title, text) {
  const signal = AbortSignal.timeout?.(ANSWER_WITHIN);
  const there = await network(LOGIN, { method: "HEAD", signal }).catch(() => null);
  if (there) return { redirect: to };
  return { view: "missing", title, status: 503, ctx: { title, text, awaited: 1 } };
}

/** The way to the server's login, which a phone without signal cannot open; it leads back to the
 * screen that asked for it. */
route("GET", "/field/login", (q) => {
  const back = askedAt(q.query);
  const to = back ? `${LOGIN}?next=${encodeURIComponent(back)}` : LOGIN;
  return onward(to, q.t("field.no_login"), q.t("field.no_login_text"));
});

/** Any other page of the server, to which its own worker (away.js) found no way. */
route("GET", "/field/away", (q) => {
  const to = q.query.get("to") ?? "";
  return onward(OURS.test(to) ? to : "/", q.t("field.no_page"), q.t("field.no_page_text"));
});
