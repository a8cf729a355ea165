/** The harvest in sacks: how many, and the price of one. The second part adds it to the income question. */
import { readMoney } from "../../../domain/money.js";
import { int } from "./form_read.js";
import { harvest } from "./income.js";

/**
 * Sacks times the price of one as the sum of a harvest; true when both could be read.
 * @param {import("../../parts_of_screens/field_builders.js").Form} form
 */
export function countSacks(form) {
  const [sacks, price] = [int(form.sack_n), readMoney(form.sack_price ?? "")];
  if (typeof sacks !== "number" || price === null) return false;
  Object.assign(form, { income_amount: String(sacks * price), income_per: "panen" });
  Object.assign(form, { sack_n: "", sack_price: "" });
  return true;
}

/** @param {import("../../parts_of_screens/field_builders.js").Kit} k @param {import("../../parts_of_screens/field_builders.js").Form} form */
const fields = (k, form) => [
  k.more(
    "field.income.sacks",
    [
      k.text("sack_n", { mode: "numeric" }),
      k.text("sack_price", { mode: "decimal", keypad: "money" }),
      k.step("sacks", "field.income.count"),
    ],
    Boolean(form.sack_n || form.sack_price),
  ),
];

Object.assign(harvest, { count: countSacks, fields });
