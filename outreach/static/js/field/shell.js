// From a view and its context to an HTML answer: a fragment for htmx, else a whole page.

import { version } from "../gen/build.js";
import { render } from "../gen/templates.js";
import { u } from "./addresses.js";
import { strictHeaders } from "./headers.js";

/**
 * @typedef {{view: string, ctx?: any, title?: string, status?: number, headers?: Record<string, string>, at?: string}} View
 *   `at`: the address at which what a form was answered is seen, where that is not the form's own
 * @typedef {Record<string, any>} Context
 */

/** The answer that shows a view. @param {View} view @param {Context} context @returns {Response} */
export function page(view, context) {
  const { lang, t, token = "" } = context;
  const tools = { t, u };
  const ctx = { ...view.ctx, lang };
  const title = view.title ?? t("shell.product");
  const frame = { ...context.frame, ...view.ctx?.frame, lang, title, version, token };
  const fragment = withToken(render(`field/${view.view}.html`, ctx, tools), token);
  const html = context.htmx
    ? fragment
    : render("field/_head.html", frame, tools) +
      fragment +
      render("field/_foot.html", frame, tools);
  const { status = 200, headers } = view;
  return new Response(html, { status, headers: strictHeaders(headers) });
}

/** A form to the worker begins so. No answer of a person can, for all are escaped. */
const FORM = /<form\b[^>]* action="\/field\/[^>]*>/g;

/** A screen whose forms carry the store's token. @param {string} html @param {string} token */
const withToken = (html, token) =>
  html.replace(FORM, (form) => `${form}<input type="hidden" name="token" value="${token}">`);

/**
 * What is shown of a form that did not come from our own screens. @param {Context} context
 * @returns {View}
 */
export function foreign({ t }) {
  const title = t("shell.foreign_title");
  return { view: "missing", ctx: { title, text: t("shell.foreign") }, title, status: 403 };
}

/** The answer to an address that no page has. @param {Context} context @returns {Response} */
export function missing(context) {
  const { t } = context;
  const title = t("shell.missing_title");
  return page(
    { view: "missing", ctx: { title, text: t("shell.missing") }, title, status: 404 },
    context,
  );
}

/**
 * The answer to an address that the second part of the worker may have, while it is on its way:
 * the page opens by itself once it is there. A part of a screen is left as it stands: the whole
 * would be loaded anew else. @param {Context} context @param {boolean} part
 */
export function awaited(context, part) {
  if (part) return new Response(null, { status: 204 });
  const { t } = context;
  const title = t("shell.awaited_title");
  const ctx = { title, text: t("shell.awaited"), awaited: 1 };
  return page({ view: "missing", ctx, title, status: 503 }, context);
}

/** The answer when a handler failed: nothing was lost, and what to do. @param {Context} context */
export function failed(context) {
  try {
    return page({ view: "failed", status: 500 }, context);
  } catch {
    // Even the frame failed: the sentence alone, as plain text.
    const headers = strictHeaders({ "Content-Type": "text/plain; charset=utf-8" });
    return new Response(context.t?.("shell.failed"), { status: 500, headers });
  }
}
