/** View models of what is new, and the way to it. */
import { formatDate } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {{version: string, date: string, phone: string[]}} Release */

/** Versions that say something to who works on a phone. @param {Release[]} releases */
const told = (releases) => releases.filter(({ phone }) => phone.length);

/** @param {Release[]} releases @param {Set<unknown>} read @param {Words} w */
export const releasesView = (releases, read, w) => ({
  releases: told(releases).map(({ version, date, phone }) => ({
    version,
    title: w.t("whats_new.version", { version, day: formatDate(date, w.lang) }),
    points: phone.map((name) => w.t(`whats_new.point.${name}`)),
    read: read.has(version) ? 1 : 0,
  })),
});

/** @param {Release[]} releases @param {Set<unknown>} read @param {Words} w */
export function newsLink(releases, read, w) {
  const unread = told(releases).some(({ version }) => !read.has(version));
  return {
    to: "whats-new",
    text: w.t("whats_new.title"),
    cls: unread ? "mark" : "",
    word: unread ? w.t("whats_new.unread") : "",
  };
}
