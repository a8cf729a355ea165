import assert from "node:assert/strict";
import { test } from "node:test";
import { flagsOf } from "../../outreach/static/js/field/screens/worker/routes.js";

const refs = { settings: {} };
const q = (role) => ({ profile: { role }, now: new Date("2026-11-22T06:05:00Z") });
const data = {
  nik: "1804044708809001",
  nik_check: "foto",
  village_code: "18.04.04.2002",
  birth_date: "1980-08-07",
  sex: "P",
  captured_at: "2026-11-22T06:05:00Z",
};

test("a head's phone says nothing of a photo that never came to it", () => {
  assert.deepEqual(flagsOf({ data, flags: [] }, q("head"), refs), []);
  assert.deepEqual(flagsOf({ data, flags: ["foto_ktp_kurang"] }, q("head"), refs), [
    "foto_ktp_kurang",
  ]);
});

test("an officer's phone says at once that the photo is missing", () => {
  assert.deepEqual(flagsOf({ data, flags: [] }, q("officer"), refs), ["foto_ktp_kurang"]);
});

test("from the list's short row nothing is found missing", () => {
  const short = { data: { nik: data.nik }, flags: [], partial: true };
  assert.deepEqual(flagsOf(short, q("officer"), refs), []);
});
