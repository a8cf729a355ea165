/** Answers that may be right and look wrong: asked about once, then taken; as outreach/domain/doubts.py. */

/** @typedef {import("../gen/worker_data.js").Answers} Answers */
/** @typedef {import("./rules.js").Fault} Fault */
/** @typedef {{part?: string, row?: number}} Where in a field of several parts */

/** Below and above, a sum a month is more often sacks, kilos or a slip of zeros than an income. */
const LOW_INCOME = 100_000;
const HIGH_INCOME = 25_000_000;

/** @param {Answers} data @returns {[string, string | undefined, Where][]} every name: field, name, where inside */
const names = (data) => [
  ["full_name", data.full_name, {}],
  ["mother_name", data.mother_name, {}],
  ["informant", data.informant?.name, { part: "name" }],
  ["consent", data.consent?.witness, { part: "witness" }],
  ...(data.heirs ?? []).flatMap((heir, i) =>
    /** @type {const} */ (["name", "guardian"]).map(
      /** @returns {[string, string | undefined, Where]} */
      (part) => ["heirs", heir?.[part], { row: i + 1, part }],
    ),
  ),
];

/**
 * The questions to ask again, by field; a doubt in a list names its row and part.
 * @param {Answers} data @returns {Record<string, Fault>}
 */
export function doubts(data) {
  /** @type {Record<string, Fault>} */
  const found = {};
  for (const [field, name, where] of names(data)) {
    if (typeof name === "string" && [...name.trim()].length === 1)
      found[field] ??= { code: "name_letter", params: { name: name.trim(), ...where } };
  }
  const money = /** @type {number} */ (data.monthly_income);
  if (Number.isInteger(money) && (money < LOW_INCOME || money > HIGH_INCOME))
    found.monthly_income = {
      code: money < LOW_INCOME ? "income_low" : "income_high",
      params: { money },
    };
  return found;
}
