// From a view and its context to an HTML answer: a fragment for htmx, else a whole page.

import { version } from "../gen/build.js";
import { render } from "../gen/templates.js";
import { u } from "./addresses.js";
import { strictHeaders } from "./headers.js";

/** @typedef {import("./request_types.js").View} View */
/** @typedef {import("./request_types.js").Context} Context */
/** @typedef {import("./request_types.js").Begun} Begun */

/** The answer that shows a view. @param {View} view @param {Begun} context @returns {Response} */
export function page(view, context) {
  // Whoever shows a view has brought the words.
  const { lang, t, token = "" } = /** @type {Context} */ (context);
  const tools = { t, u };
  const ctx = { ...view.ctx, lang };
  const title = view.title ?? t("shell.product");
  const frame = {
    ...context.frame,
    .../** @type {Record<string, unknown> | undefined} */ (view.ctx?.frame),
    lang,
    title,
    version,
    token,
  };
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
 * The page for a form that did not come from our own screens. @param {{t: Context["t"]}} context
 * @returns {View}
 */
export function foreign({ t }) {
  const title = t("shell.foreign_title");
  return { view: "missing", ctx: { title, text: t("shell.foreign") }, title, status: 403 };
}

/** The answer to an address that no page has. @param {Begun} context @returns {Response} */
export function missing(context) {
  const { t } = /** @type {Context} */ (context);
  const title = t("shell.missing_title");
  return page(
    { view: "missing", ctx: { title, text: t("shell.missing") }, title, status: 404 },
    context,
  );
}

/**
 * The answer to an address that the second part of the worker may have, while it is on its way:
 * the page opens by itself once it is there. A part of a screen is left as it stands: the whole
 * would be loaded anew else. @param {Begun} context @param {boolean} part
 */
export function awaited(context, part) {
  if (part) return new Response(null, { status: 204 });
  const { t } = /** @type {Context} */ (context);
  const title = t("shell.awaited_title");
  const ctx = { title, text: t("shell.awaited"), awaited: 1 };
  return page({ view: "missing", ctx, title, status: 503 }, context);
}

/** The answer when a handler failed: nothing was lost, and what to do. @param {Begun} context */
export function failed(context) {
  try {
    return page({ view: "failed", status: 500 }, context);
  } catch {
    // Even the frame failed: the sentence alone, as plain text.
    const headers = strictHeaders({ "Content-Type": "text/plain; charset=utf-8" });
    return new Response(context.t?.("shell.failed"), { status: 500, headers });
  }
}
