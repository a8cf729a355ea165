// Visits on a phone: whom to see, what came of it, another day, and the form of that very person.
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../../outreach/static/js/field/router.js";
import { featureLinks } from "../../outreach/static/js/field/parts_of_screens/feature_links.js";
import "../../outreach/static/js/field/screens/visits/routes.js";
import { FakeServer } from "./support/fakeServer.mjs";
import { Clock, newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { request, w } from "./support/village_list.mjs";

const person = (n) => `01930000-0000-7000-8000-0000000e${String(n).padStart(4, "0")}`;
const visitId = (n) => `01930000-0000-7000-8000-0000000f${String(n).padStart(4, "0")}`;
const OTHER_USER = "01930000-0000-7000-8000-0000000fffff";

const putPerson = (server, n, status, more = {}) =>
  server.put(person(n), {
    scope: VILLAGE,
    table: "worker",
    data: {
      full_name: `NAMA ${"ABCDEFGH"[n]} UJI`,
      village_code: VILLAGE,
      pemangku: "1",
      rt: "002",
      occupation_code: "TANI-KOPI",
      ...more,
    },
    status,
  });

const putVisit = (server, n, worker, more = {}) =>
  server.put(visitId(n), {
    scope: VILLAGE,
    table: "door_visit",
    data: {
      worker,
      assigned_to: null,
      assigned_name: null,
      assigned_day: null,
      assigned_by_name: null,
      own_day: null,
      author: null,
      author_name: null,
      outcome: null,
      detail: null,
      note: null,
      at: null,
      ended: null,
      death: null,
      ...more,
    },
  });

async function setup(prepare = () => {}) {
  const server = new FakeServer();
  const user = newUser();
  putPerson(server, 1, "usulan", { birth_about: { year: 1971, said: "tahun" } });
  putPerson(server, 2, "draf");
  putPerson(server, 3, "calon", { nik: "1804044708809001" });
  putPerson(server, 4, "perbaikan_data", { pemangku: "2", rt: "001" });
  prepare(server, user);
  const phone = await Phone.at(server, user, new Clock(), [VILLAGE]);
  await phone.sync();
  return { server, phone, user };
}

const ask = (phone, method, path, how = {}) => {
  const { route, params } = find(method, path);
  return route.handler(request(phone, { role: "officer", ...how, params }));
};
const listed = async (phone, p = "todo", how = {}) =>
  (await ask(phone, "GET", "/field/visits", { query: { p }, ...how })).ctx;
const names = ({ groups }) => groups.flatMap(({ rows }) => rows.map(({ name }) => name));
const door = async (phone, n) => (await ask(phone, "GET", `/field/visit/${person(n)}`)).ctx;
const say = (phone, n, outcome, form = {}) =>
  ask(phone, "POST", `/field/visit/${person(n)}/said/${outcome}`, { form });
const link = async (phone, role = "officer") =>
  (await featureLinks(request(phone, { role }))).find(({ to }) => to === "visits");
const count = ({ chips }, part) => chips.find((one) => one.part === part).n;
const saves = async (phone) => (await phone.store.counts()).recorded;
const today = (phone) =>
  new Date(phone.clock.now().getTime() + 7 * 3600000).toISOString().slice(0, 10);
const later = (phone, days) =>
  new Date(Date.parse(`${today(phone)}T00:00Z`) + days * 86400000).toISOString().slice(0, 10);

test("whom to see: names from a list, incomplete and returned ones, by place", async () => {
  const { phone } = await setup();
  assert.equal((await link(phone)).word, "3 orang");
  const ctx = await listed(phone);
  assert.deepEqual(
    ctx.groups.map(({ title, rows }) => [title, rows.map(({ name, why }) => `${name}: ${why}`)]),
    [
      [
        "Kubu Perahu · Pemangku 1 · RT 002",
        ["NAMA B UJI: Nama usulan", "NAMA C UJI: Menunggu persetujuan · Belum lengkap · Tanpa NIK"],
      ],
      ["Kubu Perahu · Pemangku 2 · RT 001", ["NAMA E UJI: Dikembalikan untuk dibetulkan"]],
    ],
  );
});

test("a door says once that the person is a name from a list", async () => {
  const { phone } = await setup();
  const listedName = await door(phone, 1);
  assert.deepEqual([listedName.status, listedName.why], ["Nama usulan", ""]);
  assert.equal((await door(phone, 2)).why, "Menunggu persetujuan · Belum lengkap · Tanpa NIK");
});

test("a head has no visits, and no way to them by typing", async () => {
  const { phone } = await setup();
  assert.equal(await link(phone, "head"), undefined);
  assert.deepEqual((await listed(phone, "todo", { role: "head" })).groups, []);
  const answer = await ask(phone, "POST", `/field/visit/${person(1)}/said/bertemu`, {
    role: "head",
  });
  assert.deepEqual(answer, { redirect: "/field/visits" });
  assert.equal(await saves(phone), 0);
});

test("planned for today stands first; a later day and another officer's are not of today", async () => {
  const { phone } = await setup((server, user) => {
    const day = new Clock().now().toISOString().slice(0, 10);
    putVisit(server, 1, person(4), { assigned_to: user, assigned_day: day });
    putVisit(server, 2, person(2), { own_day: "2099-01-01" });
    putVisit(server, 3, person(3), { assigned_to: OTHER_USER, assigned_name: "SITI" });
  });
  const ctx = await listed(phone);
  assert.deepEqual(ctx.groups.map(({ title }) => title)[0], w.t("field.visits.planned"));
  assert.deepEqual(names(ctx), ["NAMA E UJI", "NAMA B UJI"]);
  assert.deepEqual(names(await listed(phone, "later")), ["NAMA C UJI", "NAMA D UJI"]);
});

test("an answer at the door is one save, leaves the day's list, and is taken back", async () => {
  const { phone, server } = await setup();
  const answer = await say(phone, 2, "bertemu", { note: "pagar hijau" });
  assert.deepEqual(answer, { redirect: `/field/visits?s=${person(2)}` });
  assert.equal(await saves(phone), 1);
  const after = await listed(phone, "todo", { query: { p: "todo", s: person(2) } });
  assert.equal(names(after).includes("NAMA C UJI"), false);
  assert.match(after.said.text, /NAMA C UJI: Bertemu/);
  assert.deepEqual(names(await listed(phone, "done")), ["NAMA C UJI"]);
  const shown = await door(phone, 2);
  assert.deepEqual([shown.outcomes, shown.before.length], [[], 1]);
  assert.match(shown.before[0].told, /pagar hijau/);
  await ask(phone, "POST", `/field/visit/${person(2)}/undo`);
  assert.equal(await saves(phone), 2);
  assert.equal(names(await listed(phone)).includes("NAMA C UJI"), true);
  await phone.sync();
  const [row] = Object.values(server.state.rows).filter(({ table }) => table === "door_visit");
  assert.equal(row.data.outcome ?? null, null);
});

test("said twice in a hurry is one visit", async () => {
  const { phone } = await setup();
  await say(phone, 2, "bertemu");
  await say(phone, 2, "bertemu");
  assert.equal(await saves(phone), 1);
});

for (const [outcome, form, field] of [
  ["pindah", { to: "Liwa" }, "to"],
  ["meninggal", { source: "istrinya", date: "01-11-2026" }, "source"],
  ["sudah_peserta", { kpj: "12345678901" }, "kpj"],
  ["punya_majikan", { employer: "PT" }, "employer"],
]) {
  test(`${outcome} asks for what it needs, and there is nothing more to visit`, async () => {
    const { phone } = await setup();
    const wrong = await say(phone, 1, outcome);
    assert.equal(wrong.status, 422);
    assert.equal(await saves(phone), 0);
    assert.equal(wrong.ctx.fields.find(({ name }) => name === field).error.length > 0, true);
    await say(phone, 1, outcome, form);
    const [{ m }] = [...phone.store.state.hot.values()];
    assert.deepEqual(m.set.outcome, [null, outcome]);
    assert.equal(m.set.detail[1][field], form[field]);
    assert.equal(names(await listed(phone)).includes("NAMA B UJI"), false);
    phone.clock.pass(86400);
    assert.equal(names(await listed(phone)).includes("NAMA B UJI"), false);
  });
}

test("nobody at home leads to another day, which stands beside the supervisor's", async () => {
  const { phone } = await setup((server, user) => {
    putVisit(server, 1, person(2), {
      assigned_to: user,
      assigned_day: new Clock().now().toISOString().slice(0, 10),
    });
  });
  const answer = await say(phone, 2, "tidak_di_rumah");
  assert.equal(answer.redirect, `/field/visit/${person(2)}/day?after=1`);
  assert.equal([...phone.store.state.hot.values()][0].id, visitId(1));
  const day = later(phone, 2);
  await ask(phone, "POST", `/field/visit/${person(2)}/day`, { form: { go: day } });
  const own = [...phone.store.state.hot.values()].at(-1);
  assert.notEqual(own.id, visitId(1));
  assert.deepEqual(own.m.set, { worker: [null, person(2)], own_day: [null, day] });
});

test("an open visit that is moved keeps the supervisor's day", async () => {
  const { phone } = await setup((server, user) => {
    putVisit(server, 1, person(2), { assigned_to: user, assigned_day: "2026-11-20" });
  });
  const day = later(phone, 1);
  const typed = day.split("-").reverse().join("-");
  const wrong = await ask(phone, "POST", `/field/visit/${person(2)}/day`, {
    form: { day: "kemarin" },
  });
  assert.equal(wrong.status, 422);
  await ask(phone, "POST", `/field/visit/${person(2)}/day`, { form: { day: typed } });
  const [own] = [...phone.store.state.hot.values()];
  assert.deepEqual([own.id, own.m.set], [visitId(1), { own_day: [null, day] }]);
  assert.deepEqual(names(await listed(phone, "later")), ["NAMA C UJI"]);
  const { plan } = await door(phone, 2);
  assert.match(plan, /Rencana saya: .* · Dari pengawas: /);
  await ask(phone, "POST", `/field/visit/${person(2)}/day`, { form: { go: "none" } });
  assert.equal(names(await listed(phone)).includes("NAMA C UJI"), true);
});

test("a listed name shows name, place and work alone, and its form is of that very person", async () => {
  const { phone } = await setup();
  const shown = await door(phone, 1);
  assert.deepEqual([shown.name, shown.record], ["NAMA B UJI", 0]);
  assert.equal(shown.register, "Daftarkan");
  const { redirect } = await ask(phone, "POST", `/field/visit/${person(1)}/register`);
  assert.equal(redirect, `/field/form/${person(1)}/nik`);
  const draft = await phone.store.draft(person(1));
  assert.equal(draft.data.worker, person(1));
  assert.deepEqual(draft.data.form, {
    full_name: "NAMA B UJI",
    heirs: "1",
    pemangku: "1",
    rt: "002",
    occupation_code: "TANI-KOPI",
  });
  assert.equal(draft.data.capturedAt, phone.clock.now().toISOString());
  assert.equal((await door(phone, 1)).resume, 1);
});

test("who was saved on this phone is done, until the server says more", async () => {
  const { phone } = await setup();
  const set = { captured_at: [null, phone.clock.now().toISOString()] };
  await phone.store.save({ table: "worker", id: person(1), scope: VILLAGE, set, op: "put" });
  assert.equal(count(await listed(phone), "done"), "1");
  assert.equal((await door(phone, 1)).state, w.t("field.visits.saved_here"));
});

test("a death that was denied is to be visited again", async () => {
  const dead = { outcome: "meninggal", at: "2026-10-01T03:00:00Z", author: OTHER_USER };
  const { phone } = await setup((server) => {
    putVisit(server, 1, person(1), { ...dead, death: "open" });
    putVisit(server, 2, person(2), { ...dead, death: "denied" });
  });
  const shown = names(await listed(phone));
  assert.deepEqual([shown.includes("NAMA B UJI"), shown.includes("NAMA C UJI")], [false, true]);
});

const DAY = 86400000;
const ago = (days) => new Date(new Clock().now().getTime() - days * DAY).toISOString();
const rows = ({ groups }) => groups.flatMap((group) => group.rows);

test("one list holds who is to be seen again: what each lacks, and who has no NIK", async () => {
  const { phone } = await setup((server) => {
    putPerson(server, 5, "calon");
    putPerson(server, 6, "draf", { captured_at: ago(3) });
  });
  const why = Object.fromEntries(rows(await listed(phone)).map((one) => [one.name, one.why]));
  assert.equal(why["NAMA F UJI"], "Tanpa NIK");
  assert.match(why["NAMA G UJI"], /^Menunggu persetujuan · Belum lengkap · Tanpa NIK$/);
  assert.equal((await link(phone)).word, "5 orang");
});

test("from day 20 on a record that nobody agreed to says when it may go", async () => {
  const consent = { purposes: { pendaftaran: true } };
  const { phone } = await setup((server) => {
    putPerson(server, 5, "draf", { captured_at: ago(20) });
    putPerson(server, 6, "draf", { captured_at: ago(19) });
    putPerson(server, 7, "draf", { captured_at: ago(25), consent });
    putPerson(server, 2, "draf", { captured_at: ago(31) });
  });
  const goes = Object.fromEntries(rows(await listed(phone)).map((one) => [one.name, one.goes]));
  assert.match(goes["NAMA F UJI"], /dihapus paling cepat /);
  assert.deepEqual([goes["NAMA G UJI"], goes["NAMA H UJI"]], ["", ""]);
  assert.match(goes["NAMA C UJI"], /dihapus paling cepat hari ini/);
  assert.equal((await door(phone, 5)).goes, goes["NAMA F UJI"]);
});

test("a record that this phone has not sent yet is not said to go", async () => {
  const { phone } = await setup((server) => putPerson(server, 5, "draf", { captured_at: ago(25) }));
  const set = { rt: ["002", "003"] };
  await phone.store.save({ table: "worker", id: person(5), scope: VILLAGE, set, op: "put" });
  assert.equal((await door(phone, 5)).goes, "");
});

test("who was saved here without signal is to be seen again the next day, if something lacks", async () => {
  const { phone } = await setup();
  const at = phone.clock.now().toISOString();
  const set = { captured_at: [null, at] };
  await phone.store.save({ table: "worker", id: person(2), scope: VILLAGE, set, op: "put" });
  assert.equal(names(await listed(phone)).includes("NAMA C UJI"), false);
  phone.clock.pass(86400);
  assert.equal(names(await listed(phone)).includes("NAMA C UJI"), true);
});
