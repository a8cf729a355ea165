// A sheet of paper on a phone: typed by line number, kept at each line, entered twice or once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import {
  ask,
  at,
  content,
  decideElsewhere,
  headPhone,
  lineId,
  putList,
  putPrint,
  show,
  stateOf,
  tap,
  w,
} from "./support/village_list.mjs";
import * as entry from "../../outreach/static/js/domain/paper_entry.js";
import { printedHash, readCode } from "../../outreach/static/js/domain/paper_sheets.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { isPlain } from "../../outreach/static/js/store/records/payload.js";
import { onceOf } from "../../outreach/static/js/field/screens/list_sign/sign_view.js";
import "../../outreach/static/js/field/screens/list_sheets/routes.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../shared/${name}`, import.meta.url)));
const functions = {
  differences: entry.differences,
  left_to_settle: entry.leftToSettle,
  final: (...turns) => entry.finalAnswers(...turns).map(({ no, verdict }) => [no, verdict]),
  deaths: (answers) => entry.deathsIn(answers).map(({ no }) => no),
  same_name: entry.sameName,
  may_enter_again: (said) =>
    entry.mayEnterAgain({
      wroteFirst: said.wrote_first,
      newLogin: said.new_login,
      otherSheet: said.other_sheet,
    }),
  paper_fault: entry.paperFault,
  sheets_once: entry.sheetsOnce,
  keys: (purpose) => entry.KEYS[purpose],
};

for (const [name, rows] of Object.entries(read("paper_entry.json")))
  test(`the phone answers ${name} of paper as the vectors say`, () => {
    for (const [args, expected] of rows)
      assert.deepEqual(functions[name](...args), expected, JSON.stringify(args));
  });

test("the phone reads codes and hashes lines as the server prints them", async () => {
  const { lines, codes } = read("paper_sheets.json");
  for (const [line, expected] of lines) assert.equal(await printedHash(line, sha256), expected);
  for (const [text, expected] of codes) assert.deepEqual(readCode(text), expected);
});

async function setup(how = {}) {
  const server = new FakeServer();
  putList(server, how);
  await putPrint(server, 1, how.print);
  return { server, phone: await headPhone(server) };
}
const path = (made) => new URL(made.redirect, "http://x").pathname;
const begin = async (phone, form = { version: "1", page: "1" }, how = {}) =>
  path(await ask(phone, "POST", at("/sheets"), { form, ...how }));
const say = (phone, sheet, no, key, more = {}, how = {}) =>
  ask(phone, "POST", `${sheet}/say`, { form: { no, shown: no, key, ...more }, ...how });
const finish = (phone, sheet, how) => ask(phone, "POST", `${sheet}/finish`, how);
const open = (phone, sheet, how) => ask(phone, "GET", sheet, how);
const saves = async (phone) => (await phone.store.counts()).recorded;
const DIED = { word: "meninggal", date: "07-11-2026", source: "anaknya" };

/** The phone is locked once, as by idling, and opened again. */
async function lockOnce(phone) {
  await phone.store.state.conn.run(["vault"], "readwrite", (tx) => {
    const vault = tx.objectStore("vault");
    vault.put(7, "turn");
  });
}

test("a line counts for nothing before its person was shown, and each is kept through a kill", async () => {
  const { phone } = await setup();
  const sheet = await begin(phone);
  const first = await open(phone, sheet);
  assert.deepEqual([first.ctx.no, first.ctx.person.name], [1, "1. NAMA BB UJI"]);
  assert.match(first.ctx.person.place, /Pemangku 1/);
  const unseen = await say(phone, sheet, 2, "l", { shown: "1" });
  assert.deepEqual([unseen.status, unseen.ctx.wrong], [422, w.t("field.sheets.wrong.look")]);
  await say(phone, sheet, 1, "l");
  await phone.reopen();
  const { ctx } = await open(phone, sheet);
  assert.deepEqual([ctx.no, ctx.progress, ctx.last.no], [2, "1 dari 25 baris", 1]);
  assert.equal(await saves(phone), 0, "nothing of a sheet decides before its end");
});

test("what is typed lies encrypted on the phone", async () => {
  const { phone } = await setup();
  const sheet = await begin(phone);
  await say(phone, sheet, 1, "2", { word: "pindah", to: "RAHASIA UJI" });
  const raw = await phone.store.state.conn.run(["drafts"], "readonly", (tx) => {
    const asked = tx.objectStore("drafts").getAll();
    return new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  });
  const text = raw.map(({ payload }) => Buffer.from(payload).toString("latin1")).join();
  assert.equal(raw.length, 1);
  assert.ok(
    raw.every(({ payload }) => !isPlain(payload)),
    "sealed under the data key",
  );
  assert.ok(!text.includes("RAHASIA"));
});

test("a number that does not exist, one that is gone, and a line twice: one sentence each", async () => {
  const { phone } = await setup({ change: (no) => (no === 3 ? { gone: "moved" } : {}) });
  const sheet = await begin(phone);
  const unknown = await say(phone, sheet, 99, "l");
  assert.deepEqual(
    [unknown.status, unknown.ctx.wrong],
    [422, w.t("field.sheets.wrong.unknown", { no: 99, last: 60 })],
  );
  assert.match((await say(phone, sheet, 3, "l")).ctx.wrong, /Baris 3/);
  await say(phone, sheet, 1, "l");
  const twice = await say(phone, sheet, 1, "t");
  assert.equal(twice.status, 422);
  assert.match(twice.ctx.twice.text, /Baris 1 sudah diketik: Layak/);
  assert.equal((await open(phone, sheet)).ctx.last.text, "Terakhir: 1. Layak", "nothing is lost");
  await say(phone, sheet, 1, "t", { replace: "1" });
  assert.equal((await open(phone, sheet)).ctx.last.text, "Terakhir: 1. Ditunda");
  const far = await open(phone, sheet, { query: { no: "40" } });
  assert.match(far.ctx.person.elsewhere, /bukan di halaman ini/);
});

test("an older version says which lines changed, left and came", async () => {
  const change = (no) => (no === 4 ? { name: "NAMA BARU" } : no === 9 ? { gone: "left" } : {});
  const { phone } = await setup({ change, print: { lines: 59 } });
  const { ctx } = await open(phone, await begin(phone));
  assert.deepEqual(ctx.warnings, [
    w.t("field.sheets.older", { n: 1 }),
    w.t("field.sheets.changed", { numbers: "4" }),
    w.t("field.sheets.gone", { numbers: "9" }),
    w.t("field.sheets.new", { numbers: "60" }),
  ]);
});

test("a sheet is found by its code, or stopped in one sentence; without a code it has a name", async () => {
  const { phone } = await setup();
  const hash = "1".padStart(64, "a");
  const { list } = await content(phone);
  const code = (id, page = 2) => `JKL1.${id}.1.${page}.${hash}`.toUpperCase();
  const stop = async (form) => (await ask(phone, "POST", at("/sheets"), { form })).ctx.wrong;
  const wrong = (name) => w.t(`field.sheets.wrong.${name}`);
  assert.equal(await stop({}), wrong("which"));
  assert.equal(await stop({ code: "x" }), wrong("code"));
  assert.equal(await stop({ code: code(lineId(1)) }), wrong("other_list"));
  assert.equal(await stop({ version: "2", page: "1" }), wrong("version"));
  assert.equal(await stop({ version: "1", page: "4" }), wrong("page"));
  const found = await open(phone, await begin(phone, { code: code(list.id) }));
  assert.deepEqual([found.ctx.name, found.ctx.no], ["Versi 1 · halaman 2", 26]);
  const named = await open(phone, await begin(phone, { label: "lembar  rapat" }));
  assert.deepEqual([named.ctx.name, named.ctx.no], ["lembar rapat", 1]);
  assert.deepEqual(named.ctx.warnings, [w.t("field.sheets.no_code")]);
});

test("the head does without the second entry, and minutes will say so", async () => {
  const { server, phone } = await setup();
  const sheet = await begin(phone);
  await say(phone, sheet, 1, "l");
  await say(phone, sheet, 2, "3");
  await finish(phone, sheet);
  const { ctx } = await open(phone, sheet);
  assert.deepEqual([ctx.signs, ctx.again], [1, 0]);
  await ask(phone, "POST", `${sheet}/waive`);
  await open(phone, sheet);
  assert.deepEqual(
    [(await stateOf(phone, 1)).how, (await stateOf(phone, 2)).reason],
    ["paper", "tidak_bekerja"],
  );
  assert.equal(onceOf((await content(phone)).decisions), 1);
  const row = (await show(phone, "done")).groups[0].lines[0];
  assert.equal(row.how, "dari kertas, dientri satu kali (versi 1 halaman 1)");
  const begun = await phone.store.drafts();
  assert.deepEqual(begun, [], "the sheet's draft is gone");
  const again = await ask(phone, "POST", at("/sheets"), { form: { version: "1", page: "1" } });
  assert.equal(again.ctx.wrong, w.t("field.sheets.wrong.counted"));
  await phone.sync();
  const sent = Object.values(server.state.rows).filter(({ table }) => table === "list_decision");
  assert.deepEqual(
    sent.map(({ data }) => [data.how, data.paper.entries, data.paper.n, data.paper.page]),
    [
      ["paper", 1, 1, 1],
      ["paper", 1, 1, 1],
    ],
  );
});

test("an officer enters twice and is never asked to waive", async () => {
  const { phone } = await setup();
  const how = { role: "officer" };
  const sheet = await begin(phone, { version: "1", page: "1" }, how);
  await say(phone, sheet, 1, "l", {}, how);
  await finish(phone, sheet, how);
  assert.equal((await open(phone, sheet, how)).ctx.signs, 0);
  await ask(phone, "POST", `${sheet}/waive`, how);
  assert.equal((await open(phone, sheet, how)).ctx.between, 1);
  assert.equal(await saves(phone), 0);
});

test("a death that was entered once needs the full name, and sends it", async () => {
  const { phone } = await setup();
  const sheet = await begin(phone);
  const asked = await say(phone, sheet, 1, "1");
  assert.match(asked.redirect, /\/why\/1\/1$/);
  assert.equal((await ask(phone, "GET", path(asked))).ctx.fields.length, 2);
  const lacks = await say(phone, sheet, 1, "1", { word: "meninggal" });
  assert.equal(lacks.status, 422);
  await say(phone, sheet, 1, "1", DIED);
  await finish(phone, sheet);
  const refused = await ask(phone, "POST", `${sheet}/waive`);
  assert.deepEqual([refused.status, refused.ctx.wrong], [422, w.t("error.paper_death_name")]);
  await ask(phone, "POST", `${sheet}/waive`, { form: { [`name.${lineId(1)}`]: "nama bb uji" } });
  await open(phone, sheet);
  const [decision] = (await content(phone)).decisions.values();
  assert.deepEqual(
    [decision.reason, decision.detail.date, decision.paper.name],
    ["meninggal", "2026-11-07", "nama bb uji"],
  );
});

test("the same person types again only after another sheet or a lock, blind, and it is marked", async () => {
  const { phone } = await setup();
  const sheet = await begin(phone);
  await say(phone, sheet, 1, "l");
  await say(phone, sheet, 2, "l");
  phone.clock.pass(1);
  await finish(phone, sheet);
  const refused = await ask(phone, "POST", `${sheet}/second`);
  assert.deepEqual([refused.status, refused.ctx.wrong], [422, w.t("field.sheets.wrong.same")]);
  phone.clock.pass(60);
  const other = await begin(phone, { version: "1", page: "2" });
  await say(phone, other, 26, "l");
  await ask(phone, "POST", `${sheet}/second`);
  const { ctx } = await open(phone, sheet);
  assert.deepEqual([ctx.no, ctx.last, ctx.progress], [1, "", "0 dari 25 baris"], "blind");
  await say(phone, sheet, 1, "l");
  await say(phone, sheet, 2, "t");
  await finish(phone, sheet);
  const differs = (await open(phone, sheet)).ctx;
  assert.deepEqual(
    differs.differences.map(({ name, sides }) => [name, ...sides.map(({ text }) => text)]),
    [["2. NAMA CC UJI", "Layak", "Ditunda"]],
  );
  const open_ = await finish(phone, sheet);
  assert.deepEqual([open_.status, open_.ctx.wrong], [422, w.t("field.sheets.wrong.open")]);
  await ask(phone, "POST", `${sheet}/settle`, { form: { line: lineId(2), turn: "2" } });
  await finish(phone, sheet);
  await open(phone, sheet);
  const { decisions } = await content(phone);
  assert.deepEqual(
    [(await stateOf(phone, 1)).verdict, (await stateOf(phone, 2)).verdict],
    ["layak", "tunda"],
  );
  assert.ok([...decisions.values()].every(({ paper }) => paper.entries === 2 && paper.same));
  assert.equal(onceOf(decisions), 0);
});

test("a lock and a new PIN open the second entry too", async () => {
  const { phone } = await setup();
  const sheet = await begin(phone);
  await say(phone, sheet, 1, "l");
  await finish(phone, sheet);
  assert.equal((await open(phone, sheet)).ctx.again, 0);
  await lockOnce(phone);
  assert.equal((await open(phone, sheet)).ctx.again, 1);
});

test("killed while it counts, a sheet goes on where it was and counts each line once", async () => {
  const server = new FakeServer();
  putList(server);
  await putPrint(server);
  const asked = decideElsewhere(server, 1, { verdict: "batal", how: "record" });
  const phone = await headPhone(server);
  const sheet = await begin(phone);
  for (const no of [1, 2, 3]) await say(phone, sheet, no, "l");
  await finish(phone, sheet);
  const { save } = Object.getPrototypeOf(phone.store);
  let left = 2;
  phone.store.save = function (...args) {
    if (!left) throw new Error("killed");
    left -= 1;
    return save.apply(this, args);
  };
  await ask(phone, "POST", `${sheet}/waive`);
  await assert.rejects(async () => open(phone, sheet), /killed/);
  await phone.reopen();
  await ask(phone, "GET", at("/sheets"));
  assert.equal(await saves(phone), 3);
  const [first] = [...(await content(phone)).decisions.values()].filter(
    ({ lines, paper }) => paper && lines[0] === lineId(1),
  );
  assert.deepEqual(first.over, [asked], "who ticked it has seen the change");
  const { decisions } = await content(phone);
  assert.deepEqual(
    [...decisions.values()].flatMap(({ lines, paper }) => (paper ? lines : [])).sort(),
    [1, 2, 3].map(lineId),
  );
});

test("paper that says otherwise than a tap is a clash that a person decides", async () => {
  const { phone } = await setup();
  await tap(phone, 1, "tunda");
  const sheet = await begin(phone);
  await say(phone, sheet, 1, "l");
  await finish(phone, sheet);
  await ask(phone, "POST", `${sheet}/waive`);
  await open(phone, sheet);
  assert.equal((await stateOf(phone, 1)).clash, true);
});

test("a closed list takes no sheets", async () => {
  const { phone } = await setup({ list: { state: "closed" } });
  for (const method of ["GET", "POST"]) {
    const made = await ask(phone, method, at("/sheets"), { form: { version: "1", page: "1" } });
    assert.equal(path(made), at());
  }
});
