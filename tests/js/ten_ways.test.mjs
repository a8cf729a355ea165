// The ten ways in which other systems of this field lose work, each tried on the phone's own code.
// docs/no-loss.md names each way, this test, and the tests in a browser or on the server beside it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Clock, newUser, OTHER, Phone, VILLAGE } from "./support/phone.mjs";
import { FakeServer, sealingPair } from "./support/fakeServer.mjs";
import { everything, readable } from "./support/disk.mjs";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { settle } from "../../outreach/static/js/store/journal/settle.js";
import { register } from "../../outreach/static/js/sync/client.js";
import { setPin } from "../../outreach/static/js/store/access/pin.js";
import { startAnew } from "../../outreach/static/js/store/access/reset.js";
import { search } from "../../outreach/static/js/store/replica/search.js";
import { unlock } from "../../outreach/static/js/store/access/unlock.js";
import { keep, lock, look } from "../../outreach/static/js/vault/session.js";
import { makeKeys } from "../../outreach/static/js/vault/keys.js";

const PIN = "271828";
const FEW = { rounds: 1000 };

const setup = async (scopes = [VILLAGE], clock = new Clock()) => {
  const server = new FakeServer();
  return { server, phone: await Phone.at(server, newUser(), clock, scopes) };
};
const numbers = async (phone) => {
  const { recorded, received, pending } = await phone.store.counts();
  return [recorded, received, pending];
};
const states = async (phone) => (await phone.store.ledger()).items.map((item) => item.state);

test("1. what the server refuses is never called sent, however often it is tried", async () => {
  const { server, phone } = await setup();
  server.forbidden.add("kpj");
  await phone.add("DITOLAK", { kpj: "1" });
  const { id } = await phone.add("BAIK");
  for (let i = 0; i < 5; i++) {
    phone.clock.pass(3600);
    await phone.sync();
  }
  assert.deepEqual((await states(phone)).sort(), ["arrived", "invalid"]);
  assert.deepEqual(
    (await phone.store.inbox()).map((item) => item.mid),
    [1],
    "it waits on the list of what has to be mended",
  );
  assert.ok(server.state.rows[id], "and holds nothing else up");
  await phone.reopen();
  assert.deepEqual((await states(phone)).sort(), ["arrived", "invalid"]);
});

for (const status of [408, 425, 429, 500, 501, 502, 503, 504, 507, 511, 520]) {
  test(`2. answer ${status} of a server or anything before it discards nothing`, async () => {
    const { server, phone } = await setup();
    await phone.add("A");
    await phone.add("B");
    server.faults.push(status, status, status);
    for (let i = 0; i < 3; i++) {
      phone.clock.pass(600);
      await phone.step({ force: true });
      assert.deepEqual(await numbers(phone), [2, 0, 2]);
    }
    await phone.sync();
    assert.deepEqual(await numbers(phone), [2, 2, 0]);
    assert.equal(server.keys.length, 2);
  });
}

test("3. a failed sending is tried again without reopening the app, and 404 deletes no edit", async () => {
  const { server, phone } = await setup();
  const { id } = await phone.add("SITI", { rt: "1" });
  await phone.sync();
  await phone.edit(id, { rt: "2" });
  server.faults.push("drop", 404, 404);
  for (let i = 0; i < 3; i++) {
    phone.clock.pass(600);
    await phone.step({ force: true });
    assert.equal((await phone.store.worker(id)).data.rt, "2");
    assert.deepEqual(await numbers(phone), [2, 1, 1]);
  }
  phone.clock.pass(301);
  assert.equal((await phone.step()).did, "push", "by itself, nobody asked for it");
  assert.equal(server.state.rows[id].data.rt, "2");
});

test("4. another version, or a village taken away, drops nothing that was not sent", async () => {
  const { server, phone } = await setup([VILLAGE, OTHER]);
  const { id } = await phone.add("SITI");
  await phone.sync();
  await phone.edit(id, { rt: "7" });
  server.users.get(phone.userId).scopes = [OTHER];
  server.heldScopes.add(VILLAGE);
  await phone.reopen();
  const told = await register(phone.store, { fetch: server.fetch, app: "a later version" });
  assert.ok(told.ok);
  assert.deepEqual(await numbers(phone), [2, 1, 1]);
  assert.equal((await phone.store.worker(id)).data.rt, "7");
  await phone.sync();
  assert.deepEqual(await numbers(phone), [2, 2, 0]);
  assert.equal((await phone.store.worker(id)).state, "held");
  assert.equal(server.keys.length, 2);
});

test("5. an answer that names no verdicts lets go of nothing, though it says all is well", async () => {
  const { server, phone } = await setup();
  await phone.add("A");
  const empty = { epoch: 1, last_mid: 1, last_key: null, durable_mid: 1, results: [] };
  for (const body of [JSON.stringify(empty), "{}", "[]", "null", "", "<html>ok</html>"]) {
    server.faults.push(new Response(body, { status: 200 }));
    phone.clock.pass(600);
    await phone.step({ force: true });
    const { items } = await phone.store.ledger();
    assert.notEqual(items[0].state, "arrived", body);
    assert.equal(items[0].name, "A", "it is still here, whole");
  }
  await phone.sync();
  assert.deepEqual(await states(phone), ["arrived"]);
  assert.equal(server.keys.length, 1);
});

test("6. a phone that has no network for days saves, shows, finds and changes everything", async () => {
  const { server, phone } = await setup();
  server.fetch = () => Promise.reject(new TypeError("no network"));
  for (let day = 0; day < 10; day++) {
    phone.clock.pass(86_400);
    const { id } = await phone.add(`ORANG ${day}`, { rt: "099" });
    await phone.edit(id, { rt: `00${day}`.slice(-3) });
    await phone.step({ force: true, fetch: server.fetch });
    await phone.reopen();
  }
  assert.deepEqual(await numbers(phone), [20, 0, 20]);
  assert.equal(await phone.store.count(VILLAGE), 10);
  const [found] = await search(phone.store, VILLAGE, "orang 7", 30);
  assert.equal((await phone.store.worker(found.id)).data.rt, "007");
});

test("7. the phone's clock decides nothing, and no save is passed over", async () => {
  const clock = new Clock();
  const { server, phone } = await setup([VILLAGE], clock);
  const right = clock.ms;
  const { id } = await phone.add("SITI", { rt: "1" });
  await phone.sync();
  for (const [when, rt] of [
    ["1970-01-01T00:00:10Z", "2"],
    ["2099-12-31T23:00:00Z", "3"],
    ["1980-01-06T00:00:00Z", "4"],
  ]) {
    clock.ms = Date.parse(when);
    await phone.edit(id, { rt });
    await phone.sync();
    assert.equal(server.state.rows[id].data.rt, rt, when);
  }
  clock.ms = right;
  await phone.add("DUA");
  await phone.add("TIGA");
  await settle(phone.store.state, [{ mid: 6, status: "applied", scope: VILLAGE, ver: 9 }]);
  const { items } = await phone.store.ledger();
  assert.equal(items.find((item) => item.mid === 5).state, "waiting", "only 6 was answered");
  await phone.sync();
  assert.equal(server.keys.length, 5);
  assert.equal((await search(phone.store, VILLAGE, "dua", 30)).length, 1);
});

test("7b. a forgotten PIN wipes nothing that could not be sent", async () => {
  const { phone } = await setup();
  await phone.add("TANPA SEGEL");
  await setPin(phone.store.state, PIN, FEW);
  await lock(phone.store.state);
  await assert.rejects(startAnew(phone.store.state), { code: "unsealed" });
  assert.ok((await unlock(phone.store.state, PIN)).ok);
  assert.deepEqual(await numbers(phone), [1, 0, 1]);
});

test("8. another officer's login, or an account that was ended, deletes nothing unsent", async () => {
  const clock = new Clock();
  const { server, phone } = await setup([VILLAGE], clock);
  const { id } = await phone.add("SITI");
  const other = await Phone.at(server, newUser(), clock);
  await other.add("MILIK LAIN");
  await other.sync();
  assert.deepEqual(await numbers(phone), [1, 0, 1]);
  server.revoked = true;
  server.heldScopes.add(VILLAGE);
  await phone.reopen();
  assert.equal((await phone.store.worker(id)).data.full_name, "SITI");
  await phone.sync();
  assert.equal(server.keys.length, 2, "it was sent all the same");
  assert.deepEqual(await states(phone), ["held"]);
});

test("9. a phone that goes on as another device keeps and sends what the first had not sent", async () => {
  const { server, phone } = await setup();
  server.pairs.push(await sealingPair());
  assert.ok((await register(phone.store, { fetch: server.fetch })).ok);
  await phone.add("SATU");
  await phone.sync();
  await phone.add("DUA");
  const before = phone.store.state.head.device;
  const { keys } = await look(phone.store.state, ["keys"]);
  const fresh = await makeKeys();
  await keep(phone.store.state, { keys: { ...keys, sign: fresh.sign, public: fresh.public } });
  assert.ok((await register(phone.store, { fetch: server.fetch })).ok);
  assert.notEqual(phone.store.state.head.device, before);
  assert.equal(server.state.devices[phone.store.state.head.device].was, before);
  await phone.add("TIGA");
  await phone.sync();
  assert.deepEqual(await numbers(phone), [3, 3, 0]);
  assert.equal(server.keys.length, 3, "each once");
});

test("10. nothing of anybody lies readable on the phone", async () => {
  const { phone } = await setup();
  const bytes = new TextEncoder().encode("FOTO SITI AMINAH");
  const sha = await sha256(bytes);
  const set = { full_name: [null, "SITI AMINAH"], nik: [null, "1804045203909001"] };
  await phone.store.save({
    id: phone.store.newId(),
    scope: VILLAGE,
    set: { ...set, ktp_photo: [null, sha] },
    blobs: [{ sha, bytes }],
  });
  await phone.store.putDraft("d", { scope: VILLAGE, data: { full_name: "SITI AMINAH" } });
  for (const name of [`jk-${phone.userId}`, "jangkau"]) {
    assert.doesNotMatch(readable(await everything(name)), /SITI|AMINAH|1804045|9001/, name);
  }
});

test("a bad record, a refused one and a broken picture in the queue hold nothing else up", async () => {
  const { server, phone } = await setup();
  server.forbidden.add("kpj");
  const saved = [];
  for (let i = 0; i < 12; i++) {
    const bytes = new TextEncoder().encode(`picture ${i}`);
    const sha = await sha256(bytes);
    const set = { full_name: [null, `N${i}`], ktp_photo: [null, sha] };
    if (i === 4) set.kpj = [null, "1"];
    const id = phone.store.newId();
    const { key } = await phone.store.save({ id, scope: VILLAGE, set, blobs: [{ sha, bytes }] });
    saved.push({ key, sha });
  }
  server.unreadable.add(saved[7].key);
  const { fetch } = server;
  const refuse = () => Response.json({ code: "blob_not_a_picture" }, { status: 422 });
  server.fetch = (url, init) =>
    url.includes(`/blob/${saved[2].sha}`) && init.method === "PUT"
      ? server.signed(refuse(), init)
      : fetch(url, init);
  phone.clock.pass(60);
  for (let i = 0; i < 80; i++) await phone.step();
  assert.deepEqual(await numbers(phone), [12, 12, 0]);
  const refused = (await phone.store.inbox()).map((item) => item.mid).sort((a, b) => a - b);
  assert.deepEqual(refused, [5, 8]);
  assert.equal(Object.keys(server.state.rows).length, 10);
  const there = Object.keys(server.state.blobs);
  for (const [i, { sha }] of saved.entries()) {
    if (i !== 2 && i !== 7) assert.ok(there.includes(sha), `picture ${i}`);
  }
  const line = (await phone.store.ledger()).items.find((item) => item.mid === 3);
  assert.deepEqual([line.state, line.missing], ["arrived", 1], "the record stands, one is missing");
});

test("docs/no-loss.md names each way and its tests", async () => {
  const page = await readFile(new URL("../../docs/no-loss.md", import.meta.url), "utf8");
  const here = await readFile(new URL(import.meta.url), "utf8");
  for (const [, number] of here.matchAll(/^ *test\([`"](\d+)\. /gm)) {
    assert.match(page, new RegExp(`^\\| ${number} \\|`, "m"), `way ${number}`);
  }
});
