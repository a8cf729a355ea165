import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "./support/phone.mjs";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair, unseal } from "./support/fakeServer.mjs";
import { register } from "../../outreach/static/js/sync/client.js";
import { keep, look } from "../../outreach/static/js/vault/session.js";
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
