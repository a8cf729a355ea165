import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { translator } from "./support/words.mjs";
import { Clock, newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { FakeServer } from "./support/fakeServer.mjs";
import { noteRead } from "../../outreach/static/js/store/books/decisions_read.js";
import { absentOf } from "../../outreach/static/js/field/screens/worker/to_fix_routes.js";
import { fixView } from "../../outreach/static/js/field/screens/worker/to_fix_view.js";

const NOTE = "01ef5312-ecd3-541f-a4fb-90b0e88a754c";
const OTHER_NOTE = "01ef5312-ecd3-541f-a4fb-90b0e88a754d";
const said = (lang) =>
  JSON.parse(
    readFileSync(new URL(`../../outreach/translations/${lang}/field.json`, import.meta.url)),
  )["field.verdict.conflict_other"];

test("the officer whose answer stands reads both answers until the conflict is settled", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser(), new Clock(), [VILLAGE]);
  const { id } = await phone.add("SITI", { rt: "001" });
  await phone.sync();
  server.tell(phone.userId, NOTE, {
    kind: "conflict",
    other: true,
    worker_id: id,
    scope: VILLAGE,
    conflicts: [{ id: "c", field: "rt", base: null, mine: "001", theirs: "002" }],
  });
  await phone.sync();
  const inbox = await phone.store.inbox();
  assert.deepEqual(
    inbox.map((item) => [item.kind, item.id, item.mid, item.name]),
    [["conflict", id, undefined, "SITI"]],
  );
  for (const lang of ["id", "en"]) {
    const w = translator(lang);
    const [card] = fixView({ inbox, occupations: [], canAdd: true }, w).cards;
    assert.equal(card.why, said(lang));
    assert.equal(card.reasons.length, 1);
    assert.match(card.reasons[0], /001.*002/);
    assert.equal(card.steps.length, 1);
    assert.notEqual(
      card.reasons[0],
      fixView(
        { inbox: [{ ...inbox[0], data: { ...inbox[0].data, other: false } }], canAdd: true },
        w,
      ).cards[0].reasons[0],
    );
  }
  server.remove(NOTE);
  await phone.sync();
  assert.deepEqual(await phone.store.inbox(), []);
});

test("a record that is not on this phone offers nothing that leads nowhere", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser(), new Clock(), [VILLAGE]);
  const { id } = await phone.add("SITI", { rt: "001" });
  await phone.sync();
  const elsewhere = "01a22c1c-9380-7793-afe7-ca99b1ea5a71";
  const told = { kind: "returned", scope: VILLAGE, fields: ["nik"] };
  server.tell(phone.userId, NOTE, { ...told, worker_id: elsewhere });
  server.tell(phone.userId, OTHER_NOTE, { ...told, worker_id: id });
  await phone.sync();
  const inbox = await phone.store.inbox();
  const absent = await absentOf({ store: phone.store }, inbox);
  assert.deepEqual([...absent], [elsewhere]);
  const cards = fixView({ inbox, occupations: [], canAdd: true, absent }, translator("id")).cards;
  const [far, near] = [elsewhere, id].map((one) => cards.find((card) => card.id === one));
  assert.deepEqual([far.steps, far.link], [[], 0]);
  assert.match(far.name, /tidak ada di HP ini/);
  assert.match(far.reasons.join(), /HP lain/);
  assert.deepEqual([near.name, near.steps.length, near.link], ["SITI", 1, 1]);
});

test("what a former phone of the person saved keeps its name, the reason and the office's words", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser(), new Clock(), [VILLAGE]);
  const person = "01a22c1c-9380-7793-afe7-ca99b1ea5a71";
  const told = { worker_id: person, scope: VILLAGE };
  const held = { ...told, kind: "held", reason: "revoked", name: "PONIMAN UJI" };
  server.tell(phone.userId, NOTE, held);
  server.tell(phone.userId, OTHER_NOTE, { ...told, kind: "held", reason: "waits" });
  const back = { kind: "returned", worker_id: "01a22c1c-9380-7793-afe7-ca99b1ea5a72" };
  const RETURNED = "01a22c1c-9380-7793-afe7-ca99b1ea5a73";
  server.tell(phone.userId, RETURNED, { ...back, name: "SITI", words: "Salah pekon" });
  await phone.sync();
  const inbox = await phone.store.inbox();
  const absent = await absentOf({ store: phone.store }, inbox);
  assert.equal(absent.size, 2);
  for (const lang of ["id", "en"]) {
    const w = translator(lang);
    const { cards } = fixView({ inbox, occupations: [], canAdd: true, absent }, w);
    assert.deepEqual(
      cards.map(({ name }) => name).sort(),
      ["PONIMAN UJI", "PONIMAN UJI", "SITI"],
      "what waits for it is about the same person",
    );
    const said = cards.map(({ reasons }) => reasons.join(" "));
    assert.ok(said[0].includes(w.t("error.revoked")), said[0]);
    assert.ok(said[1].includes(w.t("error.waits")), said[1]);
    assert.match(said[2], /Salah pekon/);
    assert.deepEqual(
      cards.map(({ link, steps }) => [link, steps]),
      Array(3).fill([0, []]),
      "and leads nowhere",
    );
  }
});

test("a conflict never calls an answer this phone's that another phone of the person gave", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser(), new Clock(), [VILLAGE]);
  const entry = { id: "c", field: "rt", base: null, mine: "001", theirs: "002", who: "TONO" };
  for (const other of [false, true])
    server.tell(phone.userId, other ? NOTE : OTHER_NOTE, {
      kind: "conflict",
      worker_id: `01a22c1c-9380-7793-afe7-ca99b1ea5a7${Number(other)}`,
      conflicts: [entry],
      other,
    });
  await phone.sync();
  const inbox = await phone.store.inbox();
  for (const [lang, here] of Object.entries({ id: /HP ini/, en: /this phone/ })) {
    const { cards } = fixView({ inbox, occupations: [], canAdd: true }, translator(lang));
    assert.equal(cards.length, 2);
    for (const { why, reasons } of cards) {
      assert.match(reasons.join(), /001.*002.*|002.*001/);
      assert.doesNotMatch(`${why} ${reasons.join()}`, here);
    }
  }
});

test("what the office decided is read once on the phone and then ends", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser(), new Clock(), [VILLAGE]);
  const { id } = await phone.add("SITI", { rt: "001" });
  await phone.sync();
  const entry = { id: "c", field: "rt", base: null, mine: "001", theirs: "002" };
  const end = { ...entry, value: "005", by: "Pengawas Uji", at: "2026-11-22T06:05:00Z" };
  const told = { kind: "conflict", worker_id: id, scope: VILLAGE };
  server.tell(phone.userId, NOTE, { ...told, conflicts: [], decided: [end] });
  await phone.sync();
  const inbox = await phone.store.inbox();
  assert.deepEqual(
    inbox.map((item) => [item.kind, item.name]),
    [["decided", "SITI"]],
  );
  for (const lang of ["id", "en"]) {
    const [card] = fixView({ inbox, occupations: [], canAdd: true }, translator(lang)).cards;
    assert.match(card.why, /RT.*005.*Pengawas Uji/);
    assert.deepEqual([card.steps, card.read], [[], NOTE]);
  }
  await noteRead(phone.store.state, NOTE, 1);
  assert.deepEqual(await phone.store.inbox(), []);
  server.tell(phone.userId, NOTE, { ...told, conflicts: [], decided: [end, { ...end, id: "d" }] });
  await phone.sync();
  assert.equal((await phone.store.inbox()).length, 1, "a later decision shows again");
  server.tell(phone.userId, NOTE, { ...told, conflicts: [entry], decided: [end] });
  await phone.sync();
  assert.deepEqual(
    (await phone.store.inbox()).map((item) => item.kind),
    ["conflict"],
    "what is opened again waits again",
  );
});
