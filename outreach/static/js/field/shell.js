// From a view and its context to an HTML answer: a fragment for htmx, else a whole page.

import { render } from "../gen/templates.js";
import messages from "../gen/catalogue.js";
import { u } from "./addresses.js";
import { strictHeaders } from "./headers.js";

/** @typedef {import("./router.js").View} View */
/** @typedef {import("./router.js").Context} Context */

/** The Indonesian sentence, for answers made before a language is known. @param {string} key */
export function plainT(key) {
  return /** @type {Record<string, string>} */ (messages.id)[key] ?? key;
}

/** The answer that shows a view. @param {View} view @param {Context} context @returns {Response} */
export function page(view, context) {
  const tools = { t: context.t ?? plainT, u };
  const lang = context.lang ?? "id";
  const ctx = { ...view.ctx, lang };
  const title = view.title ?? tools.t("shell.product");
  const frame = { ...context.frame, ...view.ctx?.frame, lang, title };
  const fragment = render(`field/${view.view}.html`, ctx, tools);
  const html = context.htmx
    ? fragment
    : render("field/_head.html", frame, tools) + fragment + render("field/_foot.html", frame, tools);
  const { status = 200, headers } = view;
  return new Response(html, { status, headers: strictHeaders(headers) });
}

/** The answer to an address that no page has. @param {Context} context @returns {Response} */
export function missing(context) {
  return page({ view: "missing", status: 404 }, context);
}

/** The answer when a handler failed: nothing was lost, and what to do. @param {Context} context */
export function failed(context) {
  try {
    return page({ view: "failed", status: 500 }, context);
  } catch {
    const body = `<!doctype html><meta charset="utf-8"><p>${plainT("shell.failed")}</p>`;
    return new Response(body, { status: 500, headers: strictHeaders() });
  }
}
