// The worker's table of addresses: route(method, pattern, handler), and answer(request).
//
// A handler gets {params, query, form, request, htmx, lang, t, u, now, store, meta}. It returns
// {view, ctx, title?, status?, headers?}, {redirect, given?}, a Response, or null for no such page.

import { u } from "./addresses.js";
import { strictHeaders } from "./headers.js";
import { language } from "./language.js";
import { parts } from "./loaded_parts.js";
import { awaited, failed, foreign, missing, page } from "./shell.js";

/** @typedef {import("./request_types.js").View} View */
/** @typedef {import("./request_types.js").Redirect} Redirect */
/** @typedef {import("./request_types.js").Made} Made */
/** @typedef {import("./request_types.js").Handler} Handler */
/** @typedef {import("./request_types.js").Context} Context */
/** @typedef {import("./request_types.js").Begun} Begun */
/** @typedef {import("./request_types.js").Here} Here */
/** @typedef {import("./request_types.js").Q} Q */
/**
 * @typedef {{method: string, pattern: string, parts: string[], handler: Handler, again: Handler}} Route
 */

/** @type {Route[]} */
const routes = [];
/** Methods that change nothing, so that anybody may send them. */
const SAFE = ["GET", "HEAD"];
const TOKEN = "token";
const TOKEN_HEADER = "Jangkau-Token";

/** @type {(request: Request) => Promise<Partial<Here>>} */
let provider = () => language("id");
/** @type {() => Promise<string>} */
let token = async () => "";

/**
 * Answers `method` on `pattern` ("/field/w/{id}") by `handler`; literal parts win over parameters.
 * @param {string} method @param {string} pattern @param {Handler} handler
 * @param {Handler} [again] what to show of a form without the store's token; it changes nothing
 */
export function route(method, pattern, handler, again = foreign) {
  const parts = pattern.split("/");
  routes.push({ method, pattern, parts, handler, again });
  routes.sort((a, b) => weight(b.parts).localeCompare(weight(a.parts)));
}

/** Every address that changes something: method and pattern. */
export const unsafeRoutes = () =>
  routes.filter(({ method }) => !SAFE.includes(method)).map((r) => `${r.method} ${r.pattern}`);

/** @param {string[]} parts @returns {string} literal parts sort above parameters */
const weight = (parts) => parts.map((part) => (part.startsWith("{") ? "0" : "1")).join("");

/**
 * The context of every handler: {lang, t, store, meta …}, and the token that a form
 * has to carry. @param {typeof provider} context @param {typeof token} tokenNow
 */
export function provide(context, tokenNow) {
  provider = context;
  token = tokenNow;
}

/**
 * The page to show instead of that of a failure; null for that page. The second part brings it.
 * @type {(error: unknown, context: Begun) => Promise<Made>}
 */
let rescue = async () => null;

/** @param {typeof rescue} work */
export function onFailure(work) {
  rescue = work;
}

/**
 * The page that stands before every other, a lock for one; null lets the page through. The second part brings it.
 * @type {(q: Q) => Made | Promise<Made>}
 */
let gate = async () => null;

/** @param {typeof gate} work */
export function onEnter(work) {
  gate = work;
}

/**
 * The answer of an address, once nothing stands before it; null when there is no such address.
 * @param {Context & Pick<Q, "given">} context @param {string} method @param {URL} url @param {URLSearchParams} form
 * @returns {Promise<Made>}
 */
async function open(context, method, { pathname: path, searchParams: query }, form) {
  const found = find(method, path);
  if (!found) return null;
  const q = /** @type {Q} */ ({ ...context, params: found.params, method, path, query, form });
  const { handler, again } = found.route;
  return (await gate(q)) ?? (SAFE.includes(method) || context.own ? handler : again)(q);
}

/**
 * True when a request may change something: it carries the token of the store whose screens are
 * shown. Without a token nothing is ours. @param {Request} request @param {URLSearchParams} form @param {string} known
 */
function isOwn({ headers, method }, form, known) {
  const given = headers.get(TOKEN_HEADER) ?? form.get(TOKEN);
  form.delete(TOKEN);
  return SAFE.includes(method) || (known !== "" && given === known);
}

/** True for what htmx puts into a screen that stands. @param {Request} request */
const isPart = ({ headers }) => headers.get("HX-Request-Type") === "partial";

/** The worker's answer to a request under /field/. @param {Request} request @returns {Promise<Response>} */
export async function answer(request) {
  const htmx = request.headers.get("HX-Request") === "true";
  /** @type {Begun} */
  let context = { request, htmx, u, now: new Date() };
  try {
    const form = /** @type {URLSearchParams} */ (await readForm(request));
    context = { ...context, form, ...(await language("id")) };
    const known = await token();
    context = { ...context, token: known, own: isOwn(request, form, known) };
    context = { ...context, ...(await provider(request)) };
    const url = new URL(request.url);
    let made =
      places.before(request, url) ??
      (await open(/** @type {Context} */ (context), request.method, url, form));
    if (!made) return parts.all ? missing(context) : awaited(context, isPart(request));
    if (!SAFE.includes(request.method)) made = places.after(made, request, url);
    return await respond(htmx ? await followed(made, context) : made, context);
  } catch (error) {
    // The kind and place of a failure only: messages may carry what somebody typed.
    console.error("route failed", /** @type {Error} */ (error)?.name, place(error));
    const instead = await rescue(error, context).catch(() => null);
    return instead ? respond(instead, context) : failed(context);
  }
}

/**
 * Gives each screen that a form is answered an address that can be loaded again. The second part
 * brings it (seen.js): what is shown instead of opening an address, and what becomes of an answer.
 */
let places = {
  /** @param {Request} _request @param {URL} _url @returns {Made} */
  before: (_request, _url) => null,
  /** @param {View | Redirect | Response} made @param {Request} _request @param {URL} _url @returns {View | Redirect | Response} */
  after: (made, _request, _url) => made,
};

/** @param {typeof places} work */
export function onPlace(work) {
  places = work;
}

/**
 * The page that a redirect leads to, with the address for the page to show: htmx asks once instead of twice.
 * @param {View | Redirect | Response} made @param {Begun} context
 * @returns {Promise<View | Redirect | Response>}
 */
async function followed(made, context) {
  if (made instanceof Response || !("redirect" in made)) return made;
  const url = new URL(made.redirect, context.request.url);
  // The handler may have changed the language or the person.
  const now = { ...context, ...(await provider(context.request)) };
  Object.assign(context, now);
  const next = await open(
    { .../** @type {Context} */ (now), given: made.given },
    "GET",
    url,
    new URLSearchParams(),
  );
  if (!next || next instanceof Response || "redirect" in next) return made;
  return { ...next, headers: { ...next.headers, "HX-Push-Url": url.pathname + url.search } };
}

/** @param {unknown} error @returns {string} where it was thrown, without its message */
const place = (error) =>
  /\n\s+at .*/.exec(String(/** @type {Error | undefined} */ (error)?.stack))?.[0].trim() ?? "";

/**
 * @param {string} method @param {string} path
 * @returns {{route: Route, params: Record<string, string>} | undefined}
 */
export function find(method, path) {
  const given = path.split("/");
  const wanted = method === "HEAD" ? "GET" : method;
  for (const route of routes) {
    const params = route.method === wanted ? match(route.parts, given) : undefined;
    if (params) return { route, params };
  }
  return undefined;
}

/** @param {string[]} parts @param {string[]} given @returns {Record<string, string> | undefined} */
function match(parts, given) {
  if (parts.length !== given.length) return undefined;
  /** @type {Record<string, string>} */
  const params = {};
  for (let i = 0; i < parts.length; i += 1) {
    const named = /^\{(\w+)\}$/.exec(parts[i]);
    if (!named && parts[i] !== given[i]) return undefined;
    if (named && given[i] === "") return undefined;
    if (named) params[named[1]] = decode(given[i]);
  }
  return params;
}

/** @param {string} text @returns {string} decoded, or as it is when it cannot be */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The form of a POST: URLSearchParams, or FormData with files. @param {Request} request */
async function readForm(request) {
  if (request.method === "GET" || request.method === "HEAD") return new URLSearchParams();
  const type = request.headers.get("Content-Type") ?? "";
  if (type.startsWith("multipart/form-data")) return request.formData();
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return new URLSearchParams(await request.text());
  }
  return new URLSearchParams();
}

/** @param {View | Redirect | Response} made @param {Begun} context @returns {Promise<Response>} */
async function respond(made, context) {
  if (made instanceof Response) return made;
  if ("redirect" in made) {
    return new Response(null, { status: 303, headers: strictHeaders({ Location: made.redirect }) });
  }
  return page(made, context);
}
