/** The ways on from Today: is everything ready, what to put right, whom to find. */

/** @typedef {import("../../request_types.js").Words} Words */

/**
 * @typedef {object} Counts
 * @property {{ready: number, verdict: string} | null} leaving null for whoever serves the whole
 *   regency: a desk goes nowhere and carries no lists
 * @property {number} fix
 */

/** @param {string} to @param {string} text @param {Record<string, string>} [more] */
const line = (to, text, more) => ({
  to,
  text,
  kind: "",
  small: "",
  cls: "",
  word: "",
  ...more,
});

/** @param {{ready: number, verdict: string}} leaving @param {Words} w */
const readyLine = ({ ready, verdict }, w) =>
  line("ready", w.t("field.ready"), {
    small: verdict,
    cls: ready ? "mark mark-arrived" : "mark mark-fix",
    word: w.t(`field.ready.level.${ready ? "ok" : "stop"}`),
  });

/**
 * @param {Counts} counts @param {Words} w
 * @param {import("../../parts_of_screens/feature_links.js").FeatureLink[]} [news] of features
 */
export function todayLinks({ leaving, fix }, w, news = []) {
  const links = leaving ? [readyLine(leaving, w)] : [];
  if (fix) links.push(line("fix", w.t("field.fix.count", { n: fix }), { kind: "mark mark-fix" }));
  if (leaving) links.push(line("find", w.t("field.find")));
  const ways = (/** @type {typeof news} */ some) =>
    some.map(({ to, text, cls, word }) => line(to, text, { cls, word }));
  const [first, rest] = [news.filter((one) => one.first), news.filter((one) => !one.first)];
  return [...ways(first), ...links, ...ways(rest)];
}
