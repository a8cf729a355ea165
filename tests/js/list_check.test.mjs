// A village's list on the head's phone: what stands on the screens, and what each tap saves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import { keys, translator } from "./support/words.mjs";
import {
  ask,
  at,
  content,
  decideElsewhere,
  headPhone,
  lineId,
  LIST,
  putList,
  rowsOf,
  show,
  stateOf,
  tap,
  w,
} from "./support/village_list.mjs";
import {
  featureCards,
  featureLinks,
} from "../../outreach/static/js/field/parts_of_screens/feature_links.js";
import { request } from "./support/village_list.mjs";
import { lock } from "../../outreach/static/js/vault/session.js";
import { allLines } from "../../outreach/static/js/store/books/save_log.js";
import { logLines } from "../../outreach/static/js/field/screens/saves/lines_view.js";
import { VERDICTS, REASONS } from "../../outreach/static/js/domain/village_decisions.js";

async function setup(how = {}) {
  const server = new FakeServer();
  putList(server, how);
  return { server, phone: await headPhone(server) };
}
const saves = async (phone) => (await phone.store.counts()).recorded;

test("the list that waits is the first card, with how far it is and until when", async () => {
  const { phone } = await setup();
  await tap(phone, 1, "layak");
  const [card] = await featureCards(request(phone));
  assert.deepEqual(
    [card.to, card.id, card.title, card.text],
    ["list", LIST, "Daftar APBD kabupaten 2026", "1 dari 60 sudah dicek"],
  );
  assert.equal(card.small, "Kubu Perahu · Bisa dicek · paling lambat 12 Desember 2026");
});

test("an officer has no card, and a way to look at the lists", async () => {
  const { phone } = await setup();
  const q = request(phone, { role: "officer" });
  assert.deepEqual(await featureCards(q), []);
  const link = (await featureLinks(q)).find(({ to }) => to === "lists");
  assert.equal(link.word, "1 daftar");
  const ctx = await show(phone, "todo", { role: "officer" });
  assert.equal(ctx.only_looks, w.t("field.lists.only_looks"));
  assert.ok(rowsOf(ctx).every(({ asks, undoes }) => !asks && !undoes));
  const before = await saves(phone);
  const form = { line: lineId(1), seen: "", verdict: "layak" };
  await ask(phone, "POST", at("/decide"), { form, role: "officer" });
  for (const path of ["/meeting", "/all", "/name", "/undo", "/no"])
    await ask(phone, "POST", at(path), {
      form: { name: "X", place: '["1","001"]' },
      role: "officer",
    });
  assert.equal(await saves(phone), before);
});

test("rows stand by place, what remains first, forty a page", async () => {
  const { phone } = await setup();
  await tap(phone, 1, "layak");
  const ctx = await show(phone);
  assert.deepEqual(
    ctx.groups.map(({ title, lines }) => [title, lines.length]),
    [
      ["Pemangku 1 · RT 001", 9],
      ["Pemangku 1 · RT 002", 10],
      ["Pemangku 2 · RT 003", 10],
      ["Pemangku 2 · RT 004", 10],
      ["Pemangku 3 · RT 005", 1],
    ],
  );
  const more = await ask(phone, "POST", at("/more"), { form: { p: "todo", after: ctx.after } });
  assert.equal(rowsOf(more.ctx).length, 19);
  assert.equal(more.ctx.after, "");
  assert.deepEqual(
    rowsOf(await show(phone, "done")).map(({ said }) => said),
    ["✓ Layak"],
  );
});

test("a row says name, sex, age, work, masked NIK and marks, and no more of the person", async () => {
  const flags = ["maybe_duplicate", "soon_65", "other_address"];
  const { phone } = await setup({
    change: (no) => (no === 1 ? { flags, income: 1, decile: 2 } : {}),
  });
  const [row] = rowsOf(await show(phone));
  assert.deepEqual(
    [row.name, row.who, row.nik, row.flags],
    [
      "1. NAMA BB UJI",
      "P · ±65 th · Petani kopi",
      "18••••••••••9001",
      ["Mungkin ganda", "Akan 65 tahun", "Alamat KTP lain"],
    ],
  );
  assert.ok(!("income" in row) && !("decile" in row));
});

test("a search finds by words of the name and by number", async () => {
  const { phone } = await setup();
  const search = async (q) =>
    rowsOf((await ask(phone, "POST", at("/search"), { form: { q, p: "todo" } })).ctx).map(
      (r) => r.name,
    );
  assert.deepEqual(await search("12"), ["12. NAMA MF UJI"]);
  assert.deepEqual(await search("mf uji"), ["12. NAMA MF UJI"]);
  assert.deepEqual(await search("tidak ada orangnya"), []);
});

test("each tap is one save, answers with the row, and survives a kill", async () => {
  const { phone } = await setup();
  const made = await tap(phone, 5, "layak");
  assert.equal(made.view, "_list_decided");
  assert.deepEqual([made.ctx.l.said, made.ctx.progress], ["✓ Layak", "1 dari 60 sudah dicek"]);
  assert.equal(await saves(phone), 1);
  await phone.reopen();
  assert.equal((await stateOf(phone, 5)).verdict, "layak");
  await tap(phone, 5, "layak");
  assert.equal(await saves(phone), 1, "the same answer is not saved twice");
});

test("a decision is sent as the wire wants it", async () => {
  const { server, phone } = await setup();
  await tap(phone, 5, "layak");
  await tap(phone, 5, "tunda");
  await phone.sync();
  const rows = Object.values(server.state.rows).filter(({ table }) => table === "list_decision");
  const [first, second] = rows.map(({ data }) => data);
  assert.deepEqual(
    { ...first, author: 0 },
    { list: LIST, lines: [lineId(5)], verdict: "layak", how: "single", over: [], author: 0 },
  );
  assert.equal(second.over.length, 1);
  assert.equal((await stateOf(phone, 5)).verdict, "tunda");
  assert.equal(phone.store.state.hot.size, 0, "what was pulled takes the place of own saves");
});

test("the last decision is taken back by one tap, then the one before it", async () => {
  const { phone } = await setup();
  await tap(phone, 1, "layak");
  phone.clock.pass(1);
  await tap(phone, 2, "tunda");
  const undo = async () => {
    const { last } = await show(phone);
    phone.clock.pass(1);
    await ask(phone, "POST", at("/undo"), { form: { decision: last.id } });
    return last.text;
  };
  assert.equal(await undo(), "Terakhir: 2. NAMA CC UJI · Ditunda");
  assert.deepEqual(
    [(await stateOf(phone, 2)).verdict, (await stateOf(phone, 1)).verdict],
    [null, "layak"],
  );
  assert.equal(await undo(), "Terakhir: 1. NAMA BB UJI · Layak");
  assert.equal((await show(phone)).last, "");
  assert.equal(await saves(phone), 4);
});

test("any line is taken back on its own row, of what was decided together only that line", async () => {
  const { phone } = await setup();
  await ask(phone, "POST", at("/all"), {
    form: { place: '["1","001"]', lines: [1, 2, 3].map(lineId).join(" ") },
  });
  assert.equal((await stateOf(phone, 2)).together, true);
  await tap(phone, 2, "batal");
  assert.deepEqual(
    [await stateOf(phone, 1), await stateOf(phone, 2)].map(({ verdict }) => verdict),
    ["layak", null],
  );
  const row = rowsOf(await show(phone, "done"))[0];
  assert.deepEqual([row.said, row.how, row.undoes], ["✓ Layak", "diputuskan bersama", 1]);
});

test("an RT in one go skips what is decided or marked, and says so", async () => {
  const { phone } = await setup({
    change: (no) => (no === 3 ? { flags: ["maybe_duplicate"] } : no === 4 ? { gone: "moved" } : {}),
  });
  await tap(phone, 1, "tunda");
  const { groups } = await show(phone);
  assert.equal(groups[0].all, "Semua layak (7)");
  const path = at(`/all/${encodeURIComponent(groups[0].place)}`);
  const { ctx } = await ask(phone, "GET", path);
  assert.equal(ctx.title, "Pemangku 1 · RT 001");
  assert.deepEqual(
    [ctx.people.length, ctx.decided, ctx.flagged_people],
    [7, "1 orang dilewati karena sudah dijawab.", ["3. NAMA DD UJI"]],
  );
  await tap(phone, 2, "tunda");
  const before = await saves(phone);
  await ask(phone, "POST", at("/all"), { form: { place: ctx.place, lines: ctx.lines } });
  assert.equal(await saves(phone), before + 1);
  const said = await Promise.all(
    [1, 2, 3, 4, 5].map(async (no) => (await stateOf(phone, no))?.verdict),
  );
  assert.deepEqual(said, ["tunda", "tunda", undefined, undefined, "layak"]);
  const { facts } = (await ask(phone, "GET", at("/about"))).ctx;
  assert.ok(facts.some(({ label, value }) => label === "Diputuskan bersama" && value === "6"));
});

test("in one go decides nobody who was not on the screen that was read", async () => {
  const { phone } = await setup();
  const form = { place: '["1","001"]', lines: lineId(1) };
  await ask(phone, "POST", at("/all"), { form });
  assert.equal((await stateOf(phone, 2))?.verdict, undefined);
});

test("an answer of another phone that nobody here had seen is a clash, decided anew over both", async () => {
  const { server, phone } = await setup();
  await tap(phone, 7, "layak");
  decideElsewhere(server, 7, { verdict: "tidak_masuk", reason: "tidak_bekerja" });
  await phone.sync();
  const ctx = await show(phone);
  assert.deepEqual(
    [ctx.progress, ctx.groups[0].title],
    ["0 dari 60 sudah dicek · 1 jawaban berbeda", "Jawaban berbeda, putuskan lagi"],
  );
  const [row] = rowsOf(ctx);
  assert.deepEqual(row.clash.map(({ said, by }) => [said, by]).sort(), [
    ["Layak", "jawaban Bapak/Ibu"],
    ["Tidak masuk · Tidak bekerja", "JURU TULIS UJI"],
  ]);
  await tap(phone, 7, "layak", { seen: row.seen });
  assert.deepEqual(
    [(await stateOf(phone, 7)).verdict, (await stateOf(phone, 7)).clash],
    ["layak", false],
  );
});

test("a tap on a screen that is older than what came meanwhile hides nobody's answer", async () => {
  const { server, phone } = await setup();
  const [row] = rowsOf(await show(phone));
  decideElsewhere(server, 1, { verdict: "tunda" });
  await phone.sync();
  const { ctx } = await tap(phone, 1, "layak", { seen: row.seen });
  assert.equal(ctx.l.clash.length, 2);
  assert.equal((await stateOf(phone, 1)).clash, true);
});

test("the author's other phone is another phone: what it said is not hidden unseen", async () => {
  const { server, phone } = await setup();
  const [row] = rowsOf(await show(phone));
  decideElsewhere(server, 1, { verdict: "tunda" }, { author: phone.userId });
  await phone.sync();
  await tap(phone, 1, "layak", { seen: row.seen });
  assert.equal((await stateOf(phone, 1)).clash, true);
});

test("an answer of another phone that was seen is replaced, and no clash", async () => {
  const { server, phone } = await setup();
  decideElsewhere(server, 1, { verdict: "tunda" });
  await phone.sync();
  const [row] = rowsOf(await show(phone, "done"));
  await tap(phone, 1, "layak", { seen: row.seen });
  assert.equal((await stateOf(phone, 1)).verdict, "layak");
});

test("a reason that asks nothing decides at once, others ask what they need", async () => {
  const { phone } = await setup();
  const path = (rest) => at(`/no/${lineId(1)}${rest}`);
  const { ctx } = await ask(phone, "GET", path(""));
  assert.deepEqual(
    ctx.reasons.map(({ word, asks }) => [word, asks]),
    REASONS.map((word) => [word, ["tidak_bekerja", "tidak_bersedia"].includes(word) ? 0 : 1]),
  );
  const post = (form) =>
    ask(phone, "POST", at("/no"), { form: { line: lineId(1), seen: "", ...form } });
  await post({ word: "tidak_bekerja" });
  assert.equal((await stateOf(phone, 1)).reason, "tidak_bekerja");
  const wrong = await post({ word: "meninggal", date: "31-02-2026", source: "keluarga" });
  assert.equal(wrong.status, 422);
  assert.equal(wrong.ctx.fields[0].error, w.t("field.lists.error.date"));
  assert.equal(wrong.ctx.fields[1].value, "keluarga");
  assert.equal(await saves(phone), 1);
  await post({ word: "meninggal", date: "7-11-2026", source: "keluarga" });
  const { reason, detail } = await stateOf(phone, 1);
  assert.deepEqual(
    [reason, { ...detail }],
    ["meninggal", { date: "2026-11-07", source: "keluarga" }],
  );
  const [row] = rowsOf(await show(phone, "done"));
  assert.equal(row.said, "✗ Tidak masuk · Meninggal 7-11-2026, menurut keluarga");
});

test("a double is named by its number or by words", async () => {
  const { phone } = await setup();
  const post = (same_as) =>
    ask(phone, "POST", at("/no"), { form: { line: lineId(1), seen: "", word: "ganda", same_as } });
  await post("12");
  assert.equal((await stateOf(phone, 1)).detail.same_as, lineId(12));
  assert.equal(
    rowsOf(await show(phone, "done"))[0].said,
    "✗ Tidak masuk · Ganda dengan 12. NAMA MF UJI",
  );
  await post("Pak Jumadi");
  assert.equal((await stateOf(phone, 1)).detail.same_as, "Pak Jumadi");
});

test("a double is somebody else of the list, and whose name sounds the same is told", async () => {
  const names = [
    { name: "SITI DEWI" },
    { name: "SITTI DEWI" },
    { name: "SITTI DEWY", gone: "moved" },
  ];
  const { phone } = await setup({ change: (no) => names[no - 1] ?? {} });
  const { ctx } = await ask(phone, "GET", at(`/no/${lineId(1)}/ganda`));
  assert.equal(ctx.alike, "Namanya mirip: 2. SITTI DEWI.");
  assert.equal((await ask(phone, "GET", at(`/no/${lineId(1)}/pindah`))).ctx.alike, "");
  for (const same_as of ["1", "01", "99"]) {
    const form = { line: lineId(1), seen: "", word: "ganda", same_as };
    const { status, ctx: again } = await ask(phone, "POST", at("/no"), { form });
    assert.equal(status, 422);
    assert.equal(again.fields[0].value, same_as);
  }
  assert.equal(await stateOf(phone, 1), undefined);
});

test("the list leads on to its meeting once every name has an answer", async () => {
  const { phone } = await setup({ lines: 2 });
  await tap(phone, 1, "layak");
  assert.equal((await show(phone, "todo")).meets, 0);
  await tap(phone, 2, "tunda");
  assert.equal((await show(phone, "todo")).meets, 1);
  assert.equal((await show(phone, "todo", { role: "officer" })).meets, 0);
  await ask(phone, "POST", at("/meeting"), { form: {} });
  const begun = await show(phone, "todo");
  assert.deepEqual([begun.meets, begun.signs], [0, 1]);
});

test("the last answer brings the meeting, and takes the way to answer the others together", async () => {
  const { phone } = await setup({ lines: 2 });
  const say = (n) => {
    const form = { line: lineId(n), seen: "", verdict: "layak", part: "1" };
    return ask(phone, "POST", at("/decide"), { form });
  };
  const first = (await say(1)).ctx;
  assert.deepEqual([first.meets, first.group.all], [0, undefined]);
  const rows = (await show(phone, "todo")).groups;
  assert.equal(rows[0].place, first.group.place);
  assert.equal((await say(2)).ctx.meets, 1);
});

test("reasons stand under the answer that they belong to", async () => {
  const { phone } = await setup({ lines: 3 });
  await tap(phone, 1, "layak");
  await tap(phone, 2, "tunda");
  await ask(phone, "POST", at("/no"), {
    form: { line: lineId(3), seen: "", word: "tidak_bekerja" },
  });
  const { ctx } = await ask(phone, "GET", at("/about"));
  const labels = ctx.sums.map(({ label }) => label);
  assert.equal(labels.indexOf("– Tidak bekerja"), labels.indexOf("Tidak masuk") + 1);
});

test("a word that is no reason of this line changes nothing", async () => {
  const { phone } = await setup();
  for (const word of ["layak", "ada", "", "batal", "constructor"])
    await ask(phone, "POST", at("/no"), { form: { line: lineId(1), seen: "", word } });
  for (const verdict of ["meninggal", "ada", "", "tidak_masuk"]) await tap(phone, 1, verdict);
  await ask(phone, "POST", at("/decide"), { form: { line: "nobody", seen: "", verdict: "layak" } });
  assert.equal(await saves(phone), 0);
});

test("who was merged or moved says so, keeps the number, and is asked nothing", async () => {
  const into = "01930000-0000-7000-8000-0000000c0012";
  const { phone } = await setup({
    change: (no) => (no === 2 ? { gone: "merged", into } : no === 3 ? { gone: "moved" } : {}),
  });
  const rows = rowsOf(await show(phone, "done"));
  assert.deepEqual(
    rows.map(({ name, gone, asks }) => [name, gone, asks]),
    [
      ["2. NAMA CC UJI", "Sudah digabung dengan 12. NAMA MF UJI. Nomor ini tetap.", 0],
      ["3. NAMA DD UJI", "Sudah pindah ke wilayah lain. Nomor ini tetap.", 0],
    ],
  );
  await tap(phone, 2, "layak");
  assert.equal(await saves(phone), 0);
  assert.equal((await show(phone)).progress, "0 dari 58 sudah dicek");
});

test("names to visit have their own answers, and are not counted", async () => {
  const { phone } = await setup({
    change: (no) => (no > 58 ? { part: "visit", no: null, status: undefined } : {}),
  });
  const ctx = await show(phone, "visit");
  assert.deepEqual(
    ctx.chips.map(({ part, n }) => [part, n]),
    [
      ["todo", "58"],
      ["done", "0"],
      ["visit", "2"],
    ],
  );
  const [row] = rowsOf(ctx);
  assert.deepEqual([row.yes, row.later], ["ada", "tidak_dikenal"]);
  assert.ok(ctx.groups.every(({ all }) => !all));
  await tap(phone, 59, "ada");
  await tap(phone, 60, "layak");
  assert.equal((await stateOf(phone, 59)).verdict, "ada");
  assert.equal(await stateOf(phone, 60), undefined);
  assert.equal((await show(phone)).progress, "0 dari 58 sudah dicek");
  const post = { line: lineId(60), seen: "", word: "pindah", to: "Liwa" };
  const made = await ask(phone, "POST", at("/no"), { form: post });
  assert.equal(made.redirect, at("?p=visit"));
  assert.equal((await stateOf(phone, 60)).verdict, "pindah");
});

test("a head may look at a numbered person at the desk, where the face is", async () => {
  const { phone } = await setup({
    change: (no) => (no > 59 ? { part: "visit", no: null, status: undefined } : {}),
  });
  const asked = async (no) => (await ask(phone, "GET", at(`/no/${lineId(no)}`))).ctx.desk;
  assert.deepEqual([await asked(1), await asked(60)], [1, 0]);
});

test("the monthly list asks whether somebody is still there", async () => {
  const list = { purpose: "monthly", fund: null, month: 11, forum: null };
  const { phone } = await setup({ list });
  const ctx = await show(phone);
  assert.equal(ctx.name, "Masih ada? November 2026");
  const [row] = rowsOf(ctx);
  assert.deepEqual([row.yes, row.later, row.no_words], ["masih_ada", "tidak_tahu", "Tidak ada…"]);
  assert.ok(ctx.groups.every(({ all }) => !all));
  const { ctx: why } = await ask(phone, "GET", at(`/no/${lineId(1)}`));
  assert.deepEqual(
    why.reasons.map(({ word }) => word),
    ["meninggal", "pindah"],
  );
  const form = {
    line: lineId(1),
    seen: "",
    word: "meninggal",
    date: "1-11-2026",
    source: "anaknya",
  };
  await ask(phone, "POST", at("/no"), { form });
  const { verdict, reason } = await stateOf(phone, 1);
  assert.deepEqual([verdict, reason], ["meninggal", null]);
  await ask(phone, "POST", at("/meeting"));
  assert.equal((await content(phone)).list.state, "open");
});

test("the meeting begins once, and shows at once", async () => {
  const { server, phone } = await setup();
  assert.equal((await ask(phone, "GET", at("/meeting"))).view, "list_meeting");
  await ask(phone, "POST", at("/meeting"));
  await ask(phone, "POST", at("/meeting"));
  assert.equal(await saves(phone), 1);
  assert.equal((await show(phone)).state, "Sedang dirapatkan");
  const { redirect } = await ask(phone, "GET", at("/meeting"));
  assert.equal(redirect, at("/about"));
  await phone.sync();
  assert.equal(server.state.rows[LIST].data.state, "meeting");
  assert.equal((await show(phone)).state, "Sedang dirapatkan");
});

test("what the server would refuse of somebody who is missing is said before the save", async () => {
  const { phone } = await setup();
  const before = phone.store.state.head.mid;
  const typed = { name: "SITI 2", hamlet: "x".repeat(61), note: "y".repeat(501) };
  const wrong = await ask(phone, "POST", at("/name"), { form: typed });
  assert.equal(wrong.status, 422);
  const shown = wrong.ctx.fields.map(({ value, error }) => [value, error]);
  const long = "Tulisannya terlalu panjang. Pendekkan, lalu simpan lagi.";
  assert.deepEqual(shown, [
    ["SITI 2", "Namanya belum terbaca; tulis nama orangnya dengan huruf."],
    [typed.hamlet, long],
    [typed.note, long],
  ]);
  assert.equal(phone.store.state.head.mid, before);
  assert.deepEqual((await ask(phone, "GET", at("/about"))).ctx.names, []);
});

test("somebody who is missing needs no more than a name", async () => {
  const { server, phone } = await setup();
  const wrong = await ask(phone, "POST", at("/name"), {
    form: { name: " ", hamlet: "1", note: "" },
  });
  assert.deepEqual([wrong.status, wrong.ctx.fields[1].value], [422, "1"]);
  await ask(phone, "POST", at("/name"), { form: { name: "BU SITI", hamlet: "1", note: "" } });
  const told = async () => (await ask(phone, "GET", at("/about"))).ctx.names;
  assert.deepEqual(await told(), [{ name: "BU SITI", small: "1" }]);
  await phone.sync();
  assert.deepEqual(await told(), [{ name: "BU SITI", small: "1" }]);
  const row = Object.values(server.state.rows).find(({ table }) => table === "added_name");
  assert.deepEqual(row.data, { list: LIST, name: "BU SITI", hamlet: "1" });
});

test("a closed list is no card, keeps its answers and takes no more", async () => {
  const { server, phone } = await setup();
  await tap(phone, 1, "layak");
  server.change(LIST, { state: "closed" });
  await phone.sync();
  assert.deepEqual(await featureCards(request(phone)), []);
  const ctx = await show(phone, "done");
  assert.deepEqual([ctx.closed, ctx.can], [w.t("field.lists.closed"), 0]);
  assert.deepEqual(
    rowsOf(ctx).map(({ said, undoes }) => [said, undoes]),
    [["✓ Layak", 0]],
  );
  await tap(phone, 2, "layak");
  assert.equal(await stateOf(phone, 2), undefined);
});

test("an address of a list that is not here leads to the lists", async () => {
  const { phone } = await setup();
  const { redirect } = await ask(phone, "GET", "/field/list/01930000-0000-7000-8000-0000000affff");
  assert.equal(redirect, "/field/lists");
});

test("a list's rows leave memory with the lock", async () => {
  const { phone } = await setup();
  await show(phone);
  assert.ok(phone.store.state.tables.size > 0);
  await lock(phone.store.state);
  phone.store.state.wipe();
  assert.equal(phone.store.state.tables.size, 0);
});

test("what comes with a pull is read, though nothing was asked of the disk meanwhile", async () => {
  const { server, phone } = await setup();
  await show(phone);
  server.change(lineId(1), { name: "NAMA LAIN UJI" });
  await phone.sync();
  assert.equal(rowsOf(await show(phone))[0].name, "1. NAMA LAIN UJI");
});

test("the ledger names such saves in words", async () => {
  const { phone } = await setup();
  await tap(phone, 1, "layak");
  await ask(phone, "POST", at("/name"), { form: { name: "BU SITI", hamlet: "", note: "" } });
  await ask(phone, "POST", at("/meeting"));
  const wish = { state: "", query: "", before: 0, disputed: new Set() };
  const { items } = logLines(await allLines(phone.store.state), [], wish, w);
  assert.deepEqual(
    items.map(({ name }) => name),
    ["Rapat daftar dimulai", "Nama tambahan di daftar", "Jawaban di daftar"],
  );
});

test("head and secretary who did not hear each other clash on both phones", async () => {
  const server = new FakeServer();
  putList(server);
  const [one, two] = [await headPhone(server), await headPhone(server)];
  await tap(one, 9, "layak");
  await tap(two, 9, "tunda");
  for (const phone of [one, two, one]) {
    phone.clock.pass(120);
    await phone.sync();
  }
  for (const phone of [one, two]) assert.equal((await stateOf(phone, 9)).clash, true);
});

test("every answer has words in both languages", () => {
  for (const lang of ["id", "en"]) {
    const there = new Set(keys(lang));
    for (const word of new Set(Object.values(VERDICTS).flat()))
      assert.ok(there.has(`field.lists.verdict.${word}`), `${lang} ${word}`);
    for (const word of REASONS) {
      assert.ok(there.has(`field.lists.reason.${word}`), `${lang} ${word}`);
      assert.ok(there.has(`field.lists.hint.${word}`), `${lang} ${word}`);
    }
    assert.ok(translator(lang));
  }
});

test("a line that changed since it was signed says what, and is asked again", async () => {
  const changed = { n: 1, day: "2026-11-22", was: { name: "SITI", rt: "009", nik_no: 1 } };
  const { server, phone } = await setup({
    lines: 2,
    change: (no) => (no === 1 ? { name: "SITI AMINAH", changed } : {}),
  });
  const first = decideElsewhere(server, 1, { verdict: "layak" });
  const asked = { verdict: "batal", how: "record", via: "record", over: [first] };
  const again = decideElsewhere(server, 1, asked, { via: "record" });
  decideElsewhere(server, 1, { verdict: "tunda", over: [first] });
  await phone.sync();
  const row = rowsOf(await show(phone)).find(({ id }) => id === lineId(1));
  assert.equal(
    row.changed,
    "Berubah sejak ditandatangani 22 November 2026: Nama SITI → SITI AMINAH; RT 009 → 001; NIK dibetulkan",
  );
  assert.equal(row.earlier, "Ditanya lagi. Dulu: Ditunda / Layak");
  assert.deepEqual([row.asks, row.said, row.clash.length], [1, "", 0]);
  await tap(phone, 1, "layak");
  const done = rowsOf(await show(phone, "done")).find(({ id }) => id === lineId(1));
  assert.deepEqual([done.said, done.earlier], ["✓ Layak", ""]);
  const over = [...(await content(phone)).decisions.values()].find(({ here }) => here).over;
  assert.ok(over.includes(again));
});

test("an RT in one go leaves lines that are asked again to be looked at, and names them", async () => {
  const { server, phone } = await setup({ lines: 4 });
  const first = decideElsewhere(server, 1, { verdict: "layak" });
  decideElsewhere(server, 1, { verdict: "batal", how: "record", via: "record", over: [first] });
  const other = decideElsewhere(server, 2, { verdict: "layak" });
  const clash = decideElsewhere(server, 2, { verdict: "tunda" });
  decideElsewhere(server, 2, { verdict: "batal", over: [other, clash] });
  const slip = decideElsewhere(server, 3, { verdict: "tunda" });
  decideElsewhere(server, 3, { verdict: "batal", over: [slip] });
  await phone.sync();
  const { groups } = await show(phone);
  assert.equal(groups[0].all, "Semua layak (2)");
  const path = at(`/all/${encodeURIComponent(groups[0].place)}`);
  const { ctx } = await ask(phone, "GET", path);
  assert.equal(ctx.lines, [3, 4].map(lineId).join(" "));
  assert.equal(ctx.asked, "2 orang dilewati karena ditanyakan lagi. Jawab satu per satu:");
  assert.deepEqual(
    [ctx.asked_people.length, ctx.decided, ctx.flagged, ctx.flagged_people],
    [2, "", "", []],
  );
  await ask(phone, "POST", at("/all"), { form: { place: ctx.place, lines: ctx.lines } });
  const said = await Promise.all(
    [1, 2, 3, 4].map(async (no) => (await stateOf(phone, no)).verdict),
  );
  assert.deepEqual(said, [null, null, "layak", "layak"]);
});

test("hidden and shown digits, and who became one with whom on another list", async () => {
  const joined = [
    { list: "x", no: 7, name: "SITI", purpose: "fund", fund: "apbd_kab", year: 2027, month: null },
  ];
  const changed = { n: 1, day: "2026-11-22", was: { nik: "18••••••••••9002", occupation: null } };
  const { phone } = await setup({ lines: 1, change: () => ({ changed, joined }) });
  const [row] = rowsOf(await show(phone));
  assert.match(row.changed, /NIK 18••••••••••9002 → 18••••••••••9001/);
  assert.match(row.changed, /Pekerjaan — → /);
  assert.ok(!row.changed.includes("dibetulkan"));
  assert.deepEqual(row.joined, [
    "Digabung dengan 7. SITI, yang juga ditandatangani di Daftar APBD kabupaten 2027",
  ]);
});
