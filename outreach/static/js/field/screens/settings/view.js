/** View models of settings and of the explainer. */
import { formatMoney, formatMonth } from "../../../domain/formats.js";
import { bandFor, covers, monthPrice, nextChange } from "../../../domain/tariffs.js";

/** @typedef {import("../../request_types.js").Words} Words */

/**
 * @typedef {object} SettingsContext
 * @property {import("../../../store/books/save_counts.js").Counts} ledger
 * @property {import("../../../store/engine/meta.js").KnownUser[]} others
 * @property {boolean} has a PIN
 * @property {{name: string, role: string}} person
 * @property {string} letter
 * @property {string} version
 * @property {boolean} no_lang the other language could not be fetched
 */

/** @param {SettingsContext} ctx @param {Words} w */
export function settingsView(ctx, w) {
  const role = w.t(`kit.role.${ctx.person.role}`);
  return {
    me: [
      { label: w.t("field.settings.name"), value: ctx.person.name || "" },
      { label: w.t("field.settings.role"), value: role },
      { label: w.t("field.settings.letter"), value: ctx.letter || "–" },
    ],
    others: ctx.others.map((o, i) => ({
      label: w.t("field.settings.other", { n: i + 1 }),
      value: w.t("field.unsent", { n: o.unsent ?? 0 }),
    })),
    id_cls: w.lang === "id" ? "main" : "plain",
    en_cls: w.lang === "en" ? "main" : "plain",
    lang_note: ctx.no_lang ? w.t("field.settings.no_language") : "",
    version: ctx.version,
    pin: w.t(ctx.has ? "field.pin.change" : "field.pin.make"),
    locks: ctx.has ? 1 : 0,
    no_pin: ctx.has ? 0 : 1,
    unsent: w.t(
      ctx.ledger.pending ? "field.settings.unsent" : (ctx.ledger.done ?? "field.settings.all_sent"),
      { n: ctx.ledger.pending || ctx.ledger.lost },
    ),
  };
}

/** @typedef {import("../../context.js").Refs} Refs */

/** Who pays, for which work: [name of the line, sector, fund]. */
const PAYERS = [
  ["self", "non_transport", "mandiri"],
  ["self_ride", "transport", "mandiri"],
  ["budget", "non_transport", "apbd_kab"],
  ["other", "non_transport", "apbpekon"],
];

/** A month's contribution by who pays it, and the month from which it is another. @param {import("../../../domain/tariffs.js").Band} band @param {string} month @param {Words} w */
const payers = (band, month, w) =>
  PAYERS.map(([name, sector, fund]) => {
    const { amount, unsure } = monthPrice(band, month, sector, fund);
    const from = nextChange(band, month, sector, fund);
    const parts = [formatMoney(amount, w.lang)];
    if (unsure) parts.push(w.t("field.explain.unsure"));
    else if (from) {
      const price = formatMoney(monthPrice(band, from, sector, fund).amount, w.lang);
      parts.push(w.t("field.explain.from", { month: formatMonth(from, w.lang), price }));
    }
    return { label: w.t(`field.explain.${name}`), value: parts.join(" · ") };
  });

/** @param {{today: string, texts: Record<string, string>} & Pick<Refs, "bands" | "benefits">} ctx @param {Words} w */
export function explainView(ctx, w) {
  const month = ctx.today.slice(0, 7);
  const known = covers(month);
  const band = bandFor(0, ctx.bands);
  const money = (/** @type {number} */ n) => formatMoney(n, w.lang);
  const sum = (/** @type {string} */ programme, /** @type {RegExp} */ name) =>
    ctx.benefits.find((b) => b.programme === programme && name.test(b.benefit))?.amount ?? 0;
  const fill = (/** @type {string} */ name, /** @type {Record<string, unknown>} */ kw = {}) =>
    Object.entries(kw).reduce(
      (text, [key, value]) => text.replaceAll(`{${key}}`, String(value)),
      ctx.texts[name],
    );
  const names = ["not_health", "jkk", "jkm", "price", "accident", "death"];
  const kw = {
    jkk_death: money(sum("JKK", /^TOTAL/)),
    jkm_full: money(sum("JKM", /^TOTAL/)),
    jkm_first: money(sum("JKM", /^Only/)),
    month: formatMonth(month, w.lang),
    // Texts of earlier versions name these.
    price: money(band.jkk + band.jkm),
    price_now: money(monthPrice(band, month, "non_transport", "mandiri").amount),
  };
  return {
    sections: names.map((name) => ({
      title: w.t(`field.explain.${name}`),
      text: fill(name === "price" && !known ? "explain_price_unknown" : `explain_${name}`, kw),
      rows: name === "price" && known ? payers(band, month, w) : [],
    })),
  };
}
