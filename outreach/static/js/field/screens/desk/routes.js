/**
 * The counter's desk: people come to a clerk, who works in the office's browser. She reads words of
 * a desk instead of a phone's and has a way back to the counter on every screen. She learns at once
 * whether a NIK is recorded already. Importing this registers the address.
 */
import { lookUp } from "../../../sync/desk.js";
import { provide, route } from "../../router.js";
import { digits } from "../form/form_read.js";
import { netWords } from "../../parts_of_screens/net_words.js";
import { context, servesAll, token } from "../../context.js";

/** @typedef {import("../../request_types.js").Q} Q */

/** Sentences that a desk has of its own. */
export const WORDS = /** @type {Record<string, string>} */ ({
  "field.save_here": "field.desk.save",
  "field.state.here": "field.desk.here",
  "field.ledger.pending": "field.desk.here",
  "field.photo.file": "field.desk.file",
  "field.waits": "field.desk.waits",
  "field.net.signal": "field.desk.signal",
  "field.unknown_text": "field.desk.unknown",
  "field.add": "field.desk.add",
  "field.add_short": "field.desk.add_short",
  "field.saved.another": "field.desk.another",
});
/** The word of other sentences for the device, and the desk's word for it. */
const CALLED = /** @type {Record<string, [RegExp, string][]>} */ ({
  id: [
    [/\b(kamera|memori) HP\b/g, "$1 komputer"],
    [/\b([Rr]uang|[Pp]enyimpanan|[Mm]inta) HP\b/g, "$1 komputer"],
    [/\bHP ini\b/g, "komputer ini"],
    [/\bdi HP\b(?! petugas)/g, "di komputer ini"],
    [/\bsinyal\b/g, "internet"],
  ],
  en: [
    [/\b(this|the|your) phone\b/gi, "$1 computer"],
    [/\bsignal\b/g, "internet"],
  ],
});
/** Sentences about the visitor's own telephone. */
const VISITORS = /^(?:field\.desk|label|error\.phone|error\.heir|field\.error\.phone)/;

/**
 * A context in the words of a desk.
 * @template {Pick<Q, "profile" | "lang" | "t" | "w">} C
 * @param {C} q
 */
export function atDesk(q) {
  if (!servesAll(q)) return q;
  const called = CALLED[q.lang];
  /** @type {import("../../request_types.js").T} */
  const t = (key, kw) => {
    const own = WORDS[key] ?? key;
    const said = q.t(own, kw);
    if (VISITORS.test(own)) return said;
    return called.reduce((text, [phone, desk]) => text.replace(phone, desk), said);
  };
  return { ...q, t, w: { ...q.w, t } };
}

provide(async () => atDesk(await context()), token);

route("POST", "/field/form/{draft}/desk", async (q) => {
  const nik = digits(q.form.get("nik") ?? "");
  const whole = servesAll(q) && nik.length === 16;
  if (!whole) return { view: "_desk", ctx: {} };
  if (!q.form.get("go")) return { view: "_desk", ctx: { asking: q.params.draft } };
  const found = await lookUp((input, init) => fetch(input, init), q.u("counter_nik"), nik);
  return { view: "_desk", ctx: "why" in found ? unanswered(q, found.why) : found };
});

/** Why nobody could say. @param {Q} q @param {import("../../../sync/desk.js").Why} why */
function unanswered(q, why) {
  if (why === "many") return { said: q.t("field.desk.many") };
  if (why === "office") return { said: q.t("field.desk.login"), login: 1 };
  return { said: `${netWords(q, why)} ${q.t("field.desk.unchecked")}` };
}
