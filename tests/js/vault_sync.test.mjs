import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Phone, VILLAGE } from "./support/phone.mjs";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair, unseal } from "./support/fakeServer.mjs";
import { register } from "../../outreach/static/js/sync/client.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { sealedPart } from "../../outreach/static/js/store/records/payload.js";
import { countUnsealed } from "../../outreach/static/js/store/access/seal_backlog.js";
import { noteSync } from "../../outreach/static/js/store/records/sync_state.js";
import { end } from "../../outreach/static/js/store/access/ended.js";
import { daysLeft, isOver } from "../../outreach/static/js/vault/lease.js";
import { countShut, recall, startAnew } from "../../outreach/static/js/store/access/reset.js";
import { happened } from "../../outreach/static/js/vault/term.js";
import { pinState, setPin } from "../../outreach/static/js/store/access/pin.js";
import { unlock } from "../../outreach/static/js/store/access/unlock.js";
import { pinWords } from "../../outreach/static/js/field/parts_of_screens/pin_words.js";
import { translator } from "./support/words.mjs";
import { isOpen, keep, lock, look } from "../../outreach/static/js/vault/session.js";
import { fetchKey, fetchPoint } from "../../outreach/static/js/vault/fetch_key.js";
import { makeKeys, sign } from "../../outreach/static/js/vault/keys.js";

const text = (bytes) => new TextDecoder().decode(bytes);

async function setup() {
  const server = new FakeServer();
  server.pairs = [await sealingPair("k2"), await sealingPair("k1")];
  const phone = await Phone.at(server);
  return { server, phone };
}

const journal = async (phone) =>
  (await everything(`jk-${phone.userId}`)).journal.map(([, record]) => record);

test("every save lies twice: for the screen, and sealed for the server byte by byte", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI");
  await phone.edit(id, { rt: "2" });
  const records = await journal(phone);
  assert.equal(records.length, 2);
  for (const { mid, key, kid, sealed } of records) {
    assert.equal(kid, "k2");
    const bytes = await unseal(server.pairs[0], `jangkau sealed 1 ${key}`, sealed);
    assert.equal(text(bytes), phone.store.state.hot.get(mid).json);
    await assert.rejects(unseal(server.pairs[0], `jangkau sealed 1 ${id}x`, sealed));
    await assert.rejects(unseal(server.pairs[1], `jangkau sealed 1 ${key}`, sealed));
  }
});

test("before the server has told a key, a save lies encrypted alone and is saved all the same", async () => {
  const server = new FakeServer();
  for (const pairs of [[], [{ kid: "bad", kind: "seal", public: "AAAA" }]]) {
    server.pairs = pairs;
    const phone = await Phone.at(server);
    await phone.add("SITI");
    const told = phone.store.state.keys.filter(({ kind }) => kind === "seal");
    assert.equal(told.length, pairs.length);
    const [record] = await journal(phone);
    assert.equal(record.sealed, undefined);
    assert.equal((await phone.store.counts()).recorded, 1);
  }
});

test("each push is signed over what it says before packing", async () => {
  const { server, phone } = await setup();
  for (let i = 0; i < 30; i++) await phone.add(`NAMA ${i}`);
  await phone.sync();
  assert.equal(server.unsigned, 0);
  assert.equal(server.keys.length, 30);
  const { keys } = await look(phone.store.state, ["keys"]);
  assert.equal(server.state.devices[phone.store.state.head.device].key, keys.public);
  const { sign } = await makeKeys();
  await keep(phone.store.state, { keys: { ...keys, sign } });
  await phone.add("SATU LAGI");
  await phone.step({ force: true });
  assert.equal(server.unsigned, 1);
});

test("another key for the same device makes it another device that keeps every save", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI");
  await phone.sync();
  server.durable = 1;
  await phone.edit(id, { rt: "1" });
  await phone.sync();
  server.durable = 0;
  await phone.add("TONO");
  const before = phone.store.state.head.device;
  const { keys } = await look(phone.store.state, ["keys"]);
  const other = await makeKeys();
  await keep(phone.store.state, { keys: { ...keys, sign: other.sign, public: other.public } });
  const answer = await register(phone.store, { fetch: server.fetch });
  assert.ok(answer.ok, answer.code);
  const { device } = phone.store.state.head;
  assert.notEqual(device, before);
  assert.equal(server.state.devices[device].was, before);
  await phone.sync();
  assert.equal(server.keys.length, 3);
  assert.deepEqual(await phone.store.counts(), {
    recorded: 3,
    received: 3,
    pending: 0,
    gone: 0,
    lost: 0,
  });
  const [first] = await journal(phone);
  assert.deepEqual([first.mid, first.id], [1, id]);
  const bytes = await unseal(server.pairs[0], `jangkau sealed 1 ${first.key}`, first.sealed);
  assert.equal(JSON.parse(text(bytes)).mid, 1);
});

const PIN = "271828";
const FEW = { rounds: 1000 };

test("a locked phone goes on sending, sealed, and learns the verdicts after the PIN", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI");
  await phone.sync();
  server.forbidden.add("income");
  await phone.edit(id, { rt: "2" });
  await phone.edit(id, { income: 5 });
  for (let i = 0; i < 70; i++) await phone.add(`NAMA ${i}`);
  await setPin(phone.store.state, PIN, FEW);
  await lock(phone.store.state);
  await phone.reopen();
  assert.deepEqual(await phone.sync(), ["push", "push", "locked"]);
  assert.ok(server.arrived.every((text) => JSON.parse(text).sealed && !/NAMA/.test(text)));
  assert.equal(server.unsigned, 0);
  assert.equal(server.keys.length, 73);
  assert.equal(server.calls.at(-1), "/sync/v1/push");
  assert.deepEqual(await phone.store.counts(), {
    recorded: 73,
    received: 73,
    pending: 0,
    gone: 0,
    lost: 0,
  });
  await unlock(phone.store.state, PIN);
  const verdicts = server.keys.length;
  await phone.sync();
  assert.equal(server.keys.length, verdicts);
  const { history } = await phone.store.worker(id);
  assert.deepEqual(
    history.map((one) => one.status),
    ["arrived", "arrived", "invalid"],
  );
  assert.equal((await phone.store.inbox()).length, 1);
  assert.equal((await phone.store.worker(id)).data.rt, "2");
});

/** @param {number} n */
const picture = (n) => Uint8Array.from({ length: 3000 }, (_, i) => (i * 7 + n) & 255);

async function addWithPicture(phone, n) {
  const bytes = picture(n);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add(`FOTO ${n}`, { ktp_photo: sha });
  return { sha, bytes };
}

test("without signal, pictures and older saves are sealed one after another, each lying once", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  await phone.add("BELUM TERSEGEL");
  server.pairs = [await sealingPair()];
  await register(phone.store, { fetch: server.fetch });
  const one = await addWithPicture(phone, 1);
  const two = await addWithPicture(phone, 2);
  server.faults = Array(200).fill("drop");
  await phone.sync();
  server.faults = [];
  for (const { key, sealed, mid } of await journal(phone)) {
    const bytes = await unseal(server.pairs[0], `jangkau sealed 1 ${key}`, sealed);
    assert.equal(JSON.parse(text(bytes)).mid, mid);
  }
  const lying = Object.fromEntries((await everything(`jk-${phone.userId}`)).bytes);
  for (const { sha, bytes } of [one, two]) {
    assert.ok(lying[sha].length < bytes.length + 160, "once, not twice");
    const inside = await unseal(server.pairs[0], `jangkau blob 1 ${sha}`, sealedPart(lying[sha]));
    assert.deepEqual(inside, bytes);
    assert.deepEqual((await phone.store.blob(sha)).bytes, bytes);
    assert.equal((await phone.store.blob(sha)).kid, "k1");
  }
  await phone.store.putBlob(one.sha, one.bytes);
  assert.equal((await phone.store.blob(one.sha)).kid, undefined);
  assert.deepEqual((await phone.store.blob(one.sha)).bytes, one.bytes);
  await phone.sync();
  for (const { sha, bytes } of [one, two]) {
    assert.equal(server.state.blobs[sha], Buffer.from(bytes).toString("hex"));
  }
  assert.equal(await countUnsealed(phone.store.state), 0);
});

/** A phone with pulled rows, five unsent saves, a form begun, a PIN, and then locked. */
async function lockedPhone() {
  const { server, phone } = await setup();
  for (let i = 0; i < 3; i++) server.change(`w${i}`, { full_name: `DARI SERVER ${i}` });
  await phone.sync();
  for (let i = 0; i < 5; i++) await phone.add(`BELUM TERKIRIM ${i}`);
  await addWithPicture(phone, 1);
  await phone.store.putDraft("d", { scope: VILLAGE, data: { full_name: "ISIAN" } });
  await phone.store.putDraft("blank", { scope: VILLAGE, data: {}, blank: true });
  server.faults = Array(30).fill("drop");
  await phone.sync();
  server.faults = [];
  await setPin(phone.store.state, PIN, FEW);
  await lock(phone.store.state);
  await phone.reopen();
  await phone.store.state.peek();
  return { server, phone, device: phone.store.state.head.device };
}

const stores = (phone) => everything(`jk-${phone.userId}`);
const tell = (phone, server) => register(phone.store, { fetch: server.fetch });

test("a phone called lost destroys what it can read and goes on sending what is sealed", async () => {
  const { server, phone, device } = await lockedPhone();
  server.ended.add(device);
  assert.equal((await tell(phone, server)).code, "device_ended");
  const after = await stores(phone);
  for (const name of ["index", "pages", "drafts"]) assert.equal(after[name].length, 0, name);
  const { keys, session } = await look(phone.store.state, ["keys", "session"]);
  assert.equal(keys.wrapped, undefined);
  assert.equal(session, undefined);
  assert.equal(after.journal.length, 6);
  for (const [, record] of after.journal) {
    assert.ok(record.sealed);
    assert.equal(record.payload, undefined);
  }
  assert.equal(after.bytes.length, 1);
  assert.equal((await unlock(phone.store.state, PIN)).ok, false);
  await phone.reopen();
  assert.deepEqual(await phone.sync(), ["push", "locked"]);
  assert.equal(server.keys.length, 6);
  assert.equal((await phone.store.counts()).pending, 0);
});

test("an open phone learns at its next pull that it was called lost, and shuts at once", async () => {
  const { server, phone, device } = await lockedPhone();
  await unlock(phone.store.state, PIN);
  server.ended.add(device);
  assert.deepEqual(await phone.sync(), ["push", "locked", "locked"]);
  assert.equal(server.keys.length, 6);
  assert.equal(await isOpen(phone.store.state), false);
  assert.equal(phone.store.state.hot.size, 0);
  const after = await stores(phone);
  for (const name of ["index", "pages", "drafts"]) assert.equal(after[name].length, 0, name);
  assert.ok(after.journal.every(([, record]) => !record.payload && !record.verdict));
});

test("the key of a lost phone stays until what is unsealed has been sealed", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  await phone.add("TANPA SEGEL");
  await setPin(phone.store.state, PIN, FEW);
  await lock(phone.store.state);
  server.pairs = [await sealingPair()];
  await tell(phone, server);
  await phone.store.state.peek();
  server.ended.add(phone.store.state.head.device);
  await tell(phone, server);
  const kept = await look(phone.store.state, ["keys", "ended"]);
  assert.ok(kept.keys.wrapped);
  assert.equal(kept.ended.key, true);
  assert.equal(await isOpen(phone.store.state), false);
  assert.deepEqual(await phone.sync(), ["locked"]);
  await unlock(phone.store.state, PIN);
  assert.equal((await look(phone.store.state, ["keys"])).keys.wrapped, undefined);
  assert.equal(await isOpen(phone.store.state), false);
  assert.deepEqual(await phone.sync(), ["push", "locked"]);
  assert.equal(server.keys.length, 1);
});

test("two weeks without the server end what can be read, but never a form or a save", async () => {
  const { server, phone } = await lockedPhone();
  await unlock(phone.store.state, PIN);
  const { state } = phone.store;
  for (let day = 0; day < 15 && !isOver(await happened(state)); day++) phone.clock.pass(86_400);
  assert.ok(isOver((await look(state, ["lease"])).lease));
  await unlock(state, PIN);
  const first = await end(state, "lease");
  assert.equal(first.key, true, "a form has been begun");
  assert.equal((await stores(phone)).pages.length, 0);
  const alone = await unlock(state, PIN);
  assert.equal(alone.ok, false, "the PIN alone is not enough any more");
  assert.match(pinWords(alone, translator("id")), /belum diperiksa\. Sambungkan/);
  await assert.rejects(phone.store.drafts(), { code: "locked" });
  await tell(phone, server);
  await unlock(state, PIN);
  assert.equal((await phone.store.drafts()).length, 1);
  await phone.sync();
  assert.equal((await phone.store.worker("w1")).data.full_name, "DARI SERVER 1");
  await phone.store.deleteDraft("d");
  const second = await end(state, "lease");
  assert.equal(second.key, false);
  assert.equal((await look(state, ["keys"])).keys.wrapped, undefined);
});

test("a phone without a PIN is closed by the lease all the same, until the server answers", async () => {
  const { server, phone } = await setup();
  await phone.store.putDraft("d", { scope: VILLAGE, data: { full_name: "ISIAN" } });
  await end(phone.store.state, "lease");
  await phone.reopen();
  await assert.rejects(phone.store.drafts(), { code: "locked" });
  await tell(phone, server);
  assert.equal((await phone.store.drafts()).length, 1);
});

test("every answer of the server begins the lease anew", async () => {
  const { server, phone } = await setup();
  const { state } = phone.store;
  const days = async () => daysLeft((await look(state, ["lease"])).lease);
  for (const work of [() => phone.sync(), () => tell(phone, server)]) {
    for (let day = 0; day < 5; day++) {
      phone.clock.pass(86_400);
      await happened(state);
    }
    assert.equal(await days(), 9);
    await work();
    assert.equal(await days(), 14);
  }
  server.faults = Array(9).fill("drop");
  phone.clock.pass(2 * 86_400);
  await phone.sync();
  await happened(state);
  assert.equal(await days(), 12);
});

test("a forgotten PIN costs nothing that was saved: sealed saves go on, the rest is pulled again", async () => {
  const { server, phone } = await lockedPhone();
  const { state } = phone.store;
  await startAnew(state);
  await tell(phone, server);
  assert.deepEqual(await pinState(state), { has: false, ask: true, asked: true, chosen: false });
  assert.equal((await phone.store.counts()).pending, 6);
  const { items } = await phone.store.ledger();
  assert.equal(items.filter((item) => item.shut && item.state === "waiting").length, 6);
  assert.deepEqual(await countShut(state), { saves: 6, forms: 1, pictures: 1 });
  const { id } = await phone.add("SESUDAH LUPA");
  await phone.sync();
  assert.equal(server.unsigned, 0);
  assert.equal(server.keys.length, 7);
  assert.equal(Object.keys(server.state.devices).length, 1);
  assert.deepEqual(await phone.store.counts(), {
    recorded: 7,
    received: 7,
    pending: 0,
    gone: 0,
    lost: 0,
  });
  assert.equal((await phone.store.worker("w1")).data.full_name, "DARI SERVER 1");
  assert.equal((await phone.store.worker(id)).data.full_name, "SESUDAH LUPA");
  const names = (await phone.store.list(VILLAGE, { limit: 50 })).map((row) => row.name);
  assert.equal(names.filter((name) => name.startsWith("BELUM TERKIRIM")).length, 5);
  assert.deepEqual(await countShut(state), { saves: 0, forms: 1, pictures: 1 });
});

test("the old PIN, remembered later, brings back what it had locked", async () => {
  const { server, phone } = await lockedPhone();
  const { state } = phone.store;
  await startAnew(state);
  await tell(phone, server);
  await setPin(state, "314159", FEW);
  assert.equal((await recall(state, "000000")).ok, false);
  assert.ok((await recall(state, PIN)).ok);
  assert.deepEqual(await countShut(state), { saves: 0, forms: 0, pictures: 0 });
  assert.equal((await phone.store.draft("d")).data.full_name, "ISIAN");
  const { items } = await phone.store.ledger();
  assert.equal(items.filter((item) => item.name.startsWith("BELUM TERKIRIM")).length, 5);
  await phone.sync();
  assert.equal(server.keys.length, 6);
  assert.equal(server.state.blobs[await sha256(picture(1))].length, 6000);
  const { keys } = await look(state, ["keys"]);
  assert.ok(keys.old.every(({ under }) => under));
});

test("nobody starts anew while a save is not sealed: it would be lost", async () => {
  const phone = await Phone.at(new FakeServer());
  await phone.add("TANPA SEGEL");
  await setPin(phone.store.state, PIN, FEW);
  await lock(phone.store.state);
  await assert.rejects(startAnew(phone.store.state), { code: "unsealed", params: { n: 1 } });
  assert.ok((await unlock(phone.store.state, PIN)).ok);
});

test("sealed saves keep their place in the chain when the phone goes on as another", async () => {
  const { server, phone } = await lockedPhone();
  const { state } = phone.store;
  await startAnew(state);
  await tell(phone, server);
  await phone.add("SESUDAH LUPA");
  const { keys } = await look(state, ["keys"]);
  const other = await makeKeys();
  await keep(state, { keys: { ...keys, sign: other.sign, public: other.public } });
  assert.ok((await tell(phone, server)).ok);
  for (let i = 0; i < 3; i++) await phone.add(`LAGI ${i}`);
  await noteSync(state, { batch: 2 });
  await phone.sync();
  assert.equal(server.keys.length, 10);
  assert.equal(Object.keys(server.state.devices).length, 2);
  assert.equal(server.state.devices[state.head.device].hash, state.head.hash);
});

/** All that a thief finds of a locked phone's keys. @param {any} phone */
const found = async (phone) => (await look(phone.store.state, ["keys"])).keys;

test("a locked phone has no key to fetch with, and its other one fetches nothing", async () => {
  const { server, phone } = await setup();
  await phone.sync();
  const { state } = phone.store;
  await setPin(state, PIN, FEW);
  assert.ok(await fetchKey(state));
  await lock(state);
  await phone.reopen();
  const locked = phone.store.state;
  await assert.rejects(fetchKey(locked), { code: "locked" });
  assert.equal(await fetchPoint(locked), undefined);
  const keys = await found(phone);
  assert.equal(keys.fetch.shut.length, 12 + 16 + 138);
  for (const one of Object.values(keys)) {
    if (one instanceof CryptoKey) assert.equal(one.extractable, false);
  }
  // The locked page's own script, with everything that lies in IndexedDB.
  await locked.peek();
  const { device } = locked.head;
  const body = JSON.stringify({ device, epoch: 1, cursors: { [VILLAGE]: 0 }, view: "full" });
  const hash = createHash("sha256").update(body).digest("hex");
  const text = `jangkau request 2\nPOST\n/sync/v1/pull\n${hash}\n1.c`;
  const made = await sign(keys, new TextEncoder().encode(text));
  const headers = { "Jangkau-Signature": `2.1.c.${made}` };
  const init = { method: "POST", body: new TextEncoder().encode(body), headers };
  assert.equal((await server.fetch("/sync/v1/pull", init)).status, 426);
  await unlock(locked, PIN);
  assert.ok((await phone.sync()).includes("pull"));
});

test("a forgotten PIN brings another key to fetch with, which a fresh login alone makes known", async () => {
  const { server, phone } = await lockedPhone();
  const { state } = phone.store;
  const before = (await found(phone)).fetch.public;
  server.staleLogin = true;
  await startAnew(state);
  await tell(phone, server);
  assert.notEqual((await found(phone)).fetch.public, before);
  server.calls.length = 0;
  phone.clock.pass(60);
  let last = await phone.step({ force: true });
  while (last.more) last = await phone.step({ force: true });
  assert.deepEqual([last.did, last.code], ["auth", "fetch_key_unknown"]);
  assert.equal((await phone.store.counts()).pending, 0, "what is sealed was sent all the same");
  server.staleLogin = false;
  await tell(phone, server);
  await phone.sync();
  assert.equal((await phone.store.worker("w1")).data.full_name, "DARI SERVER 1");
});

test("a PIN brings another key to fetch with, and the one before it fetches nothing any more", async () => {
  const { server, phone } = await setup();
  await phone.sync();
  const { state } = phone.store;
  const before = (await found(phone)).fetch;
  await setPin(state, PIN, FEW);
  server.staleLogin = true; // no login is needed for it
  assert.equal((await found(phone)).fetch.public, before.public, "until the server knows the next");
  phone.clock.pass(60);
  await phone.sync();
  const { fetch: after, next } = await found(phone);
  assert.notEqual(after.public, before.public);
  assert.deepEqual([after.gen, next], [2, undefined]);
  assert.equal(server.state.devices[state.head.device].fetch, after.public);
  assert.ok(server.calls.includes("/sync/v1/pull"));
  phone.clock.pass(60);
  await phone.sync();
  assert.equal((await found(phone)).fetch.public, after.public, "once");
});

test("where the answer to that was lost, the phone goes on with the next key by itself", async () => {
  const { server, phone } = await setup();
  await phone.sync();
  const { state } = phone.store;
  await setPin(state, PIN, FEW);
  server.losesRenewals = true;
  phone.clock.pass(60);
  await phone.sync();
  const { fetch: kept, next } = await found(phone);
  assert.equal(kept.gen, 1);
  assert.equal(server.state.devices[state.head.device].fetch, next.public);
  server.losesRenewals = false;
  server.staleLogin = true;
  phone.clock.pass(600);
  await phone.sync();
  assert.equal((await found(phone)).fetch.public, next.public);
  await phone.add("SESUDAHNYA");
  phone.clock.pass(60);
  const done = await phone.sync();
  assert.ok(done.includes("pull") && !done.includes("auth"), String(done));
});

test("nothing is fetched while that is not allowed; sending goes on", async () => {
  const { server, phone } = await setup();
  await phone.add("SITI");
  let last;
  do last = await phone.step({ rows: false, force: true });
  while (last.more);
  assert.equal(server.keys.length, 1);
  assert.ok(!server.calls.includes("/sync/v1/pull"));
  assert.deepEqual(await phone.store.list(VILLAGE, { limit: 50 }).then((all) => all.length), 1);
  do last = await phone.step({ force: true });
  while (last.more);
  assert.ok(server.calls.includes("/sync/v1/pull"));
});
