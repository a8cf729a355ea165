/**
 * The way out when the phone's storage fails. These pages need no open store, so they are also
 * answered when no other page can be.
 */
import { version } from "../../../gen/build.js";
import { beginAnew, nextStore, survey } from "../../../store/set_aside_database.js";
import { putAside } from "../../../store/engine/db.js";
import * as meta from "../../../store/engine/meta.js";
import { State } from "../../../store/records/state.js";
import { register } from "../../../sync/client.js";
import { isOpen, look } from "../../../vault/session.js";
import { unlock } from "../../../store/access/unlock.js";
import { onFailure, route } from "../../router.js";
import { foreign } from "../../shell.js";
import { loginWords } from "../../parts_of_screens/net_words.js";
import { askedAt } from "../../parts_of_screens/login_way.js";
import { pinWords } from "../../parts_of_screens/pin_words.js";
import { troubleView } from "./view.js";
import { forget } from "../../context.js";
import { carryFile, carryMake, carryPage } from "../carry/routes.js";
import { network } from "../../user_change.js";

/** @typedef {import("../carry/routes.js").Asking} Asking also where no store could be opened */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {Pick<Asking, "t" | "lang" | "now" | "form">} Failed a request as far as every one comes */

const PAGE = "/field/trouble";

/** @param {Failed} q @param {string} code */
async function trouble(q, code) {
  const user = await meta.currentUser();
  if (!user) return { redirect: "/field/" };
  const n = (await putAside())[user] ?? 0;
  const ctx = troubleView({ code, found: await survey(user, n), n }, { t: q.t, lang: q.lang });
  return { view: "trouble", title: q.t("field.trouble"), status: code ? 500 : 200, ctx };
}

/** @typedef {"open" | "pin" | "login"} Proof what a new storage asks for */

/**
 * The proof that beginning anew asks for: nothing where the storage is open to them, its
 * PIN where it has one that can still be asked for, else a login with the password.
 * @param {string} user @param {number} n @returns {Promise<{state: State, proof: Proof}>}
 */
async function proofFor(user, n) {
  const state = new State(user);
  if ((await survey(user, n)).code) return { state, proof: "login" };
  if (await isOpen(state)) return { state, proof: "open" };
  const { keys, ended } = await look(state, ["keys", "ended"]);
  return { state, proof: keys?.salt && !ended ? "pin" : "login" };
}

/** @param {Asking} q @param {string} [wrong] */
async function ask(q, wrong = "") {
  const n = String(q.form.get("n") ?? q.query.get("n") ?? "0");
  const user = await meta.currentUser();
  const { proof } = user ? await proofFor(user, Number(n)) : { proof: "login" };
  const login = proof === "login" ? `${PAGE}/anew?n=${Number(n)}` : "";
  const ctx = { n, wrong, pin: proof === "pin" ? 1 : 0, login };
  return { view: "anew", title: q.t("field.trouble.anew"), status: wrong ? 422 : 200, ctx };
}

/** Why this person may not begin anew; "" when they may. @param {Asking} q @param {string} user @param {number} n */
async function refusal(q, user, n) {
  const { state, proof } = await proofFor(user, n);
  if (proof === "open") return "";
  if (proof === "pin") {
    const tried = await unlock(state, q.form.get("pin") ?? "");
    return tried.ok ? "" : pinWords(tried, { t: q.t, lang: q.lang });
  }
  const next = await nextStore(user, n);
  const fresh = { fetch: network, app: version, fresh_login: true };
  const answer = await register(next, fresh).catch(() => ({ ok: false, status: 0 }));
  await next.close();
  return answer.ok ? "" : loginWords(q, answer);
}

/** @param {Asking} q */
async function anew(q) {
  const user = await meta.currentUser();
  const n = Number(q.form.get("n"));
  if (!user || ((await putAside())[user] ?? 0) !== n) return { redirect: "/field/" };
  const wrong = await refusal(q, user, n);
  if (wrong) return ask(q, wrong);
  await beginAnew(user, n);
  forget();
  return { redirect: "/field/" };
}

route("GET", PAGE, (q) => trouble(q, ""));
route("GET", `${PAGE}/anew`, ask);
route("POST", `${PAGE}/anew`, anew);

/** @type {Record<string, ((q: Asking) => Promise<Made>) | undefined>} */
const ALWAYS = {
  [`GET ${PAGE}/anew`]: ask,
  [`POST ${PAGE}/anew`]: anew,
  "GET /field/carry": carryPage,
  "POST /field/carry": carryMake,
};

/**
 * A page that needs no open store, with its parameters.
 * @param {string} method @param {string} path
 * @returns {{handler: (q: Asking) => Promise<Made>, params: Record<string, string>} | null}
 */
function always(method, path) {
  const [, n, id, i] = /^\/field\/carry\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (n) return { handler: carryFile, params: { n, id, i } };
  const handler = ALWAYS[`${method} ${path}`];
  return handler ? { handler, params: {} } : null;
}

onFailure(async (error, context) => {
  const { code = "" } = /** @type {{code?: string}} */ (error);
  // Without words of its own the context shows that no store could be opened.
  const closed = !context.w;
  if (code === "locked") return { redirect: "/field/" };
  if (!closed && !code.startsWith("storage_")) return null;
  const address = new URL(context.request.url);
  if (context.request.method === "POST" && !context.own)
    return foreign(/** @type {Failed} */ (context));
  // Who has just logged in to begin anew goes on there, though no store can be opened.
  const asked = address.pathname === "/field/" && askedAt(address.searchParams);
  if (asked && address.searchParams.get("u")) return { redirect: asked };
  const own = always(context.request.method, address.pathname);
  if (own)
    return own.handler({
      .../** @type {Failed} */ (context),
      query: address.searchParams,
      params: own.params,
    });
  return trouble(/** @type {Failed} */ (context), code || "storage_broken");
});
