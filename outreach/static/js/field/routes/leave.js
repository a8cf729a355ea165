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

route("POST", "/field/leave", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { state } = q.store;
  await leave(state, false);
  forget();
  forgetAsked();
  await tellLeft(state, network);
  // Takes the browser's own login away; without signal the phone's word ends it later.
  const how = /** @type {const} */ ({ method: "POST", redirect: "manual" });
  const gone = await network(LOGOUT, how).catch(() => null);
  return { redirect: gone ? "/login?left=1" : "/field/" };
});
