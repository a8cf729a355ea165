// A picture that the server refused for good: named as something to take again, never as waiting.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import { newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { todoBlobs } from "../../outreach/static/js/store/records/blobs.js";
import { waitingToBeCarried } from "../../outreach/static/js/sync/carried_files.js";
import { fixView } from "../../outreach/static/js/field/screens/worker/to_fix_view.js";
import { FakeServer } from "./support/fakeServer.mjs";
import { translator } from "./support/words.mjs";

const w = translator("id");
const BROKEN = { offset: 2000, state: "refused", code: "blob_not_readable" };

async function setup() {
  const server = new FakeServer();
  const phone = await Phone.at(server, newUser());
  return { server, phone };
}

async function picture() {
  const bytes = new Uint8Array(randomBytes(2000));
  return { sha: await sha256(bytes), bytes };
}

/** A worker with a card's picture; the worker's id and the picture. */
async function withPicture(phone) {
  const card = await picture();
  const id = phone.store.newId();
  const set = { full_name: [null, "SITI"], ktp_photo: [null, card.sha] };
  await phone.store.save({ id, scope: VILLAGE, set, blobs: [card] });
  return { id, card };
}

/** Steps in which the server answers so to every piece of a picture. */
async function refusing(phone, answer, status = 200) {
  const made = (init) => phone.server.signed(Response.json(answer, { status }), init);
  const fetch = (url, init) =>
    url.includes("/blob/") ? made(init) : phone.server.fetch(url, init);
  phone.clock.pass(60);
  for (let i = 0; i < 8; i++) await phone.step({ fetch });
}

const cards = async (phone) =>
  fixView({ inbox: await phone.store.inbox(), occupations: [], canAdd: true }, w).cards;

for (const [what, answer, status, words] of [
  ["broken", BROKEN, 200, "rusak"],
  ["too big", { code: "blob_too_big", params: {} }, 413, "terlalu besar"],
]) {
  test(`a ${what} picture waits for nothing and is named as one to take again`, async () => {
    const { phone } = await setup();
    const { id } = await withPicture(phone);
    await refusing(phone, answer, status);
    assert.deepEqual(await todoBlobs(phone.store.state), []);
    const carried = await waitingToBeCarried(phone.store.state.conn);
    assert.deepEqual([carried.photos, carried.left], [0, 0]);
    const ledger = await phone.store.ledger();
    assert.deepEqual([ledger.pending, ledger.items[0].missing], [0, 0]);
    const [card] = await cards(phone);
    assert.deepEqual([card.id, card.name, card.steps.map((s) => s.step)], [id, "SITI", ["nik"]]);
    assert.match(card.reasons[0], new RegExp(`^Foto KTP: .*${words}`));
  });
}

test("taking it again ends it, and the new picture goes", async () => {
  const { server, phone } = await setup();
  const { id, card } = await withPicture(phone);
  await refusing(phone, BROKEN);
  await phone.reopen();
  assert.equal((await phone.store.inbox()).length, 1, "also after the app was closed");
  const again = await picture();
  const set = { ktp_photo: [card.sha, again.sha] };
  await phone.store.save({ id, scope: VILLAGE, set, blobs: [again] });
  assert.deepEqual(await phone.store.inbox(), []);
  await phone.sync();
  assert.equal(server.state.blobs[again.sha], Buffer.from(again.bytes).toString("hex"));
  assert.equal(server.state.blobs[card.sha], undefined, "the refused one is offered no more");
  assert.deepEqual(await phone.store.inbox(), []);
});

test("a picture whose bytes are gone is taken again too", async () => {
  const { phone } = await setup();
  const { card } = await withPicture(phone);
  const { conn } = phone.store.state;
  await conn.run(["bytes"], "readwrite", (tx) => tx.objectStore("bytes").delete(card.sha));
  phone.clock.pass(60);
  for (let i = 0; i < 8; i++) await phone.step();
  assert.deepEqual(await todoBlobs(phone.store.state), []);
  assert.match((await cards(phone))[0].reasons[0], /tidak ditemukan di HP ini/);
});

test("it keeps no save from being let go of once that is safe", async () => {
  const { server, phone } = await setup();
  await withPicture(phone);
  await refusing(phone, BROKEN);
  server.durable = 1;
  await phone.sync();
  assert.equal(phone.store.state.head.floor.mid, 1);
  assert.equal((await phone.store.inbox()).length, 1, "and is named all the same");
});
