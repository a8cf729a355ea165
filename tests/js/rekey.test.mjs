// Another data key in the place of the present one, while something else happens on the phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone, VILLAGE } from "./support/phone.mjs";
import { gensOf, underPin } from "./support/data_keys.mjs";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair } from "./support/fakeServer.mjs";
import { putDraft } from "../../outreach/static/js/store/drafts.js";
import { sha256 } from "../../outreach/static/js/store/hash.js";
import { end } from "../../outreach/static/js/vault/ended.js";
import { setPin } from "../../outreach/static/js/vault/pin.js";
import { isOpen, keep, lock, look } from "../../outreach/static/js/vault/session.js";
import { unlock } from "../../outreach/static/js/vault/unlock.js";

const PIN = "271828";
const FEW = { rounds: 1000 };

async function setup() {
  const server = new FakeServer();
  server.pairs = [await sealingPair("k1")];
  return { server, phone: await Phone.at(server) };
}

const form = (name) => ({ scope: VILLAGE, data: { full_name: name } });
const keysOf = async ({ state }) => (await look(state, ["keys"])).keys;

/** Every write of more bytes than `free` fails, until the answer is called. */
function full(free) {
  const { prototype } = IDBObjectStore;
  const { put } = prototype;
  prototype.put = function crowded(value, ...rest) {
    const size = value instanceof Uint8Array ? value.length : 0;
    if (size > free) throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, ...rest);
  };
  return () => {
    prototype.put = put;
  };
}

async function addWithPicture(phone) {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7) & 255);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add("FOTO", { ktp_photo: sha });
  return sha;
}

test("a phone too full to be rewritten goes on sending, and is rewritten afterwards", async () => {
  const { server, phone } = await setup();
  const sha = await addWithPicture(phone);
  const { state } = phone.store;
  const free = full(2000);
  try {
    assert.ok((await setPin(state, PIN, FEW)).ok, "the PIN counts");
    await phone.sync();
  } finally {
    free();
  }
  assert.equal(server.keys.length, 1);
  assert.equal(server.state.blobs[sha].length, 6000);
  await phone.sync();
  assert.deepEqual(await gensOf(phone.userId), [2]);
});

test("a phone too full for another data key opens with its PIN all the same", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  const keys = await keysOf(phone.store);
  await phone.store.putDraft("d", form("ISIAN"));
  await keep(state, { keys: { ...keys, ...(await underPin(keys, PIN)) } });
  await lock(state);
  const { prototype } = IDBObjectStore;
  const { put } = prototype;
  prototype.put = function crowded(value, ...rest) {
    if (value?.old) throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, ...rest);
  };
  try {
    assert.ok((await unlock(state, PIN)).ok);
  } finally {
    prototype.put = put;
  }
  assert.equal((await phone.store.draft("d")).data.full_name, "ISIAN");
});

test("a full phone that was called lost is shut at once, and seals when there is room", async () => {
  const { server, phone } = await setup();
  const { state } = phone.store;
  server.change("w", { full_name: "DARI SERVER" });
  await phone.sync();
  const sha = await addWithPicture(phone);
  const free = full(2000);
  try {
    await setPin(state, PIN, FEW);
    assert.equal((await end(state, "lost")).key, true);
  } finally {
    free();
  }
  assert.equal(await isOpen(state), false);
  const { index, pages } = await everything(`jk-${phone.userId}`);
  assert.deepEqual([index, pages], [[], []]);
  await unlock(state, PIN);
  assert.equal((await keysOf(phone.store)).wrapped, undefined);
  await phone.sync();
  assert.equal(server.keys.length, 1);
  assert.deepEqual(
    (await everything(`jk-${phone.userId}`)).bytes.map(([name]) => name),
    [sha],
  );
});
