import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import { Phone } from "./support/phone.mjs";
import { clockFault, rightTime } from "../../outreach/static/js/store/engine/clock.js";
import { isDiskFull, noteDiskFull } from "../../outreach/static/js/store/engine/disk_full.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { losses, lostSeen } from "../../outreach/static/js/store/books/lost_numbers.js";
import { phone } from "../../outreach/static/js/store/engine/meta.js";
import { namesHere, rememberName } from "../../outreach/static/js/store/engine/user_names.js";
import {
  optionsOf,
  photosMayGo,
  setOptions,
} from "../../outreach/static/js/store/books/options.js";
import { levelOf, readFreeSpace } from "../../outreach/static/js/store/engine/free_space.js";
import { noteSync } from "../../outreach/static/js/store/records/sync_state.js";
import { reportOf } from "../../outreach/static/js/sync/report.js";
import { counting, trafficOf } from "../../outreach/static/js/sync/traffic.js";

const storage = (usage, quota, persisted = true) => ({
  estimate: async () => ({ usage, quota }),
  persisted: async () => persisted,
});

test("photos stop before records do", async () => {
  assert.deepEqual(
    [79, 80, 94, 95, 200].map((used) => levelOf(used, 100)),
    ["ok", "warn", "warn", "stop", "stop"],
  );
  assert.equal((await readFreeSpace(storage(94, 100))).photos, true);
  assert.equal((await readFreeSpace(storage(95, 100))).photos, false);
});

test("a browser that cannot tell its room takes no photos", async () => {
  const broken = {
    estimate: () => Promise.reject(new Error("no")),
    persisted: async () => false,
  };
  for (const one of [broken, storage(undefined, undefined), undefined]) {
    const room = await readFreeSpace(one);
    assert.deepEqual([room.level, room.photos, room.quota], ["unknown", false, 0]);
  }
  assert.equal((await readFreeSpace(broken)).persisted, false);
});

test("after a refused write photos wait until there is room, whatever the browser estimates", async () => {
  const { indexedDB: real, cookieStore: before } = globalThis;
  const jar = new Map();
  globalThis.cookieStore = {
    get: async (name) => jar.get(name),
    set: async (cookie) => void jar.set(cookie.name, cookie),
    delete: async ({ name }) => void jar.delete(name),
  };
  const roomless = () => {
    const asked = {};
    queueMicrotask(() => asked.onerror());
    return asked;
  };
  try {
    noteDiskFull();
    assert.equal(jar.get("jk_full").value, "1");
    globalThis.indexedDB = { open: roomless };
    const room = await readFreeSpace(storage(250, 10_000));
    assert.deepEqual([room.level, room.photos, room.quota], ["stop", false, 250]);
    globalThis.indexedDB = real;
    assert.equal(await isDiskFull(), false);
    assert.equal(jar.size, 0);
    assert.equal((await readFreeSpace(storage(250, 10_000))).photos, true);
  } finally {
    globalThis.indexedDB = real;
    globalThis.cookieStore = before;
  }
});

test("days are reckoned with the server's time where the clock is known as wrong", () => {
  const told = Date.parse("2026-11-22T06:00:00Z");
  const day = 86400000;
  const at = (heardAt, now) =>
    new Date(rightTime({ serverTime: "2026-11-22T06:00:00Z", heardAt }, now)).toISOString();
  assert.equal(at(told, 0), "2026-11-22T06:00:00.000Z");
  assert.equal(at(0, day), "2026-11-22T06:00:00.000Z");
  assert.equal(at(0, told + day), "2026-11-23T06:00:00.000Z");
  const ahead = Date.parse("2099-01-01T00:00:00Z");
  assert.equal(at(ahead, ahead + day), "2026-11-23T06:00:00.000Z");
  assert.equal(at(ahead, told + day), "2026-11-23T06:00:00.000Z");
  assert.equal(at(told, told + day), "2026-11-23T06:00:00.000Z");
  assert.equal(rightTime(undefined, 5), 5);
});

test("a clock is told as wrong only beyond five minutes, and when it shows the past", () => {
  const at = Date.parse("2026-11-22T06:00:00Z");
  const sync = { serverTime: "2026-11-22T06:00:00Z", heardAt: at + 299_000 };
  assert.equal(clockFault(sync, at + 86400000), 0);
  assert.equal(clockFault({ ...sync, heardAt: at + 301_000 }, at + 400_000), 301_000);
  assert.equal(clockFault({ ...sync, heardAt: at - 3600_000 }, at), -3600_000);
  assert.equal(clockFault({ ...sync, heardAt: at }, 0), -at);
  assert.equal(clockFault({}, 0), 0);
});

test("the report says what waits, since when, and how the phone is", async () => {
  const phone = await Phone.at(new FakeServer());
  const about = { now: phone.clock.now(), app: "7", pin: true, storage: storage(5, 9) };
  await phone.store.state.refresh();
  assert.equal((await reportOf(phone.store, about)).oldest, null);
  const bytes = new Uint8Array([1, 2]);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add("A", { ktp_photo: sha });
  phone.clock.pass(60);
  await phone.add("B");
  await phone.store.putDraft("d", { data: {} });
  await phone.store.putDraft("opened by mistake", { data: {}, blank: true });
  await phone.store.state.refresh();
  assert.deepEqual(await reportOf(phone.store, about), {
    clock: "2026-11-22T06:00:00.000Z",
    oldest: "2026-11-22T06:00:00.000Z",
    unsent: 2,
    drafts: 1,
    blobs: 1,
    used: 5,
    quota: 9,
    persisted: true,
    app: "7",
    pin: true,
  });
});

test("what was sent is counted by month, records and pictures apart", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  const s = phone.store.state;
  const { fetch, flush } = counting(server.fetch);
  const bytes = new Uint8Array(7000);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add("A", { ktp_photo: sha });
  phone.clock.pass(60);
  for (let more = true; more; ) ({ more } = await phone.step({ force: true, fetch }));
  await flush(s, "2026-11");
  const sent = await trafficOf(s, "2026-11");
  assert.equal(sent.photos, 7000);
  assert.ok(sent.records > 200 && sent.records < 3000, String(sent.records));
  await flush(s, "2026-11");
  assert.deepEqual(await trafficOf(s, "2026-11"), sent);
  assert.equal((await trafficOf(s, "2026-12")).photos, 0);
  await fetch(`/sync/v1/blob/${sha}?offset=0`, { method: "GET", headers: {} });
  await flush(s, "2026-12");
  assert.equal((await trafficOf(s, "2026-11")).photos, 7000);
});

test("pictures wait for Wi-Fi, or for the person where the network has no name", async () => {
  const phone = await Phone.at(new FakeServer());
  const s = phone.store.state;
  assert.deepEqual(await optionsOf(s), { photos: "any" });
  await setOptions(s, { photos: "wifi" });
  const options = await optionsOf(s);
  assert.equal(photosMayGo(options, "wifi", false), true);
  assert.equal(photosMayGo(options, "cellular", false), false);
  assert.equal(photosMayGo(options, "", false), false);
  assert.equal(photosMayGo(options, "cellular", true), true);
  assert.equal(photosMayGo({ photos: "tap" }, "wifi", false), false);
  assert.equal(photosMayGo({ photos: "any" }, "", false), true);
});

test("what the server says of time and receipt is kept; a phone without rows says why", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  const { state } = phone.store;
  await phone.add("A");
  server.numbers = function (device) {
    const said = Object.getPrototypeOf(this).numbers.call(this, device);
    return { ...said, server_time: "2026-11-22T07:00:00Z", receipt: `r${said.last_mid}` };
  };
  await phone.sync();
  assert.equal(state.sync.receipt, "r1");
  assert.equal(clockFault(state.sync, phone.clock.ms), -59 * 60000);
  assert.equal(state.sync.freshAt, phone.clock.ms);
  const fresh = state.sync.freshAt;
  phone.clock.pass(60);
  const refusal = new Response(JSON.stringify({ code: "device_revoked" }), { status: 403 });
  server.faults = [refusal];
  assert.equal((await phone.step({ force: true })).code, "device_revoked");
  assert.equal(state.sync.refusal, "device_revoked");
  assert.equal(state.sync.freshAt, fresh);
  assert.equal(state.sync.receipt, "r1");
  await phone.sync();
  assert.deepEqual([state.sync.refusal, state.sync.again], ["", true]);
});

test("numbers that were lost are named, also once they were read, until they are settled", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  const s = phone.store.state;
  await s.conn.run(["meta"], "readwrite", (tx) => {
    tx.objectStore("meta").put({ ...s.head, lost: { device: "other", mid: 7 } }, "head");
  });
  await s.refresh();
  const { ranges, known, seen } = losses(s).lost;
  assert.deepEqual([ranges, known, seen], [[[1, 7]], false, false]);
  await lostSeen(s, phone.clock.now());
  await phone.reopen();
  assert.equal(losses(phone.store.state).lost.seen, true);
  assert.equal((await phone.store.ledger()).lost, 7);
  server.lost = { missing: [[5, 7]], after: "2026-11-22T06:00:00Z" };
  await phone.register();
  const told = losses(phone.store.state).lost;
  assert.deepEqual([told.ranges, told.known, told.after], [[[5, 7]], true, server.lost.after]);
  assert.equal((await phone.store.counts()).lost, 3);
  server.lost = null;
  await phone.register();
  assert.equal(losses(phone.store.state).lost, null);
  assert.equal((await phone.store.counts()).lost, 0);
});

test("a phone that began empty tells which one was before it, until somebody has read it", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  server.before = { name: "A12", recorded: 9, received: 7, seen_at: "2026-11-22T06:00:00Z" };
  await phone.register();
  assert.deepEqual(losses(phone.store.state).before, server.before);
  await noteSync(phone.store.state, { before: null });
  server.before = null;
  await phone.register();
  assert.equal(losses(phone.store.state).before, null);
});

test("what the server lacks goes again where it is kept, and is no green sentence where not", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  for (const name of ["A", "B", "C"]) await phone.add(name);
  await phone.sync();
  server.missing = [[2, 2]];
  await phone.add("D");
  await phone.sync();
  assert.deepEqual(
    server.pushed.map((mids) => mids.join()),
    ["1,2,3", "4", "2"],
  );
  assert.deepEqual(await phone.store.counts(), {
    recorded: 4,
    received: 4,
    pending: 0,
    gone: 0,
    lost: 0,
  });
  const s = phone.store.state;
  const head = { ...s.head, floor: { ...s.head.floor, mid: 3 } };
  await s.conn.run(["meta"], "readwrite", (tx) => void tx.objectStore("meta").put(head, "head"));
  await noteSync(s, {
    missing: [
      [1, 1, 1],
      [2, 3],
    ],
  });
  const counts = await phone.store.counts();
  assert.deepEqual([counts.received, counts.pending, counts.gone, counts.lost], [1, 0, 3, 2]);
  assert.deepEqual(losses(s).gone, [[2, 3]]);
});

test("names of a shared phone are known to its screens and lie nowhere in clear", async () => {
  await rememberName("a", "SITI RAHMA");
  await rememberName("b", "HERI");
  await rememberName("b", "HERIYANTO");
  assert.deepEqual(await namesHere(), { a: "SITI RAHMA", b: "HERIYANTO" });
  const all = await phone.run(["meta"], "readonly", (tx) => {
    const request = tx.objectStore("meta").getAll();
    return new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  });
  const disk = all.map((one) => JSON.stringify(one, (_k, v) => (v?.buffer ? [...v] : v))).join();
  const spelled = [...new TextEncoder().encode("SITI")].join();
  assert.ok(!disk.includes("SITI") && !disk.includes(spelled));
  assert.equal(all.find((one) => one instanceof CryptoKey).extractable, false);
});

test("pictures that may not go wait, and saves go on", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  const bytes = new Uint8Array([5]);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add("A", { ktp_photo: sha });
  phone.clock.pass(60);
  const go = async (photos) => {
    let done = { more: true };
    while (done.more) done = await phone.step({ force: true, photos });
    return done;
  };
  assert.equal((await go(false)).did, "idle");
  assert.deepEqual([server.keys.length, Object.keys(server.state.blobs).length], [1, 0]);
  assert.equal((await phone.store.ledger()).items[0].missing, 1);
  await go(true);
  assert.equal(Object.keys(server.state.blobs).length, 1);
});

test("the report travels with a push and with a pull, when there is one", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  const report = { clock: "2026-11-22T06:00:00Z", unsent: 1 };
  await phone.add("A");
  phone.clock.pass(60);
  await phone.step({ force: true, report });
  assert.ok(server.last.mutations);
  assert.deepEqual(server.last.report, report);
  await phone.step({ force: true, report });
  assert.ok(server.last.cursors);
  assert.deepEqual(server.last.report, report);
  phone.clock.pass(60);
  await phone.step({ force: true, report: null });
  assert.ok(!("report" in server.last));
});
