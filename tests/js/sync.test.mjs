import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Clock, newUser, OTHER, Phone, VILLAGE } from "./support/phone.mjs";
import { FakeServer, unsigned } from "./support/fakeServer.mjs";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { applyPage } from "../../outreach/static/js/store/replica/pulled_pages.js";
import { settle } from "../../outreach/static/js/store/journal/settle.js";
import { knownUsers } from "../../outreach/static/js/store/engine/meta.js";
import { search } from "../../outreach/static/js/store/replica/search.js";
import { register } from "../../outreach/static/js/sync/client.js";
import { noteSync } from "../../outreach/static/js/store/records/sync_state.js";

const setup = async (scopes = [VILLAGE]) => {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser(), new Clock(), scopes);
  return { server, phone };
};
const numbers = async (phone) => {
  const { recorded, received, pending } = await phone.store.counts();
  return [recorded, received, pending];
};
const stateOf = async (phone, mid) =>
  (await phone.store.ledger()).items.find((item) => item.mid === mid)?.state;
const row = (id, ver, data) => ({ table: "worker", id, ver, data });
const page = (from, cursor, rows, more = false) => ({
  scopes: { [VILLAGE]: { from, cursor, more, rows } },
});

test("what was saved arrives once, leaves the view when pulled, and the ledger adds up", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI", { rt: "1" });
  await phone.edit(id, { rt: "2" });
  assert.deepEqual(await numbers(phone), [2, 0, 2]);
  await phone.sync();
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
  assert.equal(server.state.rows[id].data.rt, "2");
  const worker = await phone.store.worker(id);
  assert.deepEqual([worker.data.rt, worker.ver, worker.state], ["2", 2, ""]);
  assert.equal(phone.store.state.hot.size, 0);
  assert.deepEqual(
    worker.history.map((one) => one.status),
    ["arrived", "arrived"],
  );
});

test("the phone knows who has unsent work on it", async () => {
  const { phone } = await setup();
  await phone.add("SITI");
  const me = async () => (await knownUsers()).find((user) => user.id === phone.userId);
  assert.deepEqual(await me(), { id: phone.userId, unsent: 1 });
  await phone.sync();
  assert.equal((await me()).unsent, 0);
});

test("an answer lost on the way is asked for again and takes effect once", async () => {
  const { server, phone } = await setup();
  await phone.add("SITI");
  server.faults.push("lose");
  const { did } = await phone.step();
  assert.equal(did, "offline");
  assert.deepEqual(await numbers(phone), [1, 0, 1]);
  assert.equal(await stateOf(phone, 1), "waiting");
  await phone.sync();
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
  assert.equal(server.keys.length, 1);
  assert.equal(server.state.seqs[VILLAGE], 1);
});

test("a way that bears no gzip is taken once more without it, and stops nothing", async () => {
  const { server, phone } = await setup();
  for (let i = 0; i < 20; i++) await phone.add(`NAMA ${i}`);
  server.bearsNoGzip = true;
  await phone.step();
  assert.deepEqual(server.calls.slice(-2), ["/sync/v1/push", "/sync/v1/push"]);
  assert.deepEqual(await numbers(phone), [20, 20, 0]);
  assert.equal(server.unsigned, 0);
});

test("an edit while a push is under way is a save of its own and stays in the view", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI", { rt: "1" });
  let during;
  const { fetch } = server;
  server.fetch = async (url, init) => {
    server.fetch = fetch;
    assert.equal(await stateOf(phone, 1), "sending");
    during = await phone.edit(id, { rt: "9" });
    return fetch(url, init);
  };
  await phone.step({ fetch: (...args) => server.fetch(...args) });
  assert.equal(during.mid, 2);
  assert.equal(await stateOf(phone, 1), "arrived");
  assert.equal(await stateOf(phone, 2), "waiting");
  assert.equal((await phone.store.worker(id)).data.rt, "9");
});

test("an answer settles only what it names", async () => {
  const { phone } = await setup();
  await phone.add("A");
  await phone.add("B");
  const { state } = phone.store;
  await settle(state, [
    { mid: 2, status: "applied", scope: VILLAGE, ver: 1 },
    { mid: 9, status: "applied" },
  ]);
  assert.equal(await stateOf(phone, 1), "waiting");
  assert.equal(await stateOf(phone, 2), "arrived");
});

test("a push answered without verdicts acknowledges nothing", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  const { epoch } = server.state;
  const bare = { epoch, last_mid: 1, last_key: null, durable_mid: 1, results: [] };
  server.faults.push(new Response(JSON.stringify(bare)));
  await phone.step();
  assert.notEqual(await stateOf(phone, 1), "arrived");
  await phone.sync();
  assert.equal(server.keys.length, 1);
  assert.equal(await stateOf(phone, 1), "arrived");
});

test("an answered save stays in the view until the pulled row is as new", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI", { rt: "1" });
  await phone.sync();
  server.change(id, { notes: "x" });
  const old = structuredClone(server.state.rows[id]);
  await phone.edit(id, { rt: "2" });
  await phone.step();
  const { state } = phone.store;
  assert.equal(await stateOf(phone, 2), "arrived");
  const at = state.base[VILLAGE].full;
  await applyPage(state, page(at, at + 1, [row(id, old.ver, old.data)]), "full", [VILLAGE]);
  assert.equal((await phone.store.worker(id)).data.rt, "2");
  assert.equal((await search(phone.store, VILLAGE, "siti", 30))[0].state, "arrived");
  await phone.sync();
  assert.equal(state.hot.size, 0);
  assert.equal((await phone.store.worker(id)).data.rt, "2");
});

test("a server that answers without getting on is not asked again at once", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  const nothing = { epoch: 1, last_mid: 0, last_key: null, durable_mid: 0, results: [] };
  server.faults.push(new Response(JSON.stringify(nothing)));
  const { did, more, code } = await phone.step();
  assert.deepEqual([did, more, code], ["offline", false, "no_progress"]);
  assert.equal((await phone.step()).did, "idle");
});

test("a scope left out of a page that was cut short is not taken for complete", async () => {
  const { phone } = await setup([VILLAGE, OTHER]);
  const { state } = phone.store;
  const id = phone.store.newId();
  const both = [VILLAGE, OTHER];
  await applyPage(state, page(0, 5, [row(id, 5, { full_name: "A" })], true), "full", both);
  assert.equal(state.base[OTHER].whole, false);
  await applyPage(state, page(5, 9, []), "full", both);
  assert.deepEqual([state.base[VILLAGE].whole, state.base[OTHER].whole], [true, true]);
});

test("a page that does not begin at my cursor changes nothing", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  const id = phone.store.newId();
  await applyPage(state, page(0, 10, [row(id, 5, { full_name: "A" })]), "full", [VILLAGE]);
  await applyPage(state, page(20, 30, [row(id, 25, { full_name: "B" })]), "full", [VILLAGE]);
  assert.equal(state.base[VILLAGE].full, 10);
  assert.equal((await phone.store.worker(id)).data.full_name, "A");
});

test("a row that is not newer changes nothing", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  const id = phone.store.newId();
  await applyPage(state, page(0, 10, [row(id, 9, { full_name: "NEW" })]), "full", [VILLAGE]);
  await applyPage(state, page(10, 11, [row(id, 5, { full_name: "OLD" })]), "full", [VILLAGE]);
  assert.equal((await phone.store.worker(id)).data.full_name, "NEW");
  await applyPage(state, page(11, 12, [{ table: "worker", id, ver: 8, gone: 1 }]), "full", [
    VILLAGE,
  ]);
  assert.ok(await phone.store.worker(id));
  await applyPage(state, page(12, 13, [{ table: "worker", id, ver: 12, gone: 1 }]), "full", [
    VILLAGE,
  ]);
  assert.equal(await phone.store.worker(id), null);
});

test("the list comes first, full rows after it, then only changes", async () => {
  const { server, phone } = await setup();
  const ids = Array.from({ length: 250 }, () => phone.store.newId());
  for (const [i, id] of ids.entries()) {
    server.change(id, { full_name: `ORANG ${i}`, address_line: `J${i}`, rt: "1" });
  }
  phone.clock.pass(60);
  await phone.step();
  const { did, progress } = await phone.step();
  assert.deepEqual([did, progress], ["pull", { view: "list", rows: 250 }]);
  const early = await phone.store.worker(ids[7]);
  assert.deepEqual([early.partial, early.data.full_name], [true, "ORANG 7"]);
  assert.equal((await phone.store.scopes())[VILLAGE].whole, false);
  await phone.sync();
  const worker = await phone.store.worker(ids[7]);
  assert.deepEqual([worker.partial, worker.data.address_line], [false, "J7"]);
  server.change(ids[7], { address_line: "BARU" });
  const calls = server.calls.length;
  await phone.sync();
  assert.equal(server.calls.length - calls, 1);
  assert.equal((await phone.store.worker(ids[7])).data.address_line, "BARU");
  assert.equal(await phone.store.count(VILLAGE), 250);
  const { conn } = phone.store.state;
  const pages = await conn.run(["pages"], "readonly", (tx) => {
    const request = tx.objectStore("pages").count();
    return new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  });
  assert.equal(pages, 3);
});

test("rows leave only when gone or when the village is revoked; unsent saves stay", async () => {
  const { server, phone } = await setup([VILLAGE, OTHER]);
  const [kept, moved, other] = [phone.store.newId(), phone.store.newId(), phone.store.newId()];
  server.change(kept, { full_name: "TETAP" });
  server.change(other, { full_name: "LAIN" });
  server.change(moved, { full_name: "PINDAH" });
  await phone.sync();
  server.remove(moved);
  await phone.sync();
  assert.equal(await phone.store.worker(moved), null);
  await phone.edit(kept, { rt: "5" });
  server.users.get(phone.userId).scopes = [OTHER];
  server.heldScopes.add(VILLAGE);
  server.faults.push("drop");
  await phone.step();
  await phone.sync();
  assert.equal(await phone.store.worker(other), null);
  assert.equal(await phone.store.count(VILLAGE), 1);
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
  assert.equal((await phone.store.worker(kept)).state, "held");
});

test("conflicts show the server's value once pulled, and the history tells both", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI", { rt: "1" });
  await phone.sync();
  server.change(id, { rt: "7" });
  await phone.edit(id, { rt: "2" });
  await phone.sync();
  const { data, history } = await phone.store.worker(id);
  assert.equal(data.rt, "7");
  assert.equal(history[1].status, "conflict");
  assert.deepEqual(history[1].conflicts, [{ field: "rt", base: "1", mine: "2", theirs: "7" }]);
});

test("a refused save stays on the screen until a later one puts it right", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI", { rt: "1" });
  await phone.sync();
  server.forbidden.add("rt");
  await phone.edit(id, { rt: "2" });
  await phone.sync();
  assert.equal((await phone.store.worker(id)).data.rt, "2");
  assert.deepEqual(
    (await phone.store.inbox()).map((item) => [item.kind, item.id, item.name]),
    [["invalid", id, "SITI"]],
  );
  server.forbidden.clear();
  await phone.edit(id, { rt: "3" });
  await phone.sync();
  assert.equal((await phone.store.worker(id)).data.rt, "3");
  assert.deepEqual(await phone.store.inbox(), []);
});

test("a held save is in the inbox once, and leaves when it was decided", async () => {
  const { server, phone } = await setup();
  server.heldScopes.add(VILLAGE);
  const { id, key } = await phone.add("SITI");
  await phone.sync();
  let inbox = await phone.store.inbox();
  assert.deepEqual(
    inbox.map((item) => [item.kind, item.id, item.mid, item.name]),
    [["held", id, 1, "SITI"]],
  );
  assert.equal(inbox[0].data.reason, "out_of_scope");
  server.tell(phone.userId, key, { kind: "returned", worker_id: id, words: "cek" });
  await phone.sync();
  inbox = await phone.store.inbox();
  assert.deepEqual(
    inbox.map((item) => [item.kind, item.data.words]),
    [["returned", "cek"]],
  );
  assert.equal((await phone.store.worker(id)).state, "returned");
  server.remove(key);
  await phone.sync();
  assert.deepEqual(await phone.store.inbox(), []);
  assert.equal(await stateOf(phone, 1), "resolved");
});

const KEPT = ["meta", "journal", "index", "pages"];
const answered = (request) =>
  new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });

/** The phone's storage as it is; putting it back is what a restored disk image does. */
function photograph({ conn }) {
  return conn.run(KEPT, "readonly", async (tx) => {
    const copy = {};
    for (const name of KEPT) {
      const store = tx.objectStore(name);
      copy[name] = [await answered(store.getAllKeys()), await answered(store.getAll())];
    }
    return copy;
  });
}

function putBack({ conn }, copy) {
  return conn.run(KEPT, "readwrite", (tx) => {
    for (const [name, [keys, values]] of Object.entries(copy)) {
      const store = tx.objectStore(name);
      store.clear();
      for (const [i, value] of values.entries()) {
        store.put(value, name === "meta" ? keys[i] : undefined);
      }
    }
  });
}

test("a storage that went back in time goes on as another device with the same keys", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  await phone.sync();
  const before = await photograph(phone.store.state);
  await phone.add("B");
  await phone.sync();
  await putBack(phone.store.state, before);
  const old = phone.store.state.head.device;
  await phone.reopen();
  const c = await phone.add("C");
  assert.equal(c.mid, 2);
  await phone.sync();
  const { device } = phone.store.state.head;
  assert.notEqual(device, old);
  assert.equal(server.state.devices[device].was, old);
  assert.equal(server.keys.length, 3);
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
  assert.equal(await phone.store.count(VILLAGE), 3);
  assert.equal((await phone.store.worker(c.id)).history[0].status, "arrived");
});

/** A phone that sends A and, called a fork, goes on with B as another device; the one before. */
async function forked(server, phone) {
  await phone.add("A");
  await phone.sync();
  const { device } = phone.store.state.head;
  server.state.devices[device].hash = "ab".repeat(32);
  await phone.add("B");
  await phone.sync();
  return device;
}

test("what an emptied storage had numbered is told at registration", async () => {
  const { server, phone } = await setup();
  const state = phone.store.state;
  state.head.lost = { device: "01930000-0000-7000-8000-00000000abcd", mid: 7 };
  await state.conn.run(["meta"], "readwrite", (tx) =>
    tx.objectStore("meta").put(state.head, "head"),
  );
  await register(phone.store, { fetch: server.fetch });
  const { was, was_empty, was_recorded, lost_device } = server.last;
  const lost = state.head.lost.device;
  assert.deepEqual([was, was_empty, was_recorded, lost_device], [lost, true, 7, lost]);
});

test("what went with an earlier storage stays named when the phone goes on as another", async () => {
  const { server, phone } = await setup();
  const lost = { device: "01930000-0000-7000-8000-00000000abcd", mid: 7 };
  const { state } = phone.store;
  await state.conn.run(["meta"], "readwrite", (tx) =>
    tx.objectStore("meta").put({ ...state.head, lost }, "head"),
  );
  const device = await forked(server, phone);
  const { head } = phone.store.state;
  assert.notEqual(head.device, device);
  assert.deepEqual([head.was, head.lost], [device, lost]);
  assert.equal((await phone.store.ledger()).lost, 7);
  await register(phone.store, { fetch: server.fetch });
  const { was, was_empty, was_recorded, lost_device } = server.last;
  // Its own storage was not empty: it goes on where that device stopped.
  assert.deepEqual([was, was_empty, was_recorded, lost_device], [device, false, 7, lost.device]);
});

test("what went when my own storage went back is not told of the device that goes on", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  await phone.sync();
  const { state } = phone.store;
  const { device } = state.head;
  const lost = { device, mid: 4 };
  await state.conn.run(["meta"], "readwrite", (tx) =>
    tx.objectStore("meta").put({ ...state.head, lost }, "head"),
  );
  await register(phone.store, { fetch: server.fetch });
  assert.deepEqual([server.last.was_empty, server.last.lost_device], [true, device]);
  server.state.devices[device].hash = "ab".repeat(32);
  await phone.add("B");
  await phone.sync();
  // What this phone kept was numbered anew: as numbers of that device it would be called missing.
  assert.equal(phone.store.state.head.lost, undefined);
  // Those that nobody keeps are told, now and at every registration.
  const gone = [[device, 3, 4]];
  assert.deepEqual(phone.store.state.head.let_go, [[device, 3, 4, 1]]);
  server.last = null;
  await register(phone.store, { fetch: server.fetch });
  assert.deepEqual([server.last.was, server.last.let_go], [device, gone]);
});

test("a server that is ahead of my numbers shows that my storage went back", async () => {
  const { phone } = await setup();
  await phone.add("A");
  await phone.sync();
  const before = await photograph(phone.store.state);
  await phone.add("B");
  await phone.sync();
  await putBack(phone.store.state, before);
  const old = phone.store.state.head.device;
  await phone.reopen();
  await phone.sync();
  assert.notEqual(phone.store.state.head.device, old);
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
  assert.equal(await phone.store.count(VILLAGE), 2);
});

test("a server that calls it a fork is believed", async () => {
  const { server, phone } = await setup();
  const device = await forked(server, phone);
  assert.notEqual(phone.store.state.head.device, device);
  assert.equal(server.keys.length, 2);
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
});

test("a server that came back from before the fork hears again whose successor I am", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  await phone.sync();
  const backup = server.backup();
  const { device } = phone.store.state.head;
  server.state.devices[device].hash = "ab".repeat(32);
  await phone.add("B");
  await phone.sync();
  const next = phone.store.state.head.device;
  assert.equal(server.state.devices[next].was, device);
  server.restore(backup);
  await phone.reopen();
  await register(phone.store, { fetch: server.fetch });
  assert.equal(server.state.devices[next].was, device);
  await phone.sync();
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
});

test("a last key that is not mine starts a new device even before anything is pushed", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  await phone.sync();
  const { device } = phone.store.state.head;
  server.state.devices[device].last_key = phone.store.newId();
  await phone.sync();
  assert.notEqual(phone.store.state.head.device, device);
  assert.equal(server.keys.length, 1);
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
});

test("after a restore everything kept is offered again and the base is swapped at once", async () => {
  const { server, phone } = await setup();
  const a = await phone.add("A");
  await phone.sync();
  const backup = server.backup();
  const b = await phone.add("B");
  const foreign = phone.store.newId();
  server.change(foreign, { full_name: "LOST" });
  await phone.sync();
  assert.equal(await phone.store.count(VILLAGE), 3);
  server.restore(backup);
  phone.clock.pass(60);
  await phone.step();
  assert.deepEqual(await numbers(phone), [2, 1, 1]);
  assert.equal(await phone.store.count(VILLAGE), 3);
  await phone.sync();
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
  assert.equal(await phone.store.count(VILLAGE), 2);
  assert.equal((await phone.store.worker(b.id)).data.full_name, "B");
  assert.ok(await phone.store.worker(a.id));
  await phone.reopen();
  assert.equal(await phone.store.count(VILLAGE), 2);
});

test("a save made while the server was restored stays in the view", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("A", { rt: "1" });
  await phone.sync();
  server.restore(server.backup());
  await phone.edit(id, { rt: "2" });
  for (let i = 0; i < 12; i++) {
    await phone.step({ force: true });
    assert.equal((await phone.store.worker(id)).data.rt, "2");
  }
  assert.equal(server.state.rows[id].data.rt, "2");
});

test("pictures that a restored server lacks are sent again, those it has are not", async () => {
  const { server, phone } = await setup();
  const pictures = [1, 2].map((n) => new Uint8Array(60_000).fill(n));
  const shas = pictures.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
  const save = (n) =>
    phone.store.save({
      id: phone.store.newId(),
      scope: VILLAGE,
      set: { full_name: [null, `P${n}`], ktp_photo: [null, shas[n]] },
      blobs: [{ sha: shas[n], bytes: pictures[n] }],
    });
  await save(0);
  await phone.sync();
  const backup = server.backup();
  await save(1);
  await phone.sync();
  const whole = Buffer.from(pictures[1]).toString("hex");
  assert.equal(server.state.blobs[shas[1]], whole);
  server.restore(backup);
  assert.equal(server.state.blobs[shas[1]], undefined);
  server.calls.length = 0;
  await phone.sync();
  assert.equal(server.state.blobs[shas[1]], whole);
  assert.equal(server.state.blobs[shas[0]].length, 120_000);
  assert.equal(server.calls.filter((path) => path.endsWith(shas[0])).length, 1, "asked once");
  assert.equal((await phone.store.ledger()).items.filter((item) => item.missing).length, 0);
});

test("saves that a restored server holds back stay on the screen", async () => {
  const { server, phone } = await setup();
  const old = await phone.add("LAMA");
  await phone.sync();
  const backup = server.backup();
  const { id } = await phone.add("A", { rt: "1" });
  await phone.edit(old.id, { full_name: "BARU" });
  await phone.sync();
  server.restore(backup);
  server.heldScopes.add(VILLAGE);
  await phone.sync();
  server.change(old.id, { rt: "9" });
  await phone.sync();
  assert.equal(await stateOf(phone, 2), "held");
  const { table, data } = await phone.store.worker(id);
  assert.deepEqual([table, data.full_name, data.kind], ["worker", "A", undefined]);
  const edited = await phone.store.worker(old.id);
  assert.deepEqual([edited.data.full_name, edited.data.rt], ["BARU", "9"]);
  assert.equal(await phone.store.count(VILLAGE), 2);
});

test("thirty saves, ten in the backup: the rest comes again, once, in any order of loss", async () => {
  const { server, phone } = await setup();
  let backup;
  const ids = [];
  for (let n = 1; n <= 30; n++) {
    ids.push((await phone.add(`N${n}`)).id);
    if (n !== 10) continue;
    await phone.sync();
    backup = server.backup();
  }
  await phone.sync();
  const keys = [...server.keys].sort();
  server.restore(backup);
  server.faults.push("lose", "drop", "lose");
  for (let round = 0; round < 4; round++) await phone.sync();
  assert.deepEqual([...server.keys].sort(), keys);
  assert.deepEqual(Object.keys(server.state.rows).sort(), [...ids].sort());
  assert.deepEqual(await numbers(phone), [30, 30, 0]);
  assert.equal(await phone.store.count(VILLAGE), 30);
  for (const id of ids) assert.ok((await phone.store.worker(id)).ver > 0, "pulled afresh");
});

test("acknowledged saves stay until a verified backup has them", async () => {
  const { server, phone } = await setup();
  for (const name of ["A", "B", "C"]) await phone.add(name);
  await phone.sync();
  assert.equal(await stateOf(phone, 1), "arrived");
  server.durable = 2;
  await phone.sync();
  assert.equal(await stateOf(phone, 2), undefined);
  assert.equal(await stateOf(phone, 3), "arrived");
  assert.deepEqual(await numbers(phone), [3, 3, 0]);
  await phone.add("D");
  await phone.sync();
  assert.equal(server.last.recorded ?? 4, 4);
  assert.equal(server.keys.length, 4);
});

test("what the phone no longer keeps is told, so that the server can name the gap", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  const backup = server.backup();
  await phone.add("B");
  server.durable = 2;
  await phone.sync();
  await phone.sync();
  assert.equal(phone.store.state.head.floor.mid, 2);
  server.restore(backup);
  server.durable = 0;
  await phone.add("C");
  await phone.sync();
  assert.deepEqual(server.gap, [1, 2]);
  assert.deepEqual(await numbers(phone), [3, 3, 0]);
});

test("numbers that an older backup lost are named without waiting for the next save", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  const backup = server.backup();
  for (const name of ["B", "C"]) await phone.add(name);
  server.durable = 3;
  await phone.sync();
  await phone.sync();
  assert.equal(phone.store.state.head.floor.mid, 3);
  server.restore(backup);
  server.durable = 0;
  await phone.sync();
  assert.deepEqual(server.gap, [1, 3]);
  assert.deepEqual(await numbers(phone), [3, 3, 0]);
  const device = phone.store.state.head.device;
  await phone.add("D");
  await phone.sync();
  assert.equal(phone.store.state.head.device, device);
  assert.deepEqual(await numbers(phone), [4, 4, 0]);
});

test("a phone that may not fetch hears of a restore and offers again", async () => {
  const { server, phone } = await setup();
  const backup = server.backup();
  await phone.add("A");
  await phone.sync();
  server.restore(backup);
  server.revoked = true;
  assert.ok((await phone.sync()).includes("auth"));
  await phone.sync();
  assert.equal(server.keys.length, 1);
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
});

test("numbers the server is missing are sent again from there", async () => {
  const { server, phone } = await setup();
  for (const name of ["A", "B", "C"]) await phone.add(name);
  const backup = server.backup();
  await phone.sync();
  const { epoch } = server.state;
  server.state = { ...structuredClone(backup), epoch };
  await phone.sync();
  await phone.sync();
  assert.equal(server.keys.length, 3);
  assert.deepEqual(await numbers(phone), [3, 3, 0]);
});

for (const [status, did] of [
  [401, "auth"],
  [426, "update"],
  [429, "offline"],
  [503, "offline"],
  [400, "push"],
  [413, "push"],
  [422, "push"],
  [500, "offline"],
  [404, "offline"],
  [403, "offline"],
]) {
  test(`answer ${status} loses nothing and says ${did}`, async () => {
    const { server, phone } = await setup();
    await phone.add("A");
    server.faults.push(status);
    assert.equal((await phone.step()).did, did);
    assert.deepEqual(await numbers(phone), [1, 0, 1]);
    phone.clock.pass(600);
    await phone.sync();
    assert.deepEqual(await numbers(phone), [1, 1, 0]);
  });
}

test("a page that is not ours (a hotel's login) counts as no network", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  server.faults.push(unsigned("<html>login</html>"));
  assert.equal((await phone.step()).did, "offline");
  assert.deepEqual(await numbers(phone), [1, 0, 1]);
  server.faults.push(unsigned("<html>login</html>"));
  const { ok, status } = await register(phone.store, { fetch: server.fetch });
  assert.deepEqual([ok, status], [false, 0]);
});

test("back-off grows, is capped at five minutes, survives a restart and honours Retry-After", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  const waits = [];
  for (let i = 0; i < 12; i++) {
    server.faults.push("drop");
    await phone.step({ force: true });
    const { did, wait } = await phone.step();
    assert.equal(did, "idle");
    waits.push(wait);
  }
  assert.deepEqual(
    [...waits].sort((a, b) => a - b),
    waits,
  );
  assert.equal(waits.at(-1), 300000);
  await phone.reopen();
  assert.equal((await phone.step()).did, "idle");
  phone.clock.pass(301);
  server.faults.push(new Response("{}", { status: 503, headers: { "Retry-After": "40" } }));
  await phone.step();
  assert.equal((await phone.step()).wait, 40000);
});

test("a wait noted by a clock that has been set back since is over", async () => {
  const { server, phone } = await setup();
  const right = phone.clock.ms;
  await phone.add("A");
  phone.clock.ms = Date.parse("2099-01-01T00:00:00Z");
  server.faults.push("drop");
  await phone.step({ force: true });
  phone.clock.ms = right;
  await phone.sync();
  assert.deepEqual(await numbers(phone), [1, 1, 0]);
});

test("one unreadable save among fifty is found by halving and goes as raw text", async () => {
  const { server, phone } = await setup();
  const saved = [];
  for (let i = 0; i < 50; i++) saved.push(await phone.add(`N${i}`));
  server.unreadable.add(saved[30].key);
  await phone.sync();
  assert.deepEqual(await numbers(phone), [50, 50, 0]);
  assert.equal(server.keys.length, 50);
  assert.equal(await stateOf(phone, 31), "invalid");
  assert.deepEqual(
    (await phone.store.inbox()).map((item) => item.mid),
    [31],
  );
  assert.equal(server.calls.filter((path) => path.endsWith("device")).length, 1);
  const pushes = server.calls.filter((path) => path.endsWith("push")).length;
  assert.ok(pushes < 25, `${pushes} pushes`);
});

test("pages that come quickly grow, slow ones stay, and a time limit halves them", async () => {
  const { server, phone } = await setup();
  const writer = await Phone.at(server, newUser(), phone.clock);
  for (let i = 0; i < 12; i++) await writer.add(`ORANG ${i}`);
  await writer.sync();
  const { state } = phone.store;
  const limits = () => state.sync.limit.list;
  await noteSync(state, { limit: { list: 1, full: 1 } });
  const asked = [];
  const fetch = (wait) => (url, init) => {
    if (String(url).endsWith("/pull")) phone.clock.pass(wait);
    return server.fetch(url, init);
  };
  const pulls = async (wait, n) => {
    for (let i = 0; i < n; i++) {
      await phone.step({ fetch: fetch(wait), force: true });
      asked.push(limits());
    }
  };
  await phone.step({ force: true });
  await pulls(0.2, 2);
  const grown = limits();
  assert.ok(grown > 1 && grown < 100, `${asked}`);
  await pulls(2, 1);
  assert.equal(limits(), grown);
  await noteSync(state, { limit: { list: 2000, full: 800 } });
  const { pull } = server;
  server.pull = (device, body) => pull.call(server, device, { ...body, limit: 1 });
  await pulls(0.2, 1);
  assert.equal(limits(), 2000, "never beyond what the server gives");
  server.pull = pull;
  await phone.sync();
  assert.equal(await phone.store.count(VILLAGE), 12);
});

test("a time limit halves the batch, three 500s look for the bad one", async () => {
  const { server, phone } = await setup();
  for (let i = 0; i < 8; i++) await phone.add(`N${i}`);
  for (let i = 0; i < 3; i++) {
    server.faults.push(500);
    phone.clock.pass(600);
    await phone.step();
  }
  assert.equal(phone.store.state.sync.batch, 4);
  await phone.sync();
  assert.equal(server.keys.length, 8);
});

test("what was on the way when the phone died waits again and arrives once", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  let wake = () => {};
  const dead = new Promise((resolve) => {
    wake = resolve;
  });
  let cut = () => {};
  const step = phone.step({
    fetch: async (url, init) => {
      await server.fetch(url, init);
      wake();
      return new Promise((_, reject) => {
        cut = reject;
      });
    },
  });
  await dead;
  assert.equal(await stateOf(phone, 1), "sending");
  const twin = new Phone(server, phone.userId, phone.clock);
  await twin.reopen();
  assert.equal(await stateOf(twin, 1), "waiting");
  assert.equal((await twin.step()).did, "idle", "one step at a time");
  cut(new TypeError("network"));
  await step;
  await twin.sync();
  assert.deepEqual([await stateOf(twin, 1), server.keys.length], ["arrived", 1]);
});

test("a picture goes in pieces, resumes where the server stopped, and is named until it is there", async () => {
  const { server, phone } = await setup();
  const bytes = new Uint8Array(randomBytes(100_000));
  const sha = await sha256(bytes);
  const id = phone.store.newId();
  const set = { full_name: [null, "A"], ktp_photo: [null, sha] };
  await phone.store.save({ id, scope: VILLAGE, set, blobs: [{ sha, bytes }] });
  phone.clock.pass(60);
  let last;
  do last = await phone.step();
  while (last.did !== "blob");
  assert.equal(last.progress.sent, 49152);
  assert.equal((await phone.store.ledger()).items[0].missing, 1);
  server.faults.push("lose");
  assert.equal((await phone.step()).did, "offline");
  await phone.reopen();
  await phone.sync();
  assert.equal(server.state.blobs[sha], Buffer.from(bytes).toString("hex"));
  assert.equal((await phone.store.ledger()).items[0].missing, 0);
  assert.ok(server.calls.length);
});

/** A save with a picture; its hash and hexadecimal content. */
async function withPicture(phone, size = 60_000) {
  const bytes = new Uint8Array(randomBytes(size));
  const sha = await sha256(bytes);
  const set = { full_name: [null, "A"], ktp_photo: [null, sha] };
  const id = phone.store.newId();
  await phone.store.save({ id, scope: VILLAGE, set, blobs: [{ sha, bytes }] });
  return { sha, hex: Buffer.from(bytes).toString("hex") };
}
const missing = async (phone) =>
  (await phone.store.ledger()).items.reduce((sum, item) => sum + item.missing, 0);
const puts = (server, sha) => server.sent.filter((one) => one === `PUT ${sha}`).length;

test("after a restore pictures the server lost go again, the others are only asked about", async () => {
  const { server, phone } = await setup();
  const before = await withPicture(phone);
  await phone.sync();
  const backup = server.backup();
  const after = await withPicture(phone);
  await phone.sync();
  server.restore(backup);
  server.sent = [];
  await phone.sync();
  assert.equal(server.state.blobs[after.sha], after.hex);
  assert.equal(server.state.blobs[before.sha], before.hex);
  assert.deepEqual([puts(server, before.sha), puts(server, after.sha)], [0, 2]);
  assert.equal(await missing(phone), 0);
});

/** Steps in which every request about a picture is answered so. */
async function refusing(phone, make) {
  const fetch = (url, init) =>
    url.includes("/blob/") ? Promise.resolve(make(init)) : phone.server.fetch(url, init);
  phone.clock.pass(60);
  for (let i = 0; i < 8; i++) await phone.step({ fetch });
}
async function quietly(phone) {
  phone.clock.pass(60);
  for (let i = 0; i < 8; i++) await phone.step();
}

test("a picture refused by somebody on the way is tried again soon, not in six hours", async () => {
  const { server, phone } = await setup();
  const { sha, hex } = await withPicture(phone, 1000);
  await refusing(phone, () => new Response("<html>", { status: 413 }));
  assert.equal(server.state.blobs[sha], undefined);
  await quietly(phone);
  assert.equal(server.state.blobs[sha], hex);
});

test("a picture that our server put off goes at once when the person asks", async () => {
  const { server, phone } = await setup();
  const { sha, hex } = await withPicture(phone, 1000);
  await refusing(phone, (init) =>
    server.signed(Response.json({ code: "blob_not_named" }, { status: 422 }), init),
  );
  await quietly(phone);
  assert.equal(server.state.blobs[sha], undefined);
  await phone.sync();
  assert.equal(server.state.blobs[sha], hex);
});

test("pictures go only when space is short, verified and thirty days old", async () => {
  const { phone } = await setup();
  const [sent, unsent] = [new Uint8Array([1]), new Uint8Array([2])];
  const hashes = await Promise.all([sent, unsent].map(sha256));
  await phone.store.save({
    id: phone.store.newId(),
    scope: VILLAGE,
    set: { face_photo: [null, hashes[0]] },
    blobs: [{ sha: hashes[0], bytes: sent }],
  });
  await phone.sync();
  await phone.store.save({
    id: phone.store.newId(),
    scope: VILLAGE,
    set: { face_photo: [null, hashes[1]] },
    blobs: [{ sha: hashes[1], bytes: unsent }],
  });
  assert.equal(await phone.store.freeSpace(true), 0);
  phone.clock.pass(31 * 86400);
  assert.equal(await phone.store.freeSpace(false), 0);
  assert.equal(await phone.store.freeSpace(true), 0, "no backup covers its save yet");
  phone.server.durable = 1;
  await phone.sync();
  assert.equal(await phone.store.freeSpace(true), 1);
  assert.equal(await phone.store.blob(hashes[0]), null);
  assert.ok(await phone.store.blob(hashes[1]));
});

test("two officers share a phone and see only their own", async () => {
  const server = new FakeServer();
  const clock = new Clock();
  const one = await Phone.at(server, newUser(), clock);
  const two = await Phone.at(server, newUser(), clock);
  const { id } = await one.add("A");
  assert.equal(await two.store.worker(id), null);
  server.loggedIn = two.userId;
  const stranger = new Phone(server, newUser(), clock);
  await stranger.reopen();
  const answer = await register(stranger.store, { fetch: server.fetch });
  assert.deepEqual(answer, { ok: false, status: 200, code: "wrong_user" });
});

test("a base that the server wants rebuilt is shown only when it is whole", async () => {
  const { server, phone } = await setup();
  const ids = Array.from({ length: 3 }, () => phone.store.newId());
  for (const id of ids) server.change(id, { full_name: "A" });
  await phone.sync();
  const { state } = phone.store;
  server.remove(ids[0]);
  server.state.gone = [];
  const data = server.state.rows[ids[1]].data;
  await applyPage(state, page(0, 2, [row(ids[1], 2, data)], true), "full", [VILLAGE]);
  assert.equal(await phone.store.count(VILLAGE), 3);
  await phone.sync();
  assert.equal(await phone.store.count(VILLAGE), 2);
});
