// Tables of features on the phone: their saves are saves like all others, their rows lie beside the
// core's own, and what speaks of workers does not meet them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { translator } from "./support/words.mjs";
import { Clock, newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { FakeServer } from "./support/fakeServer.mjs";
import { addReference } from "../../outreach/static/js/field/language.js";
import { allLines, noteDown, oneSave } from "../../outreach/static/js/store/books/save_log.js";
import { applyPage } from "../../outreach/static/js/store/replica/pulled_pages.js";
import { raise } from "../../outreach/static/js/store/records/state.js";
import { ownSaves, tableRows } from "../../outreach/static/js/store/books/feature_rows.js";
import { nameSaves } from "../../outreach/static/js/field/parts_of_screens/other_saves.js";
import { featureLinks } from "../../outreach/static/js/field/parts_of_screens/feature_links.js";
import { chips, logLines } from "../../outreach/static/js/field/screens/saves/lines_view.js";
import { saveView } from "../../outreach/static/js/field/screens/saves/one_save_view.js";
import { peopleOf } from "../../outreach/static/js/field/screens/saves/status_progress.js";
import { totalsView } from "../../outreach/static/js/field/screens/saves/premium_totals.js";
import { fixView } from "../../outreach/static/js/field/screens/worker/to_fix_view.js";
import { todayLinks } from "../../outreach/static/js/field/screens/device/today_links.js";
import { find } from "../../outreach/static/js/field/router.js";
import {
  knownTables,
  knowTable,
  pullUnknown,
} from "../../outreach/static/js/store/replica/other_tables.js";
import "../../outreach/static/js/field/screens/whats_new/routes.js";
import "../../outreach/static/js/field/screens/worker/to_fix_routes.js";

const w = translator("id");
const TABLE = "release_read";
const releases = JSON.parse(
  readFileSync(new URL("../../outreach/features/whats_new/phone.json", import.meta.url)),
);
const NEWEST = releases[0].version;
addReference({ features: { whats_new: releases } });

const setup = async (user = newUser(), server = new FakeServer()) => {
  const phone = await Phone.at(server, user, new Clock(), [VILLAGE]);
  return { server, phone, user, own: `u:${user}` };
};
const q = (phone, form = {}) => ({
  store: phone.store,
  profile: { role: "officer" },
  form: new URLSearchParams(form),
  query: new URLSearchParams(),
  w,
  t: w.t,
  lang: "id",
});
const ask = async (method, path, request) => {
  const { route } = find(method, path);
  return route.handler(request);
};
const look = async (phone) =>
  (await ask("GET", "/field/whats-new", q(phone))).ctx.releases.map(({ version, read }) => [
    version,
    read,
  ]);
const read = (phone, version = NEWEST) => ask("POST", "/field/whats-new", q(phone, { version }));
const save = (phone, own, version = NEWEST) =>
  phone.store.save({ table: TABLE, id: phone.store.newId(), scope: own, changes: { version } });
const numbers = async (phone) => {
  const { recorded, received, pending } = await phone.store.counts();
  return [recorded, received, pending];
};
const gen = (phone, scope) => phone.store.state.base[scope].gen;

test("a save of another table is numbered, counted, sent and leaves the view when pulled", async () => {
  const { server, phone, own } = await setup();
  await phone.add("SITI");
  const { mid, key } = await save(phone, own);
  assert.equal(mid, 2);
  assert.deepEqual(await numbers(phone), [2, 0, 2]);
  const [{ m }] = ownSaves(phone.store.state, TABLE);
  assert.deepEqual(
    [m.table, m.id, m.scope, m.ver, m.set],
    [TABLE, key, own, 0, { version: [null, NEWEST] }],
  );
  await phone.sync();
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
  assert.equal(server.state.rows[key].table, TABLE);
  assert.equal(phone.store.state.hot.size, 0);
  assert.deepEqual(await tableRows(phone.store.state, own, TABLE), [
    { id: key, data: { version: NEWEST } },
  ]);
});

test("no list, count or search of people meets it", async () => {
  const { phone, own } = await setup();
  await phone.add("SITI");
  await save(phone, own);
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(await phone.store.tally([VILLAGE, own]), [1, 0]);
    assert.deepEqual(await phone.store.list(own), []);
    await phone.sync();
  }
});

test("what was read is read on the person's other phone, and on nobody else's", async () => {
  const { server, phone, user } = await setup();
  const second = (await setup(user, server)).phone;
  const stranger = (await setup(newUser(), server)).phone;
  for (const one of [phone, second, stranger]) await one.sync();
  assert.deepEqual(await look(second), [[NEWEST, 0]]);
  await read(phone);
  assert.deepEqual(await look(phone), [[NEWEST, 1]]);
  await phone.sync();
  second.clock.pass(60);
  await second.sync();
  assert.deepEqual(await look(second), [[NEWEST, 1]]);
  assert.deepEqual(await look(stranger), [[NEWEST, 0]]);
});

test("reading is saved once, whatever is tapped again, and only of a version that exists", async () => {
  const { phone } = await setup();
  for (const version of [NEWEST, NEWEST, "77.0.0", ""]) await read(phone, version);
  assert.deepEqual(await numbers(phone), [1, 0, 1]);
  await phone.sync();
  await read(phone);
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
});

test("the way to it is marked until it is read", async () => {
  const { phone } = await setup();
  const link = async () => (await featureLinks(q(phone))).find(({ to }) => to === "whats-new");
  assert.deepEqual([(await link()).word, (await link()).cls], ["Belum dibaca", "mark"]);
  const counts = { leaving: null, fix: 0 };
  const [shown] = todayLinks(counts, w, [await link()]);
  assert.deepEqual([shown.to, shown.word], ["whats-new", "Belum dibaca"]);
  await read(phone);
  assert.deepEqual([(await link()).word, (await link()).cls], ["", ""]);
});

test("rows of a table are asked for by name, and rows without one never come", async () => {
  const { server, phone, own } = await setup();
  server.put("01930000-0000-7000-8000-0000000000aa", {
    scope: own,
    table: TABLE,
    data: { version: "0.0.1" },
  });
  server.put("01930000-0000-7000-8000-0000000000ab", { scope: own, table: "visit", data: {} });
  await phone.sync();
  assert.ok(knownTables().includes(TABLE));
  assert.equal((await tableRows(phone.store.state, own, TABLE)).length, 1);
  assert.equal((await tableRows(phone.store.state, own, "visit")).length, 0);
  assert.deepEqual(await phone.store.inbox(), []);
});

test("a note about a save and the row it made share a name and do not meet", async () => {
  const { phone, own } = await setup();
  await phone.sync();
  const { key } = await save(phone, own);
  const { full } = phone.store.state.base[own];
  const at = { from: full, cursor: full + 3, more: false };
  const made = { table: TABLE, id: key, ver: full + 1, data: { version: NEWEST } };
  const note = { table: "inbox", id: key, ver: full + 2, data: { kind: "held", table: TABLE } };
  await applyPage(phone.store.state, { scopes: { [own]: { ...at, rows: [made, note] } } }, "full", [
    own,
  ]);
  assert.equal((await phone.store.inbox()).length, 1);
  const gone = { table: "inbox", id: key, ver: full + 4, gone: 1 };
  const next = { from: full + 3, cursor: full + 4, more: false, rows: [gone] };
  await applyPage(phone.store.state, { scopes: { [own]: next } }, "full", [own]);
  assert.equal((await tableRows(phone.store.state, own, TABLE)).length, 1);
  assert.deepEqual(await phone.store.inbox(), []);
});

test("a row that left goes from the table", async () => {
  const { server, phone, own } = await setup();
  const { key } = await save(phone, own);
  await phone.sync();
  const { full } = phone.store.state.base[own];
  const gone = { table: TABLE, id: key, ver: full + 1, gone: 1 };
  const page = { from: full, cursor: full + 1, more: false, rows: [gone] };
  await applyPage(phone.store.state, { scopes: { [own]: page } }, "full", [own]);
  assert.deepEqual(await tableRows(phone.store.state, own, TABLE), []);
  assert.ok(server);
});

test("a phone that learns of a table pulls its scopes once more, and no other", async () => {
  const { server, phone, own } = await setup();
  await phone.add("SITI");
  server.put("01930000-0000-7000-8000-0000000000aa", {
    scope: own,
    table: "later",
    data: { text: "x" },
  });
  await phone.sync();
  const before = [gen(phone, own), gen(phone, VILLAGE), gen(phone, "ref")];
  assert.deepEqual(await tableRows(phone.store.state, own, "later"), []);
  knowTable("later", "own");
  phone.clock.pass(60);
  await phone.sync();
  assert.equal((await tableRows(phone.store.state, own, "later")).length, 1);
  assert.deepEqual(
    [gen(phone, own), gen(phone, VILLAGE), gen(phone, "ref")],
    [before[0] + 1, before[1], before[2]],
  );
  phone.clock.pass(60);
  await phone.sync();
  assert.equal(gen(phone, own), before[0] + 1);
});

test("what an earlier version pulled alone is pulled once more", async () => {
  const { server, phone, own } = await setup();
  const made = { scope: own, table: TABLE, data: { version: NEWEST } };
  server.tell(phone.userId, "01930000-0000-7000-8000-0000000000ac", { kind: "task" });
  await phone.sync();
  // An earlier version knows no table: it goes on, and past what it was not sent.
  server.put("01930000-0000-7000-8000-0000000000aa", made);
  const s = phone.store.state;
  await s.conn.run(["meta"], "readwrite", async (tx) => {
    const base = structuredClone(s.base);
    base[own].full += 1;
    tx.objectStore("meta").put(base, "base");
    await raise(tx, "b");
  });
  await s.refresh();
  assert.deepEqual(await tableRows(s, own, TABLE), []);
  await pullUnknown(s);
  assert.ok(s.base[own].fresh);
  phone.clock.pass(60);
  await phone.sync();
  assert.equal((await tableRows(s, own, TABLE)).length, 1);
  assert.equal((await phone.store.inbox()).length, 1);
});

test("a new life of the server is pulled once, with every table", async () => {
  const { server, phone, own } = await setup();
  knowTable("card", "village");
  await phone.add("SITI");
  server.put("01930000-0000-7000-8000-0000000000ad", { scope: VILLAGE, table: "card", data: {} });
  await save(phone, own);
  await phone.sync();
  const before = [gen(phone, own), gen(phone, VILLAGE)];
  server.restore(server.backup());
  phone.clock.pass(60);
  await phone.sync();
  phone.clock.pass(60);
  await phone.sync();
  assert.deepEqual([gen(phone, own), gen(phone, VILLAGE)], [before[0] + 1, before[1] + 1]);
  assert.equal((await tableRows(phone.store.state, own, TABLE)).length, 1);
  assert.equal((await tableRows(phone.store.state, VILLAGE, "card")).length, 1);
  assert.deepEqual(await phone.store.tally([VILLAGE]), [1]);
});

test("the ledger names it in words, before and after it is written down", async () => {
  const { server, phone, own } = await setup();
  const { id } = await phone.add("SITI");
  await save(phone, own);
  const wish = { state: "", query: "", after: 0, disputed: new Set() };
  const shown = async () =>
    logLines(await allLines(phone.store.state), [], wish, w).items.map(({ name, what }) => [
      name,
      what,
    ]);
  const expected = [
    [w.t("whats_new.save"), ""],
    ["SITI", w.t("field.book.new")],
  ];
  assert.deepEqual(await shown(), expected);
  await phone.sync();
  server.durable = 2;
  phone.clock.pass(60);
  await phone.sync();
  await noteDown(phone.store.state);
  await phone.reopen();
  assert.deepEqual(await shown(), expected);
  const lines = await allLines(phone.store.state);
  assert.equal(chips(lines, [], wish, w)[0].n, "2");
  const people = peopleOf(lines, () => ({ name: "", status: "", kind: "pekon", known: true }));
  assert.deepEqual(
    people.map((one) => one.id),
    [id],
  );
  const today = totalsView(
    lines.map((line) => ({ line, day: "2026-11-22" })),
    "2026-11-22",
    w,
  )[0];
  assert.deepEqual([today.people, today.recorded], ["1", "2"]);
});

test("one save whole says what it is and leads to no worker", async () => {
  const { phone, own } = await setup();
  await save(phone, own);
  const found = await oneSave(phone.store.state, 1);
  const ctx = { note: {}, disputed: new Set(), path: [], status: "", mid: 1, canAdd: true };
  const view = saveView(found, { ...ctx, known: false, occupations: [] }, w);
  assert.deepEqual(
    [view.name, view.what, view.fields, view.id, view.steps],
    [w.t("whats_new.save"), "", "", "", []],
  );
  const other = saveView({ ...found, line: { ...found.line, table: "unknown" } }, ctx, w);
  assert.equal(other.name, w.t("field.other_save"));
});

test("held or refused it stands among what is to be put right, without a form", async () => {
  for (const how of ["held", "invalid"]) {
    const { server, phone, own } = await setup();
    if (how === "held") server.heldScopes.add(own);
    else server.forbidden.add("version");
    await save(phone, own);
    await phone.step({ force: true });
    for (const pulled of [false, true]) {
      if (pulled) await phone.sync();
      const { ctx } = await ask("GET", "/field/fix", q(phone));
      assert.deepEqual(
        ctx.cards.map(({ name, link, steps }) => [name, link, steps]),
        [[w.t("whats_new.save"), 0, []]],
      );
    }
    const seen = (await look(phone))[0][1];
    assert.equal(seen, how === "held" ? 1 : 0);
  }
});

test("a card of a worker still opens the worker", () => {
  const item = { kind: "held", id: "x", name: "SITI", data: { reason: "out_of_scope" } };
  const [card] = fixView({ inbox: [item], occupations: [], canAdd: true }, w).cards;
  assert.deepEqual([card.name, card.link], ["SITI", 1]);
  nameSaves("later", "field.ledger");
  const [other] = fixView({ inbox: [{ ...item, table: "later" }], canAdd: true }, w).cards;
  assert.deepEqual([other.name, other.link], [w.t("field.ledger"), 0]);
});
