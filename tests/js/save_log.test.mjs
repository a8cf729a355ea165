import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import { Phone, VILLAGE } from "./support/phone.mjs";
import { allLines, noteDown, oneSave } from "../../outreach/static/js/store/books/save_log.js";
import { renumber } from "../../outreach/static/js/store/journal/renumber.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";

async function setup() {
  const server = new FakeServer();
  return { server, phone: await Phone.at(server) };
}
const lines = (phone) => allLines(phone.store.state);
const brief = async (phone) => (await lines(phone)).map((l) => `${l.n} ${l.name} ${l.state}`);

async function picture(phone, ...bytes) {
  const body = new Uint8Array(bytes);
  const sha = await sha256(body);
  await phone.store.putBlob(sha, body);
  return sha;
}

test("each save is one line with its person, what it did and where it is", async () => {
  const { server, phone } = await setup();
  server.heldScopes.add("18.04.04.2003");
  const { id } = await phone.add("SITI");
  await phone.edit(id, { rt: "2", notes: "pagi" });
  await phone.sync();
  await phone.add("HERI", {}, "18.04.04.2003");
  await phone.step({ force: true });
  await phone.add("JUMADI");
  const found = await lines(phone);
  assert.deepEqual(
    found.map((l) => [l.n, l.name, l.what, l.state]),
    [
      [4, "JUMADI", "new", "waiting"],
      [3, "HERI", "new", "held"],
      [2, "SITI", "change", "arrived"],
      [1, "SITI", "new", "arrived"],
    ],
  );
  assert.deepEqual(found[2].fields, ["rt", "notes"]);
});

test("a line says how many of its pictures the server lacks", async () => {
  const { server, phone } = await setup();
  const [a, b] = [await picture(phone, 1), await picture(phone, 2)];
  await phone.add("SITI", { ktp_photo: a, face_photo: b });
  await phone.step({ force: true });
  const before = (await lines(phone))[0];
  assert.deepEqual([before.photos, before.missing], [2, 2]);
  for (let i = 0; i < 9 && Object.keys(server.state.blobs).length < 1; i++) await phone.step();
  const during = (await lines(phone))[0];
  assert.deepEqual([during.photos, during.missing, during.state], [2, 1, "arrived"]);
  const { photos } = await oneSave(phone.store.state, 1);
  assert.deepEqual(photos.map((p) => Boolean(p.todo)).sort(), [false, true]);
  await phone.sync();
  assert.equal((await lines(phone))[0].missing, 0);
});

test("a line outlives its save", async () => {
  const { server, phone } = await setup();
  for (const name of ["A", "B", "C"]) await phone.add(name);
  await phone.sync();
  server.durable = 2;
  await phone.sync();
  assert.equal(phone.store.state.head.floor.mid, 2);
  assert.deepEqual(await brief(phone), ["3 C arrived", "2 B arrived", "1 A arrived"]);
  await phone.reopen();
  assert.deepEqual(await brief(phone), ["3 C arrived", "2 B arrived", "1 A arrived"]);
  assert.equal((await oneSave(phone.store.state, 1)).entry, null);
});

test("a save that could not be written down is not let go of", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  await phone.sync();
  const { conn } = phone.store.state;
  const run = conn.run.bind(conn);
  conn.run = (stores, mode, work, durability) =>
    stores.length === 1 && stores[0] === "meta" && mode === "readwrite"
      ? run(stores, mode, async (tx) => {
          const answer = await work(tx);
          if (tx.tookBook) throw new DOMException("full", "QuotaExceededError");
          return answer;
        })
      : run(stores, mode, work, durability);
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (String(key).startsWith("book/")) this.transaction.tookBook = true;
    return put.call(this, value, key);
  };
  try {
    server.durable = 1;
    await phone.sync().catch(() => {});
  } finally {
    IDBObjectStore.prototype.put = put;
    delete conn.run;
  }
  assert.equal(phone.store.state.head.floor.mid, 0);
  assert.deepEqual(await brief(phone), ["1 A arrived"]);
});

test("numbers go on when the phone goes on as another device", async () => {
  const { server, phone } = await setup();
  for (const name of ["A", "B", "C"]) await phone.add(name);
  await phone.sync();
  server.durable = 1;
  await phone.sync();
  await renumber(phone.store.state, phone.store.newId());
  assert.deepEqual(await brief(phone), ["3 C waiting", "2 B waiting", "1 A arrived"]);
  await phone.reopen();
  assert.deepEqual(await brief(phone), ["3 C waiting", "2 B waiting", "1 A arrived"]);
});

test("a save offered again after a restored backup is under way again, then as judged", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("A", { rt: "1" });
  const backup = server.backup();
  await phone.sync();
  await phone.edit(id, { rt: "2" });
  await phone.sync();
  assert.deepEqual(await brief(phone), ["2 A arrived", "1 A arrived"]);
  server.restore(backup);
  phone.clock.pass(60);
  await phone.step({ force: true });
  assert.deepEqual(await brief(phone), ["2 A waiting", "1 A waiting"]);
  server.heldScopes.add(VILLAGE);
  await phone.sync();
  assert.deepEqual(await brief(phone), ["2 A held", "1 A held"]);
});

test("only what is new is read again", async () => {
  const { phone } = await setup();
  for (let i = 0; i < 130; i++) await phone.add(`P${i}`);
  await phone.sync();
  await noteDown(phone.store.state);
  await phone.reopen();
  let reads = 0;
  const { getAll } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.getAll = function (...range) {
    if (this.name === "journal") reads += 1;
    return getAll.apply(this, range);
  };
  try {
    assert.equal((await lines(phone)).length, 130);
    assert.equal(reads, 0);
    await phone.add("LAST");
    await phone.sync();
    assert.equal((await lines(phone))[0].name, "LAST");
    assert.equal(reads, 1);
  } finally {
    IDBObjectStore.prototype.getAll = getAll;
  }
});

test("what the supervisor discarded leaves the view, stays in the book and says why", async () => {
  const { server, phone } = await setup();
  server.heldScopes.add(VILLAGE);
  const { id, key } = await phone.add("A");
  await phone.sync();
  assert.deepEqual(await brief(phone), ["1 A held"]);
  assert.ok(await phone.store.worker(id));
  const said = { worker_id: id, words: "Orangnya sudah tercatat" };
  server.tell(phone.userId, key, { kind: "returned", decision: "discard", ...said });
  await phone.sync();
  assert.deepEqual(await brief(phone), ["1 A discarded"]);
  assert.equal(await phone.store.worker(id), null);
  await phone.reopen();
  const { entry } = await oneSave(phone.store.state, 1);
  assert.equal(entry.verdict.words, said.words);
});

test("what was given back stays in the view", async () => {
  const { server, phone } = await setup();
  server.heldScopes.add(VILLAGE);
  const { id, key } = await phone.add("A");
  await phone.sync();
  server.tell(phone.userId, key, { kind: "returned", decision: "return", worker_id: id });
  await phone.sync();
  assert.deepEqual(await brief(phone), ["1 A returned"]);
  assert.ok(await phone.store.worker(id));
});
