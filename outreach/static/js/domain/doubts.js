/** Answers that may be right and look wrong: asked about once, then taken; as outreach/domain/doubts.py. */

/** Below and above, a sum a month is more often sacks, kilos or a slip of zeros than an income. */
const LOW_INCOME = 100_000;
const HIGH_INCOME = 25_000_000;

/** @param {any} data @returns {[string, any, Record<string, any>][]} every name: field, name, where inside */
const names = (data) => [
  ["full_name", data.full_name, {}],
  ["mother_name", data.mother_name, {}],
  ["informant", data.informant?.name, { part: "name" }],
  ["consent", data.consent?.witness, { part: "witness" }],
  ...(data.heirs ?? []).flatMap((/** @type {any} */ heir, /** @type {number} */ i) =>
    ["name", "guardian"].map((part) => ["heirs", heir?.[part], { row: i + 1, part }]),
  ),
];

/**
 * What should be asked again, by field; a doubt in a list names its row and part.
 * @param {any} data @returns {Record<string, {code: string, params: Record<string, any>}>}
 */
export function doubts(data) {
  /** @type {Record<string, {code: string, params: Record<string, any>}>} */
  const found = {};
  for (const [field, name, where] of names(data)) {
    if (typeof name === "string" && [...name.trim()].length === 1)
      found[field] ??= { code: "name_letter", params: { name: name.trim(), ...where } };
  }
  const money = data.monthly_income;
  if (Number.isInteger(money) && (money < LOW_INCOME || money > HIGH_INCOME))
    found.monthly_income = {
      code: money < LOW_INCOME ? "income_low" : "income_high",
      params: { money },
    };
  return found;
}
