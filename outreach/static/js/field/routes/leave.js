/**
 * Logging out of the app, with or without signal: the phone is shut at once, the server is told now
 * or with the next step, and what is unsent stays and goes on being sent.
 */
import { leave } from "../../vault/left.js";
import { tellLeft } from "../../sync/login.js";
import { forgetAsked } from "../asked.js";
import { route } from "../router.js";
import { forget } from "./base.js";
import { network } from "./people.js";

const LOGOUT = "/logout";
const LOGIN_WITHIN = 10_000;
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
  return { redirect: gone ? "/login?left=1" : "/field/" };
});

/** The way to the server's login, which a phone without signal cannot open. */
route("GET", "/field/login", async (q) => {
  const signal = AbortSignal.timeout?.(LOGIN_WITHIN);
  const there = await network("/login", { method: "HEAD", signal }).catch(() => null);
  if (there) return { redirect: "/login" };
  const ctx = { title: q.t("field.no_login"), text: q.t("field.no_login_text"), awaited: 1 };
  return { view: "missing", title: q.t("field.no_login"), status: 503, ctx };
});
