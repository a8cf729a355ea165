// Logging out and being logged out, as the phone lives it: what lies here is shut, nothing is lost,
// sending goes on, and the server hears of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "./support/phone.mjs";
import { FakeServer, sealingPair } from "./support/fakeServer.mjs";
import { cameBack, leave, leftElsewhere, leftHere } from "../../outreach/static/js/vault/left.js";
import { heed } from "../../outreach/static/js/sync/login.js";
import { setPin } from "../../outreach/static/js/store/access/pin.js";
import { unlock } from "../../outreach/static/js/store/access/unlock.js";
import { isOpen } from "../../outreach/static/js/vault/session.js";

const QUICK = { rounds: 1000 };
const PIN = "271828";

async function sealing() {
  const server = new FakeServer();
  server.pairs.push(await sealingPair());
  return server;
}

test("without a PIN only a login opens what was left, in a new start too, and sending goes on", async () => {
  const server = await sealing();
  const phone = await Phone.at(server);
  await phone.add("SITI");
  await leave(phone.store.state, false);
  assert.equal(await isOpen(phone.store.state), false);
  await phone.reopen();
  assert.equal(await isOpen(phone.store.state), false);
  await phone.sync();
  assert.equal(server.keys.length, 1);
  await cameBack(phone.store.state);
  assert.equal(await isOpen(phone.store.state), true);
  assert.equal((await phone.store.counts()).pending, 0);
});

test("with a PIN that opens what was left, without signal too", async () => {
  const phone = await Phone.at(await sealing());
  await setPin(phone.store.state, PIN, QUICK);
  await leave(phone.store.state, false);
  assert.equal(await isOpen(phone.store.state), false);
  assert.equal((await unlock(phone.store.state, PIN)).ok, true);
  assert.equal(await isOpen(phone.store.state), true);
});

test("a log-out without signal is told with the first contact, once", async () => {
  const server = await sealing();
  const phone = await Phone.at(server);
  await leave(phone.store.state, false);
  server.faults.push("drop");
  await phone.step({ force: true });
  assert.equal(server.left, undefined);
  assert.equal((await leftHere(phone.store.state)).told, false);
  await phone.sync();
  await phone.sync();
  assert.deepEqual(server.left, [phone.store.state.head.device]);
});

test("a phone that the server calls logged out shuts; its saves stay and are sent", async () => {
  const server = await sealing();
  const phone = await Phone.at(server);
  await phone.sync();
  server.login = "logged_out";
  await phone.add("SITI");
  const done = await phone.sync();
  assert.equal(done.at(-1), "locked");
  assert.equal(await isOpen(phone.store.state), false);
  assert.equal(server.keys.length, 1);
});

test("a login that was ended elsewhere locks a phone that has a PIN, and stops no work", async () => {
  const server = await sealing();
  const [bare, locked] = [await Phone.at(server), await Phone.at(server)];
  await setPin(locked.store.state, PIN, QUICK);
  for (const phone of [bare, locked]) {
    server.login = undefined;
    await phone.sync();
    server.login = "login_again";
    await phone.add("SITI");
    await phone.sync();
    await phone.sync();
  }
  assert.equal(await isOpen(bare.store.state), true);
  assert.equal(await isOpen(locked.store.state), false);
  assert.equal(server.keys.length, 2);
  assert.equal(await leftHere(bare.store.state), undefined);
});

test("whoever logged out here and gave the PIN since is not asked once more for that log-out", async () => {
  for (const told of ["logged_out", "login_again"]) {
    const server = await sealing();
    const phone = await Phone.at(server);
    const { state } = phone.store;
    await setPin(state, PIN, QUICK);
    await phone.sync();
    await leave(state, false);
    server.login = told;
    assert.ok((await unlock(state, PIN)).ok);
    await phone.sync();
    await phone.sync();
    assert.equal(await isOpen(state), true, told);
    await heed(state, { session: false });
    assert.equal(await isOpen(state), true, told);
  }
});

test("the cookie of the server's log-out shuts the phone of its person alone, once", async () => {
  const phone = await Phone.at(await sealing());
  const jar = { value: "somebody-else" };
  globalThis.cookieStore = {
    get: async () => (jar.value ? { value: jar.value } : null),
    delete: async () => {
      jar.value = "";
    },
  };
  assert.equal(await leftElsewhere(phone.store.state), false);
  jar.value = phone.userId;
  assert.equal(await leftElsewhere(phone.store.state), true);
  assert.equal(await leftElsewhere(phone.store.state), false);
  delete globalThis.cookieStore;
});
