// The slip of a registration, what of it may leave the phone, and the explainer's figures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as built from "../../outreach/static/js/gen/reference.js";
import { bandsOf } from "../../outreach/static/js/domain/tariffs.js";
import { explainView } from "../../outreach/static/js/field/screens/settings/view.js";
import { hasSlip, slipView } from "../../outreach/static/js/field/screens/slip/view.js";
import { translator as words } from "./support/words.mjs";

const shipped = JSON.parse(
  readFileSync(new URL("../../outreach/data/texts.json", import.meta.url), "utf8"),
);
const texts = (lang) => Object.fromEntries(Object.entries(shipped).map(([k, v]) => [k, v[lang]]));

const DATA = {
  full_name: "SITI AMINAH",
  nik: "1804044708809001",
  captured_at: "2026-11-22T18:30:00Z",
  birth_date: "1980-08-07",
  phone: "+6281234567890",
  address_line: "JALAN UJI",
  pemangku: "1",
  rt: "002",
  monthly_income: 900_000,
  heirs: [{ name: "AHLI UJI", relation: "anak" }],
};

const slip = (lang, data = DATA, status = "calon") =>
  slipView(
    { id: "w", scope: "18.04.04.2002", status, data },
    {
      today: "2026-12-02",
      code: "ABCDEFG",
      texts: texts(lang),
      person: { name: "PETUGAS UJI", office: "DINAS UJI" },
      letter: "094/1/2026",
      village: {
        code: "18.04.04.2002",
        name: "Kubu Perahu",
        kind: "pekon",
        place: "Kec. Balik Bukit",
      },
      occupations: [],
    },
    words(lang),
  );

test("a slip says that it is no membership, who gave it, where, when, and the code", () => {
  for (const [lang, not, day] of [
    ["id", /belum berarti terlindungi/, "23 November 2026"],
    ["en", /not yet mean that you are protected/, "23 November 2026"],
  ]) {
    const view = slip(lang);
    assert.match(view.warning, not);
    const values = view.facts.map(({ value }) => value);
    assert.ok(values.includes(day), values.join());
    assert.ok(values.includes("PETUGAS UJI, DINAS UJI"));
    assert.ok(values.includes("Kubu Perahu, Kec. Balik Bukit"));
    assert.equal(view.code, "ABC DE FG");
    assert.match(view.withdraw, /3 × 24/);
  }
});

test("neither paper nor text bears what a thief could use", () => {
  const whole = JSON.stringify(slip("id"));
  for (const secret of [DATA.nik, "81234567890", "AHLI", "JALAN", "900.000", "1980"])
    assert.ok(!whole.includes(secret), secret);
  const { share } = slip("id");
  assert.match(share, /^SITI A\. · Kubu Perahu · 23 November 2026\n/);
  for (const secret of ["AMINAH", "9001", "18••"]) assert.ok(!share.includes(secret), secret);
});

test("there is no slip for names nobody met, for members, and after a withdrawal", () => {
  const shared = new URL("../shared/slips.json", import.meta.url);
  for (const row of JSON.parse(readFileSync(shared, "utf8")))
    assert.equal(hasSlip(row), row.has_slip, JSON.stringify(row));
});

const price = (today, lang = "id") => {
  const ctx = { today, bands: bandsOf(built.bands), benefits: [], texts: texts(lang) };
  return explainView(ctx, words(lang)).sections[3];
};

test("the explainer names each payer's contribution of this month and when it changes", () => {
  const december = price("2026-12-02").rows.map(({ value }) => value.replaceAll("\u00a0", " "));
  assert.deepEqual(december, [
    "Rp8.400 · mulai Januari 2027 Rp16.800",
    "Rp8.400 · mulai April 2027 Rp16.800",
    "Rp16.800",
    "Rp16.800 · perlu konfirmasi",
  ]);
  const january = price("2027-01-02", "en").rows.map(({ value }) => value);
  assert.match(january[0], /^Rp.?16,800$/);
  assert.match(january[1], /8,400 · from April 2027/);
});

test("a month that the tariff data does not cover gets a sentence and no figure", () => {
  const { rows, text } = price("2028-01-02");
  assert.deepEqual(rows, []);
  assert.match(text, /Januari 2028 belum ada/);
  assert.doesNotMatch(text, /Rp/);
});
