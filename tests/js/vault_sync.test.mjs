import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "./support/phone.mjs";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair, unseal } from "./support/fakeServer.mjs";
import { register } from "../../outreach/static/js/sync/client.js";
import { sha256 } from "../../outreach/static/js/store/hash.js";
import { sealedPart } from "../../outreach/static/js/store/payload.js";
import { countUnsealed } from "../../outreach/static/js/vault/backlog.js";
import { setPin } from "../../outreach/static/js/vault/pin.js";
import { unlock } from "../../outreach/static/js/vault/unlock.js";
import { keep, lock, look } from "../../outreach/static/js/vault/session.js";
import { makeKeys } from "../../outreach/static/js/vault/keys.js";

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
    assert.equal(phone.store.state.keys.length, pairs.length);
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
  await phone.sync();
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
  assert.deepEqual(await phone.store.counts(), { recorded: 3, received: 3, pending: 0 });
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
  assert.deepEqual(await phone.store.counts(), { recorded: 73, received: 73, pending: 0 });
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
