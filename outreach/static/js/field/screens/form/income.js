/** The income question: each button is exactly one contribution band. */

/** @typedef {import("./form_types.js").Form} Form */

/**
 * Additions of the second part: fields that reckon a harvest, and the reckoning.
 * @type {{fields: (k: import("../../parts_of_screens/field_builders.js").Kit, form: Form) => import("./form_types.js").Field[], count: (form: Form) => boolean}}
 */
export const harvest = { fields: () => [], count: () => false };

const SHOWN = 4;

/** Rp in short: 1.099.000 → "1,09 juta" would lie by rounding, so thousands stay whole. */
const thousands = (/** @type {number} */ n) => Math.round(n / 1000);

/**
 * Buttons of the bands: the four lowest first, the rest behind. @param {import("../../../domain/tariffs.js").Band[]} bands
 * @param {string|undefined} chosen @param {import("../../parts_of_screens/field_builders.js").Words} w @param {(n: number) => string} money
 */
export function bandOptions(bands, chosen, w, money) {
  const options = bands.map((band, i) => {
    const next = bands[i + 1];
    const top = next ? next.income_from - 1000 : null;
    const label =
      i === 0
        ? w.t("field.income.upto", { to: money(top ?? band.base) })
        : top
          ? w.t("field.income.range", { from: money(band.income_from), to: money(top) })
          : w.t("field.income.over", { from: money(band.income_from) });
    const yearly = top ? w.t("field.income.yearly", { to: money(thousands(top) * 12000) }) : "";
    return { value: String(band.base), label, small: i < SHOWN ? yearly : "" };
  });
  const more = options.slice(SHOWN);
  return { few: options.slice(0, SHOWN), more, moreOpen: more.some((o) => o.value === chosen) };
}
