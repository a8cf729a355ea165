import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, sealingPair } from "./support/fakeServer.mjs";
import { newUser, Phone, VILLAGE } from "./support/phone.mjs";
import {
  databasesSetAside,
  beginAnew,
  survey,
} from "../../outreach/static/js/store/set_aside_database.js";
import { putAside } from "../../outreach/static/js/store/engine/db.js";
import { openUser } from "../../outreach/static/js/store/store.js";

/** Opening this database fails, as with files that the browser cannot read. */
function breaking(name) {
  const { open } = indexedDB;
  indexedDB.open = (asked, version) => {
    if (asked !== name) return open.call(indexedDB, asked, version);
    const request = { error: new DOMException("broken", "UnknownError") };
    setTimeout(() => request.onerror());
    return request;
  };
  return () => {
    indexedDB.open = open;
  };
}
const { register } = await import("../../outreach/static/js/sync/client.js");
const set = { full_name: [null, "A"], village_code: [null, VILLAGE] };

test("a database that does not open is named, put aside whole, and replaced by an empty one", async () => {
  const user = newUser();
  const first = await openUser(user);
  await first.save({ id: first.newId(), scope: VILLAGE, set });
  await first.putDraft("d", { data: {} });
  await first.putDraft("blank", { data: {}, blank: true });
  await first.close();
  const mend = breaking(`jk-${user}`);
  try {
    const again = await openUser(user);
    await assert.rejects(again.ledger(), { code: "storage_broken" });
    assert.equal((await survey(user, 0)).code, "storage_broken");
    await beginAnew(user, 0);
    const fresh = await openUser(user);
    assert.notEqual(fresh.state.head.device, first.state.head.device);
    assert.equal((await fresh.ledger()).recorded, 0);
    await fresh.save({ id: fresh.newId(), scope: VILLAGE, set });
    assert.equal((await databasesSetAside(user))[0].code, "storage_broken");
  } finally {
    mend();
  }
  const found = await databasesSetAside(user);
  assert.deepEqual(
    found.map((one) => [one.n, one.saves, one.unsent, one.drafts]),
    [[0, 1, 1, 1]],
  );
  assert.equal((await (await openUser(user)).ledger()).recorded, 1);
});

test("a form not yet saved goes along with its picture, and stays in the old one too", async () => {
  const user = newUser();
  const first = await openUser(user);
  const sha = "ab".repeat(32);
  await first.putBlob(sha, new Uint8Array([1, 2, 3]), "image/webp");
  const data = { step: "foto", form: { full_name: "A", face_photo: sha } };
  await first.putDraft("d", { scope: VILLAGE, data });
  await first.putDraft("e", { data: { form: { face_photo: "cd".repeat(32) } } });
  await beginAnew(user, 0);
  const fresh = await openUser(user);
  const { at: _at, ...draft } = await fresh.draft("d");
  assert.deepEqual(draft, { id: "d", scope: VILLAGE, data });
  const { bytes, mime } = await fresh.blob(sha);
  assert.deepEqual([[...bytes], mime], [[1, 2, 3], "image/webp"]);
  assert.equal((await fresh.drafts()).length, 2, "a picture that is not there stops nothing");
  assert.deepEqual(
    (await databasesSetAside(user)).map(({ saves, drafts }) => [saves, drafts]),
    [[0, 2]],
  );
});

test("putting aside twice, as two tabs may, moves on once", async () => {
  const user = newUser();
  await openUser(user);
  await Promise.all([beginAnew(user, 0), beginAnew(user, 0)]);
  assert.equal((await putAside())[user], 1);
  await beginAnew(user, 0);
  assert.equal((await putAside())[user], 1);
});

test("a database that is gone is not made by looking for it", async () => {
  const user = newUser();
  assert.equal((await survey(user, 0)).code, "storage_gone");
  assert.ok(!(await indexedDB.databases()).some(({ name }) => name === `jk-${user}`));
});

test("what an old database holds sealed is counted and sent until the server has it", async () => {
  const server = new FakeServer();
  server.pairs.push(await sealingPair());
  const phone = await Phone.at(server);
  await phone.add("A");
  await phone.sync();
  await phone.add("B");
  const { key } = await phone.add("C");
  const { device } = phone.store.state.head;
  await phone.store.close();
  await beginAnew(phone.userId, 0);
  await phone.reopen();
  const { head } = phone.store.state;
  assert.deepEqual([head.was, head.lost], [device, undefined]);
  const kept = { recorded: 3, received: 1, pending: 2, gone: 0, lost: 0 };
  assert.deepEqual(await phone.store.counts(), kept);
  await phone.add("D");
  assert.equal((await phone.store.counts()).pending, 3);
  await register(phone.store, { fetch: server.fetch, app: "test" });
  await phone.sync();
  assert.deepEqual(await phone.store.counts(), {
    recorded: 4,
    received: 4,
    pending: 0,
    gone: 0,
    lost: 0,
  });
  assert.ok(server.keys.includes(key));
  assert.equal((await databasesSetAside(phone.userId))[0].unsent, 0);
});

test("what can be carried out of an old database is what is sealed", async () => {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  await phone.add("A");
  const { saves, unsent, sealed } = await survey(phone.userId, 0);
  assert.deepEqual([saves, unsent], [1, 1]);
  assert.ok(sealed <= 1);
});
