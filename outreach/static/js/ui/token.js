/** The token of the store whose screens this page shows: without it the worker changes nothing. */

/** Headers of a script's own request to the worker; forms carry the token themselves. */
export const tokenHeader = () => ({
  "Jangkau-Token": document.documentElement.dataset.token ?? "",
});

// Parts of a screen are asked for by htmx, some of them from outside a form.
document.addEventListener("htmx:config:request", (event) => {
  Object.assign(/** @type {CustomEvent} */ (event).detail.ctx.request.headers, tokenHeader());
});
