// Another data key in the place of the present one, while something else happens on the phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone, VILLAGE } from "./support/phone.mjs";
import { gensOf, underPin } from "./support/data_keys.mjs";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair } from "./support/fakeServer.mjs";
import { getDraft, putDraft } from "../../outreach/static/js/store/books/drafts.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { end } from "../../outreach/static/js/store/access/ended.js";
import { withPin } from "../../outreach/static/js/vault/keys.js";
import { setPin } from "../../outreach/static/js/store/access/pin.js";
import { takeKey } from "../../outreach/static/js/vault/rekey.js";
import { recall, startAnew } from "../../outreach/static/js/store/access/reset.js";
import { isOpen, keep, lock, look } from "../../outreach/static/js/vault/session.js";
import { unlock } from "../../outreach/static/js/store/access/unlock.js";

const PIN = "271828";
const OTHER = "314159";
const FEW = { rounds: 1000 };
const ROUNDS = 1000;

async function setup() {
  const server = new FakeServer();
  server.pairs = [await sealingPair("k1")];
  return { server, phone: await Phone.at(server) };
}

const form = (name) => ({ scope: VILLAGE, data: { full_name: name } });
const keysOf = async ({ state }) => (await look(state, ["keys"])).keys;

/** Does some work once, right before the next call of a function of WebCrypto. */
function before(name, work) {
  const { prototype } = SubtleCrypto;
  const real = prototype[name];
  prototype[name] = async function late(...args) {
    prototype[name] = real;
    await work();
    return real.apply(this, args);
  };
}

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

test("an old PIN given while another is chosen brings back what it had locked", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  await phone.store.putDraft("d", form("ISIAN"));
  await setPin(state, PIN, FEW);
  await startAnew(state);
  await setPin(state, OTHER, FEW);
  const { conn } = state;
  const { run } = conn;
  // Another tab changes the PIN while this one counts the try.
  conn.run = async (...args) => {
    conn.run = run;
    assert.ok((await setPin(state, "161803", { ...FEW, old: OTHER })).ok);
    return run.apply(conn, args);
  };
  assert.ok((await recall(state, PIN)).ok);
  await lock(state);
  assert.ok((await unlock(state, "161803")).ok);
  assert.equal((await phone.store.draft("d")).data.full_name, "ISIAN");
});

test("an old key found while the data key is replaced stays found", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  await setPin(state, PIN, FEW);
  await startAnew(state);
  await setPin(state, OTHER, FEW);
  const keys = await keysOf(phone.store);
  const made = await withPin(keys, OTHER, "161803", ROUNDS);
  assert.ok((await recall(state, PIN)).ok);
  assert.ok(await takeKey(state, keys, made, "161803"));
  const { old } = await keysOf(phone.store);
  assert.ok(old.every(({ under }) => under));
});

test("a PIN chosen while the phone is called lost brings no key back", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  const keys = await keysOf(phone.store);
  const made = await withPin(keys, undefined, PIN, ROUNDS);
  await end(state, "lost");
  assert.equal(await takeKey(state, keys, made, PIN), false);
  assert.equal((await keysOf(phone.store)).wrapped, undefined);
  assert.equal(await isOpen(state), false);
});

test("a PIN chosen while the phone begins anew is not overwritten with what it locks", async () => {
  const { phone } = await setup();
  const { state } = phone.store;
  await setPin(state, PIN, FEW);
  before("wrapKey", async () => {
    assert.ok((await setPin(state, OTHER, { ...FEW, old: PIN })).ok);
    await phone.store.putDraft("d", form("ISIAN"));
  });
  await startAnew(state);
  await lock(state);
  if (!(await unlock(state, OTHER)).ok) await recall(state, OTHER);
  assert.equal((await phone.store.draft("d"))?.data.full_name, "ISIAN");
});

test("a PIN changed after a lost answer costs no login: the server's own key is kept till then", async () => {
  const { server, phone } = await setup();
  await phone.sync();
  const { state } = phone.store;
  await setPin(state, PIN, FEW);
  server.losesRenewals = true;
  await phone.sync();
  await setPin(state, OTHER, { ...FEW, old: PIN });
  await phone.sync();
  server.losesRenewals = false;
  server.staleLogin = true;
  phone.clock.pass(600);
  const done = [...(await phone.sync()), ...(await phone.sync())];
  assert.ok(!done.includes("auth"), String(done));
  const { fetch, next } = await keysOf(phone.store);
  assert.deepEqual([fetch.gen, next], [3, undefined]);
});

test("a page that has not heard of another data key asks for it, and takes no form for lost", async () => {
  const { phone } = await setup();
  const { store } = phone;
  const page = { userId: phone.userId, conn: store.state.conn, clock: phone.clock.now };
  await putDraft(page, "d", form("LAMA"), new Date(0));
  await setPin(store.state, PIN, FEW);
  await store.putDraft("d", form("BARU"));
  await assert.rejects(getDraft(page, "d"), { code: "locked" });
});
