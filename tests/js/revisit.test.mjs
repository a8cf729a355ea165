// Who is to be visited again: told from the phone's own store, unsent saves included.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, newUser, OTHER, Phone, VILLAGE } from "./support/phone.mjs";
import { missingForDoor } from "../../outreach/static/js/domain/rules.js";
import { applyPage } from "../../outreach/static/js/store/replica/pulled_pages.js";
import { revisits } from "../../outreach/static/js/store/books/revisit.js";
import { byVillage, chips } from "../../outreach/static/js/field/screens/revisit/view.js";
import { find } from "../../outreach/static/js/field/router.js";
import "../../outreach/static/js/field/screens/revisit/routes.js";
import { todayLinks } from "../../outreach/static/js/field/screens/device/today_links.js";
import { FakeServer } from "./support/fakeServer.mjs";
import { translator } from "./support/words.mjs";

const w = translator("id");
const TODAY = "2026-11-22";
const WHOLE = {
  village_code: VILLAGE,
  captured_at: "2026-11-20T03:00:00Z",
  source_list: "kunjungan",
  facts_from: "sendiri",
  nik: "1804044708809001",
  nik_match: true,
  nik_check: "ketik_ulang",
  full_name: "SITI",
  birth_date: "1980-08-07",
  sex: "P",
  address_line: "Pemangku 1 RT 2",
  domicile_same_as_ktp: true,
  no_phone: true,
  occupation_code: "PETANI_KOPI",
  employment_relation: "usaha_sendiri",
  work_location: "kebun",
  monthly_income: 900_000,
  already_member: "belum",
  heirs: [{ name: "AHMAD", relation: "pasangan" }],
  consent: {
    version: "1",
    lang: "id",
    method: "tanda_tangan_layar",
    evidence: "ab".repeat(32),
    purposes: { pendaftaran: true },
    at: "2026-11-20T03:00:00Z",
  },
};
const without = (...names) =>
  Object.fromEntries(Object.entries(WHOLE).filter(([name]) => !names.includes(name)));
const CASES = [
  ["A", without("consent"), "draf", ["consent"]],
  ["B", without("address_line"), "draf", ["incomplete"]],
  ["C", without("consent", "sex", "nik"), "draf", ["consent", "incomplete", "nik"]],
  ["D", { ...without("nik"), nik_status: "belum_rekam" }, "calon", ["nik"]],
  ["E", { ...WHOLE, facts_from: "diwakili" }, "draf", ["consent", "incomplete"]],
  ["F", without("nik"), "draf", ["nik"]],
  ["G", WHOLE, "calon", null],
  ["H", without("consent", "nik"), "usulan", null],
  ["I", without("nik"), "tarik_persetujuan", null],
  ["J", without("nik"), "di_luar_usia", null],
];

async function setup() {
  const phone = await Phone.at(new FakeServer(), newUser(), new Clock(), [VILLAGE, OTHER]);
  return { phone, state: phone.store.state };
}
const page = (scope, rows, from = 0) => ({
  scopes: { [scope]: { from, cursor: from + 50, more: false, rows } },
});
/** Everybody of the cases as the server hands them out. */
async function pull(phone, view = "full") {
  const rows = CASES.map(([name, data, status], i) => {
    const full = { ...data, full_name: name };
    const list = [name, full.nik ?? null, full.birth_date, full.sex ?? null, null, status];
    return {
      table: "worker",
      id: phone.store.newId(),
      ver: i + 1,
      status,
      data: view === "full" ? full : list,
    };
  });
  await applyPage(phone.store.state, page(VILLAGE, rows), view, [VILLAGE]);
  await phone.store.state.refresh();
}
const told = async (state, scope = VILLAGE) =>
  Object.fromEntries((await revisits(state, scope, TODAY)).map(({ name, whys }) => [name, whys]));

test("each who needs another visit is named with the reasons, and nobody else", async () => {
  assert.deepEqual(missingForDoor(WHOLE, TODAY), []);
  const { phone, state } = await setup();
  await pull(phone);
  const wanted = CASES.filter(([, , , whys]) => whys).map(([name, , , whys]) => [name, whys]);
  assert.deepEqual(await told(state), Object.fromEntries(wanted));
  assert.deepEqual(await told(state, OTHER), {});
});

test("of a row whose facts have not come only what the list tells is said", async () => {
  const { phone, state } = await setup();
  await pull(phone, "list");
  const found = await told(state);
  assert.deepEqual([found.A, found.C, found.D], [["incomplete"], ["nik"], ["nik"]]);
});

test("what is saved here counts at once, and leaves when it is completed", async () => {
  const { phone, state } = await setup();
  const { consent: _no, ...open } = WHOLE;
  const { id } = await phone.add("SITI", { ...open, village_code: OTHER }, OTHER);
  await state.refresh();
  assert.deepEqual(await told(state, OTHER), { SITI: ["consent"] });
  await phone.edit(id, { consent: WHOLE.consent }, OTHER);
  await state.refresh();
  assert.deepEqual(await told(state, OTHER), {});
});

test("chips count each reason and name only those that anybody has", () => {
  const rows = [{ whys: ["consent", "nik"] }, { whys: ["nik"] }];
  const shown = chips(rows, 7, "nik", w).map(({ label, n, on }) => [label, n, on]);
  assert.deepEqual(shown, [
    ["Semua", 7, 0],
    ["Menunggu persetujuan", 1, 0],
    ["Tanpa NIK", 2, 1],
  ]);
  assert.deepEqual(chips([], 7, "", w), []);
  assert.equal(chips([], 0, "consent", w)[1].n, 0, "one that is asked for stays in sight");
});

test("who is found stands under the village", () => {
  const ctx = {
    today: TODAY,
    occupations: [],
    village: () => ({ name: "Kubu Perahu", place: "" }),
  };
  const row = { id: "1", scope: VILLAGE, name: "SITI", nik: "", status: "draf" };
  const [group] = byVillage([row], ctx, w);
  assert.deepEqual([group.title, group.people[0].name], ["Kubu Perahu", "SITI"]);
});

test("the old address leads to the visits, the one list of whom to see", () => {
  const { route } = find("GET", "/field/revisit");
  assert.deepEqual(route.handler(), { redirect: "/field/visits" });
});

test("Today leads to what is not right and to finding somebody, where lists are carried", () => {
  const counts = { leaving: { ready: 1, verdict: "Siap" }, fix: 0 };
  const to = (more) => todayLinks({ ...counts, ...more }, w).map((link) => link.to);
  assert.deepEqual(to({}), ["ready", "find"]);
  assert.deepEqual(to({ fix: 1 }), ["ready", "fix", "find"]);
  assert.deepEqual(to({ leaving: null, fix: 2 }), ["fix"]);
});
