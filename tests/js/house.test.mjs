// A house on a phone: begun from somebody of it, seen on one screen, joined and left; heirs by name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../../outreach/static/js/field/router.js";
import { begin, keep, load } from "../../outreach/static/js/field/screens/form/drafts.js";
import "../../outreach/static/js/field/screens/form/house.js";
import "../../outreach/static/js/field/screens/house/routes.js";
import "../../outreach/static/js/field/screens/worker/routes.js";
import { FakeServer } from "./support/fakeServer.mjs";
import { Clock, newUser, OTHER, Phone, VILLAGE } from "./support/phone.mjs";
import { request } from "./support/village_list.mjs";

const person = (n) => `01930000-0000-7000-8000-0000000e${String(n).padStart(4, "0")}`;
const HOUSE = "01930000-0000-7000-8000-0000000ed001";

const put = (server, n, name, status, more = {}) =>
  server.put(person(n), {
    scope: VILLAGE,
    table: "worker",
    data: { full_name: name, village_code: VILLAGE, pemangku: "1", rt: "002", ...more },
    status,
  });

/** A house of three, one of them a child of fifteen, and three neighbours. */
async function setup(prepare = () => {}) {
  const server = new FakeServer();
  const user = newUser();
  const house = { household_id: HOUSE, kk_number: "1804040708809001" };
  put(server, 1, "SITI AMINAH", "calon", {
    ...house,
    nik: "1804044708809001",
    birth_date: "1980-08-07",
    address_line: "Pemangku 1, RT 002, Kubu Perahu",
  });
  put(server, 2, "AHMAD", "draf", {
    ...house,
    birth_date: "1978-01-01",
    kk_number: "1804040708809002",
  });
  put(server, 3, "RINA", "usulan", {
    household_id: HOUSE,
    birth_about: { year: 2011, said: "tahun" },
  });
  put(server, 4, "JUMADI", "calon", { kk_number: "1804040708809001", birth_date: "1970-01-01" });
  put(server, 5, "HERI", "usulan", { pemangku: "2", address_line: "Jalan Uji 7" });
  put(server, 6, "MINAH", "usulan", { household_id: person(5) });
  prepare(server, user);
  const phone = await Phone.at(server, user, new Clock(), [VILLAGE, OTHER]);
  await phone.sync();
  return { server, phone, user };
}

const ask = (phone, method, path, how = {}) => {
  const { route, params } = find(method, path);
  return route.handler(request(phone, { role: "officer", ...how, params }));
};
const at = (n, what = "") => `/field/house/${person(n)}${what && `/${what}`}`;
const house = async (phone, n, how) => (await ask(phone, "GET", at(n), how)).ctx;
const names = ({ rows }) => rows.map(({ name }) => name);
const saves = (phone) => [...phone.store.state.hot.values()].sort((a, b) => a.mid - b.mid);
const recorded = async (phone) => (await phone.store.counts()).recorded;
const begun = async (phone, n, scope = VILLAGE) =>
  begin(request(phone, { role: "officer" }), scope, person(n));

test("a house is who was said to live there; family cards neither make nor join one", async () => {
  const { phone } = await setup();
  assert.deepEqual(names(await house(phone, 1)), ["AHMAD", "RINA", "SITI AMINAH"]);
  assert.deepEqual(names(await house(phone, 3)), ["AHMAD", "RINA", "SITI AMINAH"]);
  assert.deepEqual(names(await house(phone, 4)), ["JUMADI"]);
  assert.deepEqual(names(await house(phone, 5)), ["HERI", "MINAH"]);
  const { rows } = await house(phone, 1);
  assert.deepEqual(
    rows.map(({ status }) => status),
    ["Belum lengkap", "Nama usulan", "Calon peserta"],
  );
  const page = (await ask(phone, "GET", `/field/w/${person(1)}`)).ctx;
  assert.deepEqual(
    page.house.map(({ name }) => name),
    ["AHMAD", "RINA"],
  );
  const door = (await ask(phone, "GET", `/field/visit/${person(3)}`)).ctx;
  assert.equal(door.house, "3 orang");
});

test("the same id in another village is another house", async () => {
  const { phone } = await setup((server) =>
    server.put(person(9), {
      scope: OTHER,
      table: "worker",
      data: { full_name: "JAUH", village_code: OTHER, household_id: HOUSE },
      status: "calon",
    }),
  );
  assert.equal(names(await house(phone, 1)).includes("JAUH"), false);
  assert.deepEqual(names(await house(phone, 9)), ["JAUH"]);
  await ask(phone, "POST", at(4, "join"), { form: { who: person(9) } });
  assert.equal(await recorded(phone), 0);
  const draft = await begun(phone, 1, OTHER);
  assert.deepEqual([draft.householdId, draft.form], [draft.id, {}]);
});

test("another form of the house carries the place alone, says so, and can be of none", async () => {
  const { phone } = await setup();
  const draft = await begun(phone, 1);
  assert.equal(draft.householdId, HOUSE);
  // No family card; and an address that only says the hamlet is made anew from the answer.
  assert.deepEqual(draft.form, { pemangku: "1", rt: "002" });
  const form = `/field/form/${draft.id}`;
  const nik = await ask(phone, "GET", `${form}/nik`);
  assert.match(nik.ctx.fields[0].text, /Serumah dengan .*AHMAD.*Pemangku 1 · RT 002, Kubu Perahu/);
  const apart = await ask(phone, "POST", `${form}/nik`, { form: { go: "apart" } });
  assert.notEqual(apart.ctx.fields[0].kind, "note");
  const alone = await load(request(phone), draft.id);
  assert.deepEqual([alone.householdId, alone.form.pemangku], [draft.id, undefined]);
});

test("a written address stands on the screen that asks where somebody lives", async () => {
  const { phone } = await setup();
  const draft = await begun(phone, 5);
  assert.equal(draft.householdId, person(5));
  assert.equal(draft.form.address_line, "Jalan Uji 7");
  const { ctx } = await ask(phone, "GET", `/field/form/${draft.id}/nama`);
  const address = ctx.fields.find(({ name }) => name === "address_line");
  assert.equal(address.value, "Jalan Uji 7");
  assert.equal(ctx.fields.find(({ name }) => name === "domicile").on, false);
});

const offersOn = async (phone, draft, step) => {
  await keep(request(phone), draft);
  const { ctx } = await ask(phone, "GET", `/field/form/${draft.id}/${step}`);
  return ctx.fields
    .filter(({ value }) => String(value).startsWith("name:"))
    .map(({ value }) => value);
};

test("the people of the house are offered as heirs by name; the relation stays to be asked", async () => {
  const { phone } = await setup();
  const draft = await begun(phone, 1);
  const [first] = await offersOn(phone, draft, "waris");
  assert.equal(first, "name:heir0_name:AHMAD");
  const { ctx } = await ask(phone, "POST", `/field/form/${draft.id}/waris`, {
    form: { go: first },
  });
  const of = (name) => ctx.fields.find((f) => f.name === name);
  assert.equal(of("heir0_name").value, "AHMAD");
  assert.equal(of("heir0_relation").on, false);
  const kept = await load(request(phone), draft.id);
  const heirs = Object.entries(kept.form).filter(([name]) => name.startsWith("heir0_"));
  assert.deepEqual(heirs, [["heir0_name", "AHMAD"]]);
});

test("nobody is offered twice, and only who is surely an adult as a guardian", async () => {
  const { phone } = await setup();
  const draft = await begun(phone, 1);
  draft.form = { heirs: "2", heir0_name: "AHMAD", heir0_minor: "ya" };
  const offers = await offersOn(phone, draft, "waris");
  const of = (at) =>
    offers.filter((value) => value.startsWith(`name:${at}:`)).map((v) => v.split(":")[2]);
  assert.deepEqual(of("heir0_name"), []);
  assert.deepEqual(of("heir1_name"), ["RINA", "SITI AMINAH"]);
  assert.deepEqual(of("heir0_guardian"), ["AHMAD", "SITI AMINAH"]);
  draft.form = { agree: "ya", birth_date: "01-01-2010" };
  const guardians = await offersOn(phone, draft, "setuju");
  assert.deepEqual(guardians, ["name:guardian:AHMAD", "name:guardian:SITI AMINAH"]);
  await ask(phone, "POST", `/field/form/${draft.id}/setuju`, { form: { go: "name:p_wa:ya" } });
  assert.equal((await load(request(phone), draft.id)).form.p_wa, undefined);
});

test("who died is nobody's heir or guardian", async () => {
  const { phone } = await setup((server) =>
    put(server, 7, "ALMARHUM", "meninggal", { household_id: HOUSE, birth_date: "1950-01-01" }),
  );
  const draft = await begun(phone, 1);
  const offers = await offersOn(phone, draft, "waris");
  assert.equal(
    offers.some((value) => value.endsWith("ALMARHUM")),
    false,
  );
  assert.equal(names(await house(phone, 1)).includes("ALMARHUM"), true);
});

test("joining is a save about that person alone, leaving another, and both go back", async () => {
  const { phone, server } = await setup();
  const answer = await ask(phone, "POST", at(1, "join"), { form: { who: person(4) } });
  assert.deepEqual(answer, { redirect: `${at(1)}?s=${person(4)}` });
  assert.deepEqual(
    saves(phone).map(({ id, m }) => [id, m.set]),
    [[person(4), { household_id: [null, HOUSE] }]],
  );
  const joined = await house(phone, 1, { query: { s: person(4) } });
  assert.equal(names(joined).includes("JUMADI"), true);
  assert.match(joined.moved.text, /JUMADI sekarang/);
  // It may have arrived before the officer takes it back.
  await phone.sync();
  await ask(phone, "POST", at(1, "back"), { form: { who: person(4) } });
  assert.equal(names(await house(phone, 1)).includes("JUMADI"), false);
  await ask(phone, "POST", at(1, "leave"), { form: { who: person(2) } });
  assert.deepEqual(names(await house(phone, 1)), ["RINA", "SITI AMINAH"]);
  assert.deepEqual(names(await house(phone, 2)), ["AHMAD"]);
  await ask(phone, "POST", at(1, "back"), { form: { who: person(2) } });
  await phone.sync();
  assert.equal(server.state.rows[person(2)].data.household_id, HOUSE);
  assert.equal(server.state.rows[person(4)].data.household_id ?? null, null);
  assert.deepEqual(names(await house(phone, 1)), ["AHMAD", "RINA", "SITI AMINAH"]);
});

test("what somebody else has said since does not go back", async () => {
  const { phone, server } = await setup();
  await ask(phone, "POST", at(1, "leave"), { form: { who: person(2) } });
  await phone.sync();
  const other = "01930000-0000-7000-8000-0000000ed002";
  put(server, 2, "AHMAD", "draf", { household_id: other });
  await phone.sync();
  await ask(phone, "POST", at(1, "back"), { form: { who: person(2) } });
  assert.equal(await recorded(phone), 1);
});

test("whose id names the house may leave it, and the others stay together", async () => {
  const { phone } = await setup();
  await ask(phone, "POST", at(6, "leave"), { form: { who: person(5) } });
  assert.deepEqual(names(await house(phone, 5)), ["HERI"]);
  assert.deepEqual(names(await house(phone, 6)), ["MINAH"]);
  await ask(phone, "POST", at(6, "join"), { form: { who: person(4) } });
  assert.deepEqual(names(await house(phone, 6)), ["JUMADI", "MINAH"]);
});

test("who may not add is shown the house and changes nothing", async () => {
  const { phone } = await setup();
  for (const [what, form] of [
    ["join", { who: person(4) }],
    ["leave", { who: person(2) }],
    ["said", { go: "nobody" }],
  ]) {
    const answer = await ask(phone, "POST", at(1, what), { role: "head", form });
    assert.deepEqual(answer, { redirect: at(1) });
  }
  assert.equal(await recorded(phone), 0);
  const ctx = await house(phone, 1, { role: "head" });
  assert.deepEqual([ctx.can, ctx.asked, names(ctx).length], [0, 0, 3]);
});

test("neighbours come first, anybody of the village by name, nobody who is here already", async () => {
  const { phone } = await setup();
  const near = (await ask(phone, "GET", at(1, "add"))).ctx.found.map(({ name }) => name);
  assert.deepEqual(near, ["JUMADI", "MINAH"]);
  const found = (await ask(phone, "POST", at(1, "find"), { form: { q: "heri" } })).ctx.found;
  assert.deepEqual(
    found.map(({ name }) => name),
    ["HERI"],
  );
  assert.deepEqual(
    (await ask(phone, "POST", at(1, "find"), { form: { q: "ahmad" } })).ctx.found,
    [],
  );
});

test("a whole house is answered on one screen, each as a visit of its own", async () => {
  const { phone, server } = await setup();
  const before = await house(phone, 1);
  const asked = before.rows.filter(({ fields }) => fields.length).map(({ name }) => name);
  assert.deepEqual(asked, ["AHMAD", "RINA"]);
  const empty = await ask(phone, "POST", at(1, "said"), { form: { go: "" } });
  assert.equal(empty.status, 422);
  assert.match(empty.ctx.errors, /Belum ada jawaban/);
  // One answer asks for more: nothing is saved before it is told, and the other answer stays.
  const said = { [`said_${person(2)}`]: "bertemu", [`said_${person(3)}`]: "pindah" };
  const more = await ask(phone, "POST", at(1, "said"), { form: said });
  assert.equal(more.status, 422);
  assert.equal(await recorded(phone), 0);
  const fields = more.ctx.rows.flatMap((row) => row.fields);
  const to = fields.find(({ name }) => name === `to_${person(3)}`);
  assert.equal(to.error.length > 0, true);
  const kept = fields.find(({ name }) => name === `said_${person(2)}`);
  assert.equal(kept.options.find(({ on }) => on).value, "bertemu");
  const form = { ...said, [`to_${person(3)}`]: "Liwa" };
  const done = await ask(phone, "POST", at(1, "said"), { form });
  assert.deepEqual(done, { redirect: `${at(1)}?n=2` });
  assert.deepEqual(
    saves(phone).map(({ m }) => [
      m.table,
      m.set.worker[1],
      m.set.outcome[1],
      m.set.detail?.[1] ?? null,
    ]),
    [
      ["door_visit", person(2), "bertemu", null],
      ["door_visit", person(3), "pindah", { to: "Liwa" }],
    ],
  );
  const after = await house(phone, 1, { query: { n: "2" } });
  assert.match(after.kept, /2 orang/);
  assert.deepEqual([after.asked, after.unsaid], [0, 1]);
  await ask(phone, "POST", at(1, "said"), { form });
  assert.equal(await recorded(phone), 2);
  await ask(phone, "POST", at(1, "unsaid"));
  assert.equal((await house(phone, 1)).asked, 1);
  await phone.sync();
  const visits = Object.values(server.state.rows).filter(({ table }) => table === "door_visit");
  assert.deepEqual(
    visits.map(({ data }) => data.outcome ?? null),
    [null, null],
  );
});

test("nobody at home is one tap for who has no answer yet", async () => {
  const { phone } = await setup();
  const form = { [`said_${person(2)}`]: "bertemu", go: "nobody" };
  await ask(phone, "POST", at(1, "said"), { form });
  assert.deepEqual(
    saves(phone).map(({ m }) => m.set.outcome[1]),
    ["bertemu", "tidak_di_rumah"],
  );
});

test("of whom only the list part has come no house is known, and nobody is moved blindly", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  for (const row of state.index(VILLAGE).rows.values()) if (row.id === person(4)) row.full = 0;
  state.tables.clear();
  await ask(phone, "POST", at(1, "join"), { form: { who: person(4) } });
  assert.equal(await recorded(phone), 0);
  assert.deepEqual(names(await house(phone, 4)), []);
});
