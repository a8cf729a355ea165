import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { person } from "../../outreach/static/js/field/parts_of_screens/people_rows.js";
import { savedView } from "../../outreach/static/js/field/screens/saved/view.js";
import { translator as words } from "./support/words.mjs";

const shipped = JSON.parse(
  readFileSync(new URL("../../outreach/data/texts.json", import.meta.url), "utf8"),
);

const saved = (lang, status, data = {}) => {
  const texts = Object.fromEntries(Object.entries(shipped).map(([k, v]) => [k, v[lang]]));
  const worker = { id: "w", scope: "18.04.04.2002", status, data };
  return savedView(worker, { today: "2026-11-22", code: "ABCDEFG", texts }, words(lang));
};

test("only a calon hears when protection begins; everybody hears the code and that it is free", () => {
  for (const [lang, begins, free] of [
    ["id", /Perlindungan mulai/, /Kode: .*Tidak dipungut biaya\.$/],
    ["en", /Protection begins/, /Code: .*no charge\.$/],
  ]) {
    assert.match(saved(lang, "calon").share, begins);
    for (const [status, data] of [
      ["draf", {}],
      ["dirujuk_pu", {}],
      ["sudah_peserta", {}],
      ["di_luar_usia", { birth_date: "1961-11-22" }],
      ["di_luar_usia", { birth_date: "2010-11-22" }],
    ]) {
      const view = saved(lang, status, data);
      assert.doesNotMatch(view.share, begins, status);
      assert.match(view.share, free, status);
      assert.equal(`${view.intro} ${view.warning} ${view.rest}`, view.share);
    }
  }
});

test("who turns 65 within a year is told the day, after saving and on lists", () => {
  const birth_date = "1961-11-23";
  assert.match(saved("id", "calon", { birth_date }).soon, /Akan 65 pada 23 November 2026/);
  assert.equal(saved("id", "calon", { birth_date: "1961-11-22" }).soon, "");
  assert.equal(saved("id", "calon", { birth_about: { year: 1961, said: "tahun" } }).soon, "");
  const ctx = { today: "2026-11-22", occupations: [] };
  const row = (birth) => person({ id: "w", status: "calon", birth }, ctx, words("id")).status;
  assert.equal(row("1961-11-23"), "Calon peserta · akan 65 pada 23-11-2026");
  assert.equal(row("1980-11-23"), "Calon peserta");
});
