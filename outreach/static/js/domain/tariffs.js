/** Contributions of a self-employed member. Bands are passed in, lowest income first. */
import rules from "../../../domain/rules.json" with { type: "json" };

/**
 * @typedef {{band: number, income_from: number, base: number, jkk: number, jkm: number, jht: number}} Band
 * @typedef {"band" | "income_from" | "base_income" | "jkk_month" | "jkm_month" | "jht_month"} TariffColumn
 * @typedef {{amount: number, full: number, discounted: boolean, unsure: boolean}} Price
 */

/** @type {Record<string, string[]>} */
const windows = rules.pp50.months;

/** @param {Record<TariffColumn, number>[]} rows of the tariff file @returns {Band[]} */
export function bandsOf(rows) {
  return rows
    .map((row) => ({
      band: +row.band,
      income_from: +row.income_from,
      base: +row.base_income,
      jkk: +row.jkk_month,
      jkm: +row.jkm_month,
      jht: +row.jht_month,
    }))
    .sort((a, b) => a.income_from - b.income_from);
}

/** @param {number} income @param {Band[]} bands @returns {Band} the highest start the income reaches */
export function bandFor(income, bands) {
  return bands.findLast((band) => band.income_from <= income) ?? bands[0];
}

/**
 * The price of one month for an occupation's sector and a funding source.
 * @param {Band} band @param {string} month "YYYY-MM" @param {string} sector @param {string} fund
 * @param {boolean} [jht] @returns {Price}
 */
export function monthPrice(band, month, sector, fund, jht) {
  const protection = band.jkk + band.jkm;
  const savings = jht ? band.jht : 0;
  const [first, last] = windows[sector] ?? windows.non_transport;
  const inWindow = first <= month && month <= last && !rules.pp50.never.includes(fund);
  const unsure = inWindow && rules.pp50.unsure.includes(fund);
  const discounted = inWindow && !unsure;
  const amount = discounted ? Math.floor(protection / 2) : protection;
  return { amount: amount + savings, full: protection + savings, discounted, unsure };
}

/** Whether the tariff data holds for a month; for any other nobody names a price. @param {string} month */
export const covers = (month) => rules.tariff_months[0] <= month && month <= rules.tariff_months[1];

/**
 * The next covered month whose price is another than that of `month`; null for none.
 * @param {Band} band @param {string} month @param {string} sector @param {string} fund
 */
export function nextChange(band, month, sector, fund) {
  const now = monthPrice(band, month, sector, fund).amount;
  for (let later = addMonths(month, 1); covers(later); later = addMonths(later, 1))
    if (monthPrice(band, later, sector, fund).amount !== now) return later;
  return null;
}

/**
 * The price of several months, each by its own rule. Waits for the slip of a household.
 * @param {Band} band @param {string} start @param {number} months @param {string} sector
 * @param {string} fund @param {boolean} [jht] @returns {Price}
 */
export function periodPrice(band, start, months, sector, fund, jht) {
  const total = { amount: 0, full: 0, discounted: false, unsure: false };
  for (let n = 0; n < months; n++) {
    const price = monthPrice(band, addMonths(start, n), sector, fund, jht);
    total.amount += price.amount;
    total.full += price.full;
    total.discounted ||= price.discounted;
    total.unsure ||= price.unsure;
  }
  return total;
}

/** @param {string} month @param {number} count @returns {string} the month so many months later */
export function addMonths(month, count) {
  const index = +month.slice(0, 4) * 12 + +month.slice(5, 7) - 1 + count;
  return `${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}`;
}

/**
 * The monthly figure of what was said per month, year or harvest; null where not known. Waits for
 * the slip of a household.
 * @param {{amount?: number|null, per?: string, harvests?: number|null}|null|undefined} said
 * @returns {number|null}
 */
export function monthlyIncome(said) {
  if (said?.amount == null || said.per === "tidak_tahu") return null;
  const times = said.per === "bulan" ? 12 : said.per === "tahun" ? 1 : said.harvests || 1;
  return Math.floor((said.amount * times) / 12);
}
