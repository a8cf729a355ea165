// The phone's answers to the shared vectors; tests/domain/test_vectors.py asks the server's code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as age from "../../outreach/static/js/domain/age.js";
import { makeT } from "../../outreach/static/js/domain/catalogue.js";
import * as code from "../../outreach/static/js/domain/code.js";
import { doubts } from "../../outreach/static/js/domain/doubts.js";
import * as formats from "../../outreach/static/js/domain/formats.js";
import * as merge from "../../outreach/static/js/domain/merge.js";
import { readMoney } from "../../outreach/static/js/domain/money.js";
import { nameKey, searchWords } from "../../outreach/static/js/domain/names.js";
import * as nik from "../../outreach/static/js/domain/nik.js";
import * as phone from "../../outreach/static/js/domain/phone.js";
import { readPlace } from "../../outreach/static/js/domain/places.js";
import * as rules from "../../outreach/static/js/domain/rules.js";
import * as statuses from "../../outreach/static/js/domain/statuses.js";
import * as tariffs from "../../outreach/static/js/domain/tariffs.js";
import { uuid7 } from "../../outreach/static/js/domain/uuid7.js";

const shared = new URL("../shared/", import.meta.url);
const TODAY = "2026-11-22";
const SENTENCES = {
  count: "{n} people",
  "count.one": "{n} person",
  hello: "Hello {name}, {name}",
};

const read = (name) => JSON.parse(readFileSync(new URL(name, shared), "utf8"));
const person = read("rules.json").$person;
const patched = (patch) =>
  Object.fromEntries(Object.entries({ ...person, ...patch }).filter(([, v]) => v !== null));

function loadBands() {
  const file = new URL("../../outreach/data/tariff_bpu.csv", import.meta.url);
  const [head, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  return tariffs.bandsOf(
    lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell]))),
  );
}
const bands = loadBands();
const band = (income) => tariffs.bandFor(income, bands);
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));

const functions = {
  nik_error: nik.nikError,
  nik_parse: nik.parse,
  birth_from_nik: nik.birthFromNik,
  nik_warnings: nik.warnings,
  nik_is_demo: nik.isDemo,
  nik_mask: nik.mask,
  nik_group: nik.group,
  kk_error: nik.kkError,
  read_place: readPlace,
  phone_normalise: phone.normalisePhone,
  phone_national: phone.nationalPhone,
  name_key: nameKey,
  search_words: searchWords,
  name_found: (name, typed) => {
    const words = searchWords(typed);
    return words.length > 0 && words.every((word) => nameKey(name).includes(word));
  },
  age_on: age.age,
  age_problem: age.ageProblem,
  jakarta_date: age.jakartaDate,
  nearing_65: age.nearing65,
  needs_guardian: age.needsGuardian,
  worker_code: code.workerCode,
  uuid7: (millis, random) => uuid7(millis, bytes(random)),
  equal: merge.equal,
  band_for: (income) => band(income).band,
  month_price: (income, ...rest) => tariffs.monthPrice(band(income), ...rest),
  period_price: (income, ...rest) => tariffs.periodPrice(band(income), ...rest),
  covers: tariffs.covers,
  next_change: (income, ...rest) => tariffs.nextChange(band(income), ...rest),
  add_months: tariffs.addMonths,
  monthly_income: tariffs.monthlyIncome,
  check_field: rules.checkField,
  check_set: rules.checkSet,
  check_together: rules.checkTogether,
  doubts,
  read_money: readMoney,
  missing_for_door: (patch) => rules.missingForDoor(patched(patch), TODAY),
  missing_for_proposal: (patch) => rules.missingForProposal(patched(patch), TODAY),
  normalise_field: rules.normaliseField,
  derive: (patch, current) => statuses.deriveStatus(patched(patch), TODAY, current),
  flags: (patch, production) => statuses.flags(patched(patch), TODAY, { production }),
  after_saving: statuses.afterSaving,
  head_key: statuses.headKey,
  format_money: formats.formatMoney,
  format_number: formats.formatNumber,
  format_date: formats.formatDate,
  format_day: formats.formatDay,
  format_month: formats.formatMonth,
  format_short_date: formats.formatShortDate,
  format_time: formats.formatTime,
  format_datetime: formats.formatDateTime,
  translate: makeT(SENTENCES),
};

// What no screen of the phone needs.
const ON_SERVER_ALONE = new Set(["duplicate_keys", "format_percent"]);

for (const file of ["nik", "people", "money", "formats", "rules"].map((name) => `${name}.json`)) {
  for (const [name, rows] of Object.entries(read(file))) {
    if (name.startsWith("$") || ON_SERVER_ALONE.has(name)) continue;
    test(`the phone answers ${name} as the vectors of ${file} say`, () => {
      for (const [args, expected] of rows) {
        const answer = functions[name](...args);
        assert.deepEqual(
          JSON.parse(JSON.stringify(answer ?? null)),
          expected,
          JSON.stringify(args),
        );
      }
    });
  }
}

test("an unknown sentence is an error, not an empty text", () => {
  assert.throws(() => makeT(SENTENCES)("nope"), /nope/);
  assert.throws(() => makeT(SENTENCES)("toString"), /toString/);
});

test("the view of a row shows a mutation's new values and drops what it emptied", () => {
  const row = { full_name: "Siti", rt: "001", notes: "x" };
  const view = merge.mergeView(row, { rt: ["001", "002"], notes: ["x", null] });
  assert.deepEqual(view, { full_name: "Siti", rt: "002" });
  assert.deepEqual(row, { full_name: "Siti", rt: "001", notes: "x" });
});

test("changes names only the fields that differ", () => {
  const before = { rt: "001", heirs: [{ name: "A", nik: null }], notes: "x" };
  const after = { rt: "002", heirs: [{ name: "A" }], sex: "P" };
  assert.deepEqual(merge.changes(before, after), {
    rt: ["001", "002"],
    notes: ["x", null],
    sex: [null, "P"],
  });
});

test("a value the phone must refuse although JSON could not carry it", () => {
  assert.equal(rules.checkField("full_name", "Siti\ud800")?.code, "text_unreadable");
  assert.equal(rules.checkField("gps", { lat: Number.NaN, lon: 1 })?.code, "wrong_type");
});
