/** Which answers a line can be given, and what an answer says in words. */
import { REASONS, REFUSED } from "../../../domain/village_decisions.js";
import { formatMonth, formatShortDate } from "../../../domain/formats.js";
import { village } from "../../context.js";
import { fieldLabel, label } from "../../parts_of_screens/field_builders.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").VillageList} VillageList */
/** @typedef {import("./list_types.js").Line} Line */
/** @typedef {"fund" | "monthly" | "visit"} Kind */
/**
 * @typedef {object} Answers of one kind of line
 * @property {string} yes verdict of the first big answer
 * @property {string} later verdict of the third
 * @property {string[]} no words to choose from behind the second: reasons, or verdicts
 */
/** @typedef {{verdict: string, reason?: string | null, detail?: Record<string, unknown> | null}} Said */

/** @type {Record<Kind, Answers>} */
export const ANSWERS = {
  fund: { yes: "layak", later: "tunda", no: REASONS },
  monthly: { yes: "masih_ada", later: "tidak_tahu", no: ["meninggal", "pindah"] },
  visit: { yes: "ada", later: "tidak_dikenal", no: ["meninggal", "pindah"] },
};

/** @param {Pick<VillageList, "purpose">} list @param {Pick<Line, "part">} line @returns {Kind} */
export const kindOf = ({ purpose }, { part }) => (part === "visit" ? "visit" : purpose);

/** What a word behind "Tidak…" says on a line of this kind. @param {Kind} kind @param {string} word */
export const saidBy = (kind, word) =>
  kind === "fund" ? { verdict: REFUSED, reason: word } : { verdict: word };

/** "Daftar APBD kabupaten 2026", or "Masih ada? November 2026". @param {Pick<VillageList, "purpose" | "fund" | "year" | "month">} list @param {Words} w */
export function listName({ purpose, fund, year, month }, w) {
  if (purpose === "fund")
    return w.t("field.lists.fund", { fund: label("funding_source", fund, w), year });
  const when = formatMonth(`${year}-${String(month ?? 1).padStart(2, "0")}`, w.lang);
  return w.t("field.lists.monthly", { month: when });
}

/** "12. SITI AMINAH"; a name without a number alone. @param {Pick<Line, "no" | "name">} line @param {Words} w */
export const lineName = ({ no, name }, w) =>
  [no ? `${no}.` : "", name || w.t("field.no_name")].filter(Boolean).join(" ");

/** What of a line may be wrong, in words; a hamlet is called otherwise in a kelurahan. @param {string} name @param {string} kind of the village @param {Words} w */
export const partName = (name, kind, w) =>
  name === "pemangku"
    ? w.t(`field.lists.part_of.${kind === "kelurahan" ? "kelurahan" : "pekon"}`)
    : fieldLabel(name, w);

/**
 * What a decision says, with its details: "Tidak masuk · Pindah ke Liwa".
 * @param {Said} said @param {{list: VillageList, lines: Line[]}} content @param {Words} w
 */
export function answerWords({ verdict, reason, detail }, content, w) {
  const word = reason ?? verdict;
  const told = detail ? detailWords(word, detail, content, w) : "";
  const plain = w.t(`field.lists.${reason ? "reason" : "verdict"}.${word}`);
  const why = [plain, told].filter(Boolean).join(" ");
  return reason ? w.t("field.lists.refused", { why }) : why;
}

/** @param {string} word @param {Record<string, unknown>} detail @param {{list: VillageList, lines: Line[]}} content @param {Words} w */
function detailWords(word, detail, { list, lines }, w) {
  const said = (/** @type {string} */ name) => String(detail[name] ?? "");
  if (word === "meninggal") {
    const [date, source] = [formatShortDate(said("date")), said("source")];
    if (!date || !source) return date || source; // nobody has to know both of a name to visit
    return w.t("field.lists.told.meninggal", { date, source });
  }
  if (word === "pindah") return detail.to ? w.t("field.lists.told.pindah", { to: said("to") }) : "";
  if (word === "ganda") {
    const twin = lines.find(({ id }) => id === detail.same_as);
    return w.t("field.lists.told.ganda", { whom: twin ? lineName(twin, w) : said("same_as") });
  }
  if (word === "data_salah")
    return w.t("field.lists.told.data_salah", {
      field: partName(said("field"), village(list.scope).kind, w),
    });
  return said("employer");
}
