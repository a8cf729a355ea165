/** View models of screens of the second part: to-fix, settings, explainer. */
import { formatDateTime, formatMoney } from "../../domain/formats.js";
import { bandFor, monthPrice } from "../../domain/tariffs.js";
import { stepFor } from "./flow.js";
import { fieldLabel, mark } from "./kit.js";
import { reasons, safeError, shownValue } from "./record.js";

const SPOKEN = ["conflict", "held", "invalid", "returned", "discarded", "task", "photo"];

/** What a verdict means for the officer. @param {string|undefined} status @param {any} w */
const verdictWords = (status, w) =>
  status && SPOKEN.includes(status) ? w.t(`field.verdict.${status}`) : "";

/** How the office ended a conflict, one sentence an answer. @param {any} item @param {any} ctx @param {any} w */
const endings = (item, ctx, w) =>
  item.data.decided.map((/** @type {any} */ end) =>
    w.t("field.decided.answer", {
      field: fieldLabel(end.field, w),
      value: shownValue(end.field, end.value, ctx, w),
      who: end.by,
      at: formatDateTime(end.at, w.lang),
    }),
  );

/** A card of what has ended and was not read yet. @param {any} item @param {any} ctx @param {any} w */
const endedCard = (item, ctx, w) => ({
  id: item.id,
  name: item.name || w.t("field.no_name"),
  mark: { cls: "mark mark-arrived", word: w.t("field.decided") },
  why: endings(item, ctx, w).join(" "),
  reasons: [],
  steps: [],
  read: item.row,
  link: 1,
});

/** One card of what has to be put right. @param {any} item @param {any} ctx @param {any} w */
function fixCard(item, ctx, w) {
  const said = item.data ?? {};
  const names = [
    ...Object.keys(said.errors ?? {}),
    ...(said.conflicts ?? []).map((/** @type {any} */ c) => c.field),
    ...(said.fields ?? []),
  ];
  const steps = [...new Set(names.map(stepFor))].map((step) => ({
    step,
    label: w.t(`field.section.${step}`),
  }));
  const extra = [said.reason, said.code]
    .filter(Boolean)
    .map((r) =>
      typeof r === "object" || /^[a-z_]+$/.test(r)
        ? safeError(typeof r === "object" ? r : { code: r }, w)
        : r,
    );
  return {
    id: item.id,
    name: item.name || w.t("field.no_name"),
    mark: mark("invalid", w),
    why: said.other
      ? w.t("field.verdict.conflict_other")
      : verdictWords(item.kind, w) || w.t("field.verdict.task"),
    reasons: [...new Set([...extra, ...reasons(said, ctx, w)])],
    steps: ctx.canAdd ? steps : [],
    read: "",
    link: 1,
  };
}

/** @param {any} ctx @param {any} w */
export const fixView = (ctx, w) => ({
  cards: ctx.inbox.map((/** @type {any} */ item) =>
    item.kind === "decided" ? endedCard(item, ctx, w) : fixCard(item, ctx, w),
  ),
});

/** @param {any} ctx @param {any} w */
export function settingsView(ctx, w) {
  const role = w.t(`kit.role.${ctx.person.role}`);
  return {
    me: [
      { label: w.t("field.settings.name"), value: ctx.person.name || "" },
      { label: w.t("field.settings.role"), value: role },
      { label: w.t("field.settings.letter"), value: ctx.letter || "–" },
    ],
    others: ctx.others.map((/** @type {any} */ o, /** @type {number} */ i) => ({
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

/** @param {any} ctx @param {any} w */
export function explainView(ctx, w) {
  const month = ctx.today.slice(0, 7);
  const band = bandFor(0, ctx.bands);
  const now = monthPrice(band, month, "non_transport", "mandiri");
  const ride = monthPrice(band, month, "transport", "mandiri");
  const money = (/** @type {number} */ n) => formatMoney(n, w.lang);
  const sum = (/** @type {string} */ programme, /** @type {RegExp} */ name) =>
    ctx.benefits.find((/** @type {any} */ b) => b.programme === programme && name.test(b.benefit))
      ?.amount ?? 0;
  const fill = (/** @type {string} */ name, /** @type {Record<string, any>} */ kw = {}) =>
    Object.entries(kw).reduce(
      (text, [key, value]) => text.replaceAll(`{${key}}`, String(value)),
      ctx.texts[name],
    );
  const names = ["not_health", "jkk", "jkm", "price", "accident", "death"];
  const prices =
    ride.amount === now.amount
      ? money(now.amount)
      : w.t("field.explain.prices", { price: money(now.amount), ride: money(ride.amount) });
  const kw = {
    jkk_death: money(sum("JKK", /^TOTAL/)),
    jkm_full: money(sum("JKM", /^TOTAL/)),
    jkm_first: money(sum("JKM", /^Only/)),
    price: money(now.full),
    price_now: prices,
  };
  return {
    sections: names.map((name) => ({
      title: w.t(`field.explain.${name}`),
      text: fill(`explain_${name}`, kw),
    })),
  };
}
