/** How long something is, in the one or two largest units that say enough. */

/** @typedef {import("../request_types.js").Words} Words */

/** @param {number} ms @param {Words} w @returns {string} "3 hari", "2 jam 20 menit" */
export function durationWords(ms, w) {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60000));
  const hours = Math.floor(minutes / 60);
  const unit = (/** @type {string} */ name, /** @type {number} */ n) =>
    w.t(`field.time.${name}`, { n });
  if (hours >= 24 * 365) return unit("years", Math.floor(hours / 24 / 365));
  if (hours >= 48) return unit("days", Math.round(hours / 24));
  if (hours < 1) return unit("minutes", minutes);
  return minutes % 60
    ? `${unit("hours", hours)} ${unit("minutes", minutes % 60)}`
    : unit("hours", hours);
}
