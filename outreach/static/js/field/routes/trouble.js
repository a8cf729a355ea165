/**
 * The way out when the phone's storage fails. These pages need no open store, so they are also
 * answered when no other page can be.
 */
import { beginAnew, survey } from "../../store/aside.js";
import { putAside } from "../../store/db.js";
import * as meta from "../../store/meta.js";
import { onFailure, route } from "../router.js";
import { troubleView } from "../views/trouble.js";
import { forget } from "./base.js";
import { carryFile, carryMake, carryPage } from "./carry.js";

const PAGE = "/field/trouble";

/** @param {any} q @param {string} code */
async function trouble(q, code) {
  const user = await meta.currentUser();
  if (!user) return { redirect: "/field/" };
  const n = (await putAside())[user] ?? 0;
  const ctx = troubleView({ code, found: await survey(user, n), n }, { t: q.t, lang: q.lang });
  return { view: "trouble", title: q.t("field.trouble"), status: code ? 500 : 200, ctx };
}

/** @param {any} q */
const ask = (q) => ({
  view: "anew",
  title: q.t("field.trouble.anew"),
  ctx: { n: q.query.get("n") ?? "0" },
});

/** @param {any} q */
async function anew(q) {
  const user = await meta.currentUser();
  if (user) await beginAnew(user, Number(q.form.get("n")));
  forget();
  return { redirect: "/field/" };
}

route("GET", PAGE, (q) => trouble(q, ""));
route("GET", `${PAGE}/anew`, ask);
route("POST", `${PAGE}/anew`, anew);

/** @type {Record<string, (q: any) => any>} */
const ALWAYS = {
  [`GET ${PAGE}/anew`]: ask,
  [`POST ${PAGE}/anew`]: anew,
  "GET /field/carry": carryPage,
  "POST /field/carry": carryMake,
};

/** A page that needs no open store, with its parameters. @param {string} method @param {string} path */
function always(method, path) {
  const [, n, id, i] = /^\/field\/carry\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (n) return { handler: carryFile, params: { n, id, i } };
  const handler = /** @type {any} */ (ALWAYS)[`${method} ${path}`];
  return handler ? { handler, params: {} } : null;
}

onFailure(async (error, context) => {
  const { code = "" } = /** @type {any} */ (error);
  // Without words of its own the context shows that no store could be opened.
  const closed = !context.w;
  if (code === "locked") return { redirect: "/field/" };
  if (!closed && !code.startsWith("storage_")) return null;
  const address = new URL(context.request.url);
  const own = always(context.request.method, address.pathname);
  if (own) return own.handler({ ...context, query: address.searchParams, params: own.params });
  return trouble(context, code || "storage_broken");
});
