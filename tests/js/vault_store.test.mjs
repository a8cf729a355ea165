import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, newUser, VILLAGE } from "./support/phone.mjs";
import { gensOf, opaque, underPin } from "./support/data_keys.mjs";
import { everything, openRaw, readable } from "./support/disk.mjs";
import { createStore } from "../../outreach/static/js/store/store.js";
import { applyPage } from "../../outreach/static/js/store/replica/pulled_pages.js";
import { follow } from "../../outreach/static/js/store/replica/scopes.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { decode, encode } from "../../outreach/static/js/store/records/payload.js";
import { end } from "../../outreach/static/js/store/access/ended.js";
import { encryptSome } from "../../outreach/static/js/store/access/migrate.js";
import { search } from "../../outreach/static/js/store/replica/search.js";
import { putDraft } from "../../outreach/static/js/store/books/drafts.js";
import { openKey, withPin } from "../../outreach/static/js/vault/keys.js";
import { takeKey } from "../../outreach/static/js/vault/rekey.js";
import { isWeak, pinState, putOff, setPin } from "../../outreach/static/js/store/access/pin.js";
import {
  findElsewhere,
  forgetKey,
  handed,
  isOpen,
  keep,
  lock,
  look,
  onForgotten,
  touch,
} from "../../outreach/static/js/vault/session.js";
import { unlock, waitLeft } from "../../outreach/static/js/store/access/unlock.js";
import { recall, startAnew } from "../../outreach/static/js/store/access/reset.js";
import { pinWords } from "../../outreach/static/js/field/parts_of_screens/pin_words.js";
import { translator } from "./support/words.mjs";

const w = translator("id");
const pair = (to) => [null, to];
const PIN = "271828";
const FEW = { rounds: 1000 };
const NAME = "SITI AMINAH";
const NIK = "1804045203909001";
const SET = { full_name: pair(NAME), nik: pair(NIK), birth_date: pair("1990-03-12") };

async function phone(user = newUser(), clock = new Clock()) {
  return { user, clock, store: await createStore(user, { clock: clock.now }) };
}

/** A phone with a save, a draft, a picture, pulled rows and a profile. */
async function filled() {
  const made = await phone();
  const { store } = made;
  await store.setProfile({ user: { name: NAME }, role: "officer", scopes: [VILLAGE] });
  const bytes = new TextEncoder().encode(`picture of ${NAME}`);
  const sha = await sha256(bytes);
  const id = store.newId();
  const set = { ...SET, ktp_photo: pair(sha) };
  await store.save({ id, scope: VILLAGE, set, blobs: [{ sha, bytes }] });
  await store.putDraft("d", { scope: VILLAGE, data: { full_name: NAME, nik: NIK } });
  await follow(store.state, [VILLAGE]);
  const row = { table: "worker", id: store.newId(), ver: 1, status: "calon", flags: [] };
  const data = { full_name: NAME, nik: NIK };
  const rows = [{ ...row, data }];
  const page = { from: 0, cursor: 1, more: false, rows };
  await applyPage(store.state, { scopes: { [VILLAGE]: page } }, "full", [VILLAGE]);
  return { ...made, id, sha, other: row.id };
}

const WORDS = /SITI|AMINAH|9001|1804045|1990-03/;

test("nothing personal can be read on the disk, with or without a PIN", async () => {
  const { user, store } = await filled();
  const stores = await everything(`jk-${user}`);
  for (const name of ["journal", "drafts", "bytes", "index", "pages"]) {
    assert.ok(stores[name].length, name);
  }
  assert.doesNotMatch(readable(stores), WORDS);
  await setPin(store.state, PIN, FEW);
  await lock(store.state);
  assert.doesNotMatch(readable(await everything(`jk-${user}`)), WORDS);
  assert.doesNotMatch(readable(await everything("jangkau")), WORDS);
});

/** How much of it a data key opens, in the places of a form and of the profile. */
async function opened(user, key) {
  let found = 0;
  for (const part of await opaque(user))
    for (const place of ["profile", "drafts/d"]) {
      const additionalData = new TextEncoder().encode(place);
      const how = { name: "AES-GCM", iv: part.slice(2, 14), additionalData };
      const open = crypto.subtle.decrypt(how, key, part.slice(14));
      found += await open.then(
        () => 1,
        () => 0,
      );
    }
  return found;
}

test("the data key from before the PIN opens nothing that lies here after it", async () => {
  const { user, store, id, sha } = await filled();
  const before = await openKey((await look(store.state, ["keys"])).keys);
  assert.equal(await opened(user, before), 2);
  await setPin(store.state, PIN, FEW);
  assert.deepEqual(await gensOf(user), [2]);
  assert.equal(await opened(user, before), 0);
  await setPin(store.state, "314159", { ...FEW, old: PIN });
  assert.deepEqual(await gensOf(user), [3]);
  const again = await createStore(user, { clock: store.clock });
  assert.ok((await unlock(again.state, "314159")).ok);
  assert.equal((await again.worker(id)).data.nik, NIK);
  assert.equal((await again.draft("d")).data.nik, NIK);
  assert.match(new TextDecoder().decode((await again.blob(sha)).bytes), /SITI/);
  assert.equal((await again.profile()).user.name, NAME);
  assert.equal((await search(again, VILLAGE, "siti", 30)).length, 2);
});

test("killed anywhere while it is rewritten, everything still opens and the rest follows", async () => {
  for (const steps of [0, 1, 2, 3, 4, 5]) {
    const { user, store, id, sha, other } = await filled();
    const { keys } = await look(store.state, ["keys"]);
    await takeKey(store.state, keys, await withPin(keys, undefined, PIN, 1000), PIN);
    for (let n = 0; n < steps; n++) await encryptSome(store.state);
    const again = await createStore(user, { clock: store.clock });
    assert.ok((await unlock(again.state, PIN)).ok);
    assert.equal((await again.worker(id)).data.nik, NIK);
    assert.equal((await again.worker(other)).data.nik, NIK);
    assert.equal((await again.draft("d")).data.nik, NIK);
    assert.match(new TextDecoder().decode((await again.blob(sha)).bytes), /SITI/);
    await again.state.refresh();
    assert.equal(again.state.plain, true, "the next steps have this to do first");
    while (await encryptSome(again.state));
    assert.deepEqual(await gensOf(user), [2]);
    assert.equal((await look(again.state, ["keys"])).keys.gen, 2, "the PIN's own key stays");
  }
});

test("of two PINs chosen at once one counts, and it opens everything", async () => {
  const { user, store, id, clock } = await filled();
  const other = await createStore(user, { clock: clock.now });
  const pins = [PIN, "314159"];
  const done = await Promise.all([store, other].map(({ state }, i) => setPin(state, pins[i], FEW)));
  assert.deepEqual(done.map(({ ok }) => ok).sort(), [false, true]);
  const right = pins[done.findIndex(({ ok }) => ok)];
  await lock(store.state);
  const again = await createStore(user, { clock: clock.now });
  assert.ok((await unlock(again.state, right)).ok);
  assert.equal((await again.worker(id)).data.nik, NIK);
  assert.equal((await again.draft("d")).data.nik, NIK);
  assert.deepEqual(await gensOf(user), [2]);
});

test("what is changed while it is rewritten stays as it was changed", async () => {
  const { store } = await filled();
  const { keys } = await look(store.state, ["keys"]);
  await takeKey(store.state, keys, await withPin(keys, undefined, PIN, 1000), PIN);
  const { encrypt } = SubtleCrypto.prototype;
  let changes = 0;
  SubtleCrypto.prototype.encrypt = async function (how, ...rest) {
    const place = new TextDecoder().decode(how.additionalData);
    if (place === "drafts/d" && !changes) {
      changes += 1;
      await store.putDraft("d", { data: { full_name: "SEMENTARA ITU" } });
    }
    return encrypt.call(this, how, ...rest);
  };
  try {
    while (await encryptSome(store.state));
  } finally {
    SubtleCrypto.prototype.encrypt = encrypt;
  }
  assert.equal(changes, 1);
  assert.equal((await store.draft("d")).data.full_name, "SEMENTARA ITU");
});

test("what a page still writes under the key from before the PIN is not lost", async () => {
  const { user, store } = await filled();
  const page = { userId: user, conn: store.state.conn, clock: store.clock };
  await putDraft(page, "d", { data: { full_name: "LAMA" } }, new Date(0));
  await setPin(store.state, PIN, FEW);
  // It has not heard of it yet: what was typed last is written with the key that it holds.
  await putDraft(page, "d", { data: { full_name: "BARU" } }, new Date(1));
  const drafts = (await everything(`jk-${user}`)).drafts;
  assert.deepEqual(
    drafts.map(([, { payload }]) => payload[1]),
    [1],
  );
  assert.equal((await store.draft("d")).data.full_name, "BARU");
});

test("a key made before its PIN is replaced when a phone of an earlier version is opened", async () => {
  const { user, store, id } = await filled();
  const { keys } = await look(store.state, ["keys"]);
  const late = await underPin(keys, PIN);
  await keep(store.state, { keys: { ...keys, ...late } });
  const before = await openKey({ ...keys, ...late }, PIN);
  const again = await createStore(user, { clock: store.clock });
  assert.equal((await unlock(again.state, "000000")).ok, false);
  assert.ok((await unlock(again.state, PIN)).ok);
  while (await encryptSome(again.state));
  assert.equal(await opened(user, before), 0);
  assert.equal((await again.worker(id)).data.nik, NIK);
  await lock(again.state);
  assert.ok((await unlock(again.state, PIN)).ok);
  assert.equal((await look(again.state, ["keys"])).keys.gen, 2, "once");
});

test("what lies in one place cannot be passed off as lying in another", async () => {
  const { store } = await phone();
  const payload = await encode(store.state, "drafts/a", { x: 1 });
  assert.deepEqual(await decode(store.state, "drafts/a", payload), { x: 1 });
  await assert.rejects(decode(store.state, "drafts/b", payload), { name: "OperationError" });
  for (const at of [0, 1, 2, 13, 14, payload.length - 1]) {
    const changed = payload.slice();
    changed[at] ^= 1;
    await assert.rejects(decode(store.state, "drafts/a", changed));
  }
});

test("the same value never looks the same twice", async () => {
  const { store } = await phone();
  const seen = new Set();
  for (let i = 0; i < 50; i++) {
    const payload = await encode(store.state, "x", { same: true });
    seen.add(payload.slice(2, 14).join()).add(payload.slice(14).join());
  }
  assert.equal(seen.size, 100);
});

test("a locked phone shows nothing and saves nothing until the PIN is given", async () => {
  const { store, user, id, sha } = await filled();
  await setPin(store.state, PIN, FEW);
  await lock(store.state);
  const again = await createStore(user, { clock: store.clock });
  const locked = { code: "locked" };
  await assert.rejects(again.profile(), locked);
  await assert.rejects(again.worker(id), locked);
  await assert.rejects(search(again, VILLAGE, "siti", 30), locked);
  await assert.rejects(again.draft("d"), locked);
  await assert.rejects(again.putDraft("e", { data: {} }), locked);
  await assert.rejects(again.blob(sha), locked);
  await assert.rejects(again.save({ id, scope: VILLAGE, changes: { rt: "1" } }), locked);
  assert.deepEqual(await unlock(again.state, "271829"), { ok: false, left: 0, judged: true });
  assert.deepEqual(await unlock(again.state, PIN), { ok: true, left: 0, judged: true });
  assert.equal((await again.worker(id)).data.nik, NIK);
  assert.equal((await again.draft("d")).data.nik, NIK);
  assert.equal((await search(again, VILLAGE, "siti", 30)).length, 2);
  assert.equal((await again.counts()).recorded, 1);
  assert.ok((await again.save({ id, scope: VILLAGE, changes: { rt: "1" } })).mid, 2);
});

/** Contexts of one phone, each with a monotonic clock of its own, that hand each other the key. */
async function contexts(many = 2) {
  const { store, user, clock } = await phone();
  const started = clock.ms;
  let set = 0;
  const all = [store];
  while (all.length < many) all.push(await createStore(user, { clock: clock.now }));
  for (const [i, { state }] of all.entries()) {
    state.mono = () => 1000 * i + clock.ms - started - set;
  }
  findElsewhere(async (s, fits) => {
    const given = all.filter(({ state }) => state !== s).map(({ state }) => handed(state));
    return given.find((one) => one && fits(one)) ?? null;
  });
  onForgotten((s) => {
    for (const { state } of all) if (state !== s) forgetKey(state);
  });
  const setClock = (seconds) => {
    set += seconds * 1000;
    clock.pass(seconds);
  };
  await setPin(store.state, PIN, FEW);
  return { states: all.map(({ state }) => state), clock, setClock };
}

test("nothing key-like lies on the disk once a PIN was given, nor after the lock", async () => {
  const { store, user } = await phone();
  await setPin(store.state, PIN, FEW);
  const keysHere = async () => {
    const { vault } = await everything(`jk-${user}`);
    const all = vault.flatMap(([name, rec]) =>
      [rec, ...Object.values(rec ?? {})].filter((one) => one instanceof CryptoKey).map(() => name),
    );
    return [all, vault.map(([name]) => name).sort()];
  };
  const only = [
    ["keys", "keys"],
    ["keys", "turn"],
  ];
  await unlock(store.state, PIN);
  assert.deepEqual((await keysHere())[0], only[0], "the signing key and the secret");
  await lock(store.state);
  assert.deepEqual(await keysHere(), only);
});

test("an open key is handed to the next context and goes after fifteen idle minutes", async () => {
  const { states, clock } = await contexts();
  const [page, worker] = states;
  assert.ok(await isOpen(worker));
  clock.pass(14 * 60);
  touch(worker);
  clock.pass(14 * 60);
  assert.ok(await isOpen(page), "the other context was touched");
  clock.pass(2 * 60);
  touch(worker);
  assert.equal(await isOpen(worker), false, "a touch does not bring it back");
  assert.equal(await isOpen(page), false);
});

test("no clock that is set opens again what was idle, and one set back ends it", async () => {
  const { states, clock, setClock } = await contexts();
  const [page, worker] = states;
  clock.pass(16 * 60);
  setClock(-10 * 60);
  assert.equal(await isOpen(page), false, "the clock that nobody sets went on");
  assert.equal(await isOpen(worker), false, "nor is it handed on");
  await unlock(worker, PIN);
  assert.ok(await isOpen(page));
  setClock(-50);
  assert.ok(await isOpen(page), "a clock that is mended a little ends nothing");
  setClock(-50);
  assert.equal(await isOpen(worker), false);
  await unlock(worker, PIN);
  setClock(16 * 60);
  assert.equal(await isOpen(worker), false, "a phone that slept counts by its clock");
});

test("a key that was opened before the lock counts nowhere after it", async () => {
  const { states, clock } = await contexts(3);
  const [page, worker, frozen] = states;
  assert.ok((await isOpen(worker)) && (await isOpen(frozen)));
  const kept = handed(frozen);
  onForgotten(() => forgetKey(page));
  await lock(worker);
  findElsewhere(async (_s, fits) => (fits(kept) ? kept : null));
  clock.pass(10);
  touch(page);
  assert.equal(await isOpen(page), false);
  assert.equal(await isOpen(worker), false);
  await unlock(worker, PIN);
  assert.ok(await isOpen(worker));
  await end(worker, "lost");
  assert.equal(handed(worker), null);
});

test("what an earlier version left on the disk is used once and taken away", async () => {
  for (const [minutes, open] of [
    [5, true],
    [-5, false],
    [20, false],
  ]) {
    const { store, user, clock } = await phone();
    await setPin(store.state, PIN, FEW);
    const { key, gen } = handed(store.state);
    forgetKey(store.state);
    await keep(store.state, { session: { key, gen, at: clock.ms - minutes * 60_000 } });
    findElsewhere(async () => null);
    const next = await createStore(user, { clock: clock.now });
    assert.equal(await isOpen(next.state), open, `${minutes}`);
    assert.equal((await look(next.state, ["session"])).session, undefined);
  }
});

test("two officers on one phone have keys of their own", async () => {
  const one = await filled();
  const two = await phone();
  const read = (name) => look(name.store.state, ["keys"]);
  assert.notEqual((await read(one)).keys.public, (await read(two)).keys.public);
  const payload = await encode(one.store.state, "x", { a: 1 });
  await assert.rejects(decode(two.store.state, "x", payload));
  await setPin(one.store.state, PIN, FEW);
  await lock(one.store.state);
  assert.ok(await isOpen(two.store.state));
});

test("wrong PINs are counted before they are tried, and the count survives a restart", async () => {
  const { store, user, clock } = await phone();
  await setPin(store.state, PIN, FEW);
  await lock(store.state);
  for (const left of [0, 0, 0, 30_000]) {
    assert.deepEqual(await unlock(store.state, "000000"), { ok: false, left, judged: true });
  }
  const again = await createStore(user, { clock: clock.now });
  assert.deepEqual(await unlock(again.state, PIN), { ok: false, left: 30_000, judged: false });
  clock.pass(20);
  assert.equal(await waitLeft(again.state), 10_000);
  assert.equal((await unlock(again.state, PIN)).ok, false);
  clock.pass(10);
  const { importKey } = SubtleCrypto.prototype;
  await new Promise((tried) => {
    SubtleCrypto.prototype.importKey = () => {
      tried();
      return new Promise(() => {});
    };
    unlock(again.state, PIN);
  });
  SubtleCrypto.prototype.importKey = importKey;
  assert.equal(await waitLeft(again.state), 60_000, "the try that was cut off counts");
  clock.pass(60);
  assert.ok((await unlock(again.state, PIN)).ok);
  await lock(again.state);
  assert.deepEqual(await unlock(again.state, "000000"), { ok: false, left: 0, judged: true });
});

test("changing the PIN asks for the old one, counts wrong ones and keeps all that lies here", async () => {
  const { store, id } = await filled();
  await setPin(store.state, PIN, FEW);
  assert.deepEqual(await setPin(store.state, "314159", { ...FEW, old: "1" }), {
    ok: false,
    left: 0,
    judged: true,
  });
  assert.ok((await setPin(store.state, "314159", { ...FEW, old: PIN })).ok);
  await lock(store.state);
  assert.equal((await unlock(store.state, PIN)).ok, false);
  assert.ok((await unlock(store.state, "314159")).ok);
  store.state.forget();
  assert.equal((await store.worker(id)).data.nik, NIK);
});

const TRIES = {
  "opening the phone": (state, pin) => unlock(state, pin),
  "changing the PIN": (state, pin) => setPin(state, "161803", { ...FEW, old: pin }),
  "remembering the old PIN": (state, pin) => recall(state, pin),
};

for (const [what, tried] of Object.entries(TRIES)) {
  test(`${what}: a right PIN during the wait is not called wrong`, async () => {
    const { store, clock } = await phone();
    await setPin(store.state, PIN, FEW);
    if (tried === TRIES["remembering the old PIN"]) {
      await startAnew(store.state);
      await setPin(store.state, "314159", FEW);
    }
    let last;
    for (let i = 0; i < 4; i++) last = await tried(store.state, "000000");
    assert.match(pinWords(last, w), /^PIN belum cocok\. Tunggu 1 menit/);
    const early = await tried(store.state, PIN);
    assert.equal(early.ok, false);
    assert.match(pinWords(early, w), /belum diperiksa.*Tunggu 1 menit/);
    assert.doesNotMatch(pinWords(early, w), /cocok/);
    clock.pass(31);
    assert.equal((await tried(store.state, PIN)).ok, true);
  });
}

test("the wait is never told shorter than it is", () => {
  assert.match(pinWords({ left: 61_000, judged: true }, w), /Tunggu 2 menit/);
});

test("the PIN can be put off for one day", async () => {
  const { store, clock } = await phone();
  const stands = () => pinState(store.state);
  assert.deepEqual(await stands(), { has: false, ask: false, asked: false, chosen: false });
  await putOff(store.state);
  clock.pass(23 * 3600);
  await putOff(store.state);
  assert.deepEqual(await stands(), { has: false, ask: false, asked: true, chosen: true });
  clock.pass(2 * 3600);
  assert.equal((await stands()).ask, true);
  await setPin(store.state, PIN, FEW);
  assert.deepEqual(await stands(), { has: true, ask: false, asked: false, chosen: true });
});

test("PINs that everybody tries first are told apart", () => {
  for (const pin of ["000000", "123456", "987654", "456789", "123123", "121212"]) {
    assert.ok(isWeak(pin), pin);
  }
  for (const pin of [PIN, "314159", "120785", "808017"]) assert.equal(isWeak(pin), false, pin);
});

// --- phones of the version before ---------------------------------------------------------------

const JSON_1 = (value) => Uint8Array.from([1, ...new TextEncoder().encode(JSON.stringify(value))]);
const BYTES_2 = (text) => Uint8Array.from([2, ...new TextEncoder().encode(text)]);

/** A database as version 1 left it, with more records than go into one batch. */
async function oldPhone(user) {
  const db = await openRaw(`jk-${user}`, 1, (fresh) => {
    fresh.createObjectStore("meta");
    const journal = fresh.createObjectStore("journal", { keyPath: "mid" });
    journal.createIndex("id", "id");
    journal.createIndex("hot", "hot");
    fresh.createObjectStore("index", { keyPath: ["scope", "gen", "n"] });
    fresh.createObjectStore("pages", { keyPath: ["scope", "gen", "n"] });
    fresh.createObjectStore("drafts", { keyPath: "id" });
    const blobs = fresh.createObjectStore("blobs", { keyPath: "sha" });
    blobs.createIndex("todo", "todo");
    blobs.createIndex("mid", "mid");
    fresh.createObjectStore("bytes");
  });
  const tx = db.transaction([...db.objectStoreNames], "readwrite");
  const put = (store, value, key) => tx.objectStore(store).put(value, key);
  const key = (n) => `01930000-0000-7000-8000-${String(n).padStart(12, "0")}`;
  for (let mid = 1; mid <= 60; mid++) {
    const m = { mid, key: key(mid), schema: 1, op: "put", table: "worker", id: key(mid) };
    const set = { ...SET, full_name: pair(`${NAME} ${mid}`) };
    const json = JSON.stringify({ ...m, scope: VILLAGE, ver: 0, set, at: "2026-11-22T06:00:00Z" });
    const payload = JSON_1({ m: json, h: `${mid}`.padStart(64, "0"), st: "calon" });
    const rec = { mid, key: key(mid), id: key(mid), scope: VILLAGE, state: "waiting", payload };
    const held = mid % 3 ? {} : { state: "held", verdict: JSON_1({ reason: `about ${NAME}` }) };
    put("journal", { ...rec, live: 1, hot: 1, ...held });
  }
  const base = { gen: 1, list: 9, full: 9, listed: true, whole: true, drained: true, fresh: null };
  for (let n = 1; n <= 30; n++) {
    const id = key(1000 + n);
    const row = [
      id,
      9,
      9,
      `${NAME} ${n}`,
      "sitiaminah",
      NIK,
      "1990-03-12",
      "P",
      "",
      "calon",
      "",
      "",
      0,
    ];
    put("index", { scope: VILLAGE, gen: 1, n, payload: JSON_1([row]) });
    const data = { full_name: `${NAME} ${n}`, nik: NIK, mother: "AMINAH" };
    put("pages", { scope: VILLAGE, gen: 1, n, payload: JSON_1({ [id]: data }) });
    put("drafts", {
      id: `d${n}`,
      scope: VILLAGE,
      payload: JSON_1({ at: `${n}`, data: { nik: NIK } }),
    });
    put("blobs", { sha: `${n}`, mime: "image/jpeg", size: 5, mid: n, todo: 1 });
    put("bytes", BYTES_2(`${NAME} ${n}`), `${n}`);
  }
  put("meta", JSON_1({ user: { name: NAME }, role: "officer", scopes: [VILLAGE] }), "profile");
  put("meta", { j: 3, b: 4 }, "stamp");
  put("meta", { [VILLAGE]: base }, "base");
  put(
    "meta",
    { epoch: 1, received: 0, durable: 0, batch: 50, limit: { list: 1, full: 1 } },
    "sync",
  );
  const floor = { mid: 0, hash: "", key: "" };
  const head = { device: key(9999), mid: 60, hash: "60".padStart(64, "0"), key: key(60), floor };
  put("meta", { ...head, before: 0 }, "head");
  await new Promise((resolve) => {
    tx.oncomplete = resolve;
  });
  db.close();
}

/** All that a person could see of such a phone. */
async function seen(store) {
  const ids = (await store.list(VILLAGE, { limit: 500 })).map((row) => row.id);
  return {
    ledger: await store.ledger(),
    inbox: await store.inbox(),
    profile: await store.profile(),
    drafts: await store.drafts(),
    rows: await store.list(VILLAGE, { limit: 500 }),
    workers: await Promise.all(ids.map((id) => store.worker(id))),
    pictures: await Promise.all(
      Array.from({ length: 30 }, async (_, i) => [...(await store.blob(`${i + 1}`)).bytes]),
    ),
    links: await links(store),
  };
}

async function links({ state }) {
  const { linkOf } = await import("../../outreach/static/js/store/records/state.js");
  const found = (await everything(`jk-${state.userId}`)).journal;
  return Promise.all(found.map(([, rec]) => linkOf(state, rec)));
}

/** The next `nth` write of any store fails as a kill would make it fail. */
function killAt(nth) {
  const { prototype } = IDBObjectStore;
  const { put } = prototype;
  let left = nth;
  prototype.put = function dying(...args) {
    if (--left <= 0) throw new DOMException("killed", "AbortError");
    return put.apply(this, args);
  };
  return () => {
    prototype.put = put;
  };
}

test("a phone of the version before is encrypted whole, whenever it is killed, and loses nothing", async () => {
  const user = newUser();
  await oldPhone(user);
  const before = await (async () => {
    const { store } = await phone(user);
    const all = await seen(store);
    await store.close();
    return all;
  })();
  assert.equal(before.workers.length, 90);
  assert.match(readable(await everything(`jk-${user}`)), WORDS);
  let kills = 0;
  for (let nth = 1, more = true; more; nth += 7) {
    const { store } = await phone(user);
    const revive = killAt(nth);
    try {
      while (more) more = await encryptSome(store.state);
    } catch {
      kills += 1;
    }
    revive();
    await store.close();
  }
  assert.ok(kills > 5, `${kills} kills`);
  const { store } = await phone(user);
  assert.equal(store.state.plain, false);
  assert.deepEqual(await seen(store), before);
  const stores = await everything(`jk-${user}`);
  assert.doesNotMatch(readable(stores), WORDS);
  assert.equal(
    stores.meta.some(([name]) => name === "plain"),
    false,
  );
  assert.equal(await encryptSome(store.state), false);
});

/** Does some work once, each while a value is being encrypted for its place. */
function during(works) {
  const { prototype } = SubtleCrypto;
  const { encrypt } = prototype;
  const left = new Map(Object.entries(works));
  prototype.encrypt = async function late(...args) {
    const made = await encrypt.apply(this, args);
    const place = Buffer.from(args[0].additionalData ?? "").toString();
    const work = left.get(place);
    left.delete(place);
    if (!left.size) prototype.encrypt = encrypt;
    await work?.();
    return made;
  };
}

test("what is written while old records are being rewritten is not overwritten", async () => {
  const user = newUser();
  await oldPhone(user);
  const { store } = await phone(user);
  const newer = { scope: VILLAGE, data: { nik: "newer" } };
  during({
    "drafts/d1": () => store.putDraft("d1", newer),
    "drafts/d2": () => store.deleteDraft("d2"),
  });
  while (await encryptSome(store.state));
  assert.deepEqual((await store.draft("d1")).data, newer.data);
  assert.equal(await store.draft("d2"), null);
});

test("a verdict that comes while its save is being rewritten stays", async () => {
  const user = newUser();
  await oldPhone(user);
  const { store } = await phone(user);
  const key = "01930000-0000-7000-8000-000000000003";
  during({ [`journal/${key}`]: () => store.resolve([3]) });
  while (await encryptSome(store.state));
  const third = (await everything(`jk-${user}`)).journal[2][1];
  assert.equal(third.state, "resolved");
  assert.deepEqual(await decode(store.state, `verdict/${key}`, third.verdict), {
    reason: `about ${NAME}`,
    resolved: true,
  });
});

test("a record in clear behind the place reached is found before the end", async () => {
  const user = newUser();
  await oldPhone(user);
  const { store } = await phone(user);
  for (let i = 0; i < 6; i++) await encryptSome(store.state);
  await store.state.conn.run(["drafts"], "readwrite", (tx) => {
    tx.objectStore("drafts").put({
      id: "a",
      scope: VILLAGE,
      payload: JSON_1({ at: "", data: NIK }),
    });
  });
  while (await encryptSome(store.state));
  assert.doesNotMatch(readable(await everything(`jk-${user}`)), WORDS);
});

test("a PIN is taken only once nothing of the version before lies in clear", async () => {
  const user = newUser();
  await oldPhone(user);
  const { store } = await phone(user);
  await setPin(store.state, PIN, FEW);
  assert.doesNotMatch(readable(await everything(`jk-${user}`)), WORDS);
});

test("names that an earlier version kept about the phone's users go", async () => {
  const db = await openRaw("jangkau");
  const tx = db.transaction(["meta"], "readwrite");
  tx.objectStore("meta").put({ a: { id: "a", name: NAME, unsent: 2 } }, "users");
  await new Promise((resolve) => {
    tx.oncomplete = resolve;
  });
  db.close();
  const { store } = await phone();
  await store.save({ id: store.newId(), scope: VILLAGE, set: SET });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const stores = await everything("jangkau");
  assert.doesNotMatch(readable(stores), WORDS);
  assert.match(readable(stores), /unsent: 2/);
});
