import assert from "node:assert/strict";
import { workerCode } from "../../outreach/static/js/domain/code.js";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Clock, newUser, VILLAGE } from "./support/phone.mjs";
import { createStore, openUser } from "../../outreach/static/js/store/store.js";
import { ask } from "../../outreach/static/js/store/engine/idb.js";
import { nearing65 } from "../../outreach/static/js/domain/age.js";
import { who } from "../../outreach/static/js/field/parts_of_screens/field_builders.js";
import { translator } from "./support/words.mjs";
import { inTurn } from "../../outreach/static/js/store/books/drafts.js";
import { exclusively } from "../../outreach/static/js/store/engine/locks.js";
import { openRaw } from "./support/disk.mjs";
import { userDatabase } from "../../outreach/static/js/store/engine/db.js";
import { link } from "../../outreach/static/js/store/engine/hash.js";
import { decode } from "../../outreach/static/js/store/records/payload.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { search } from "../../outreach/static/js/store/replica/search.js";

const open = (user = newUser()) => createStore(user, { clock: new Clock().now });
const pair = (to) => [null, to];

async function records(store, name) {
  return store.state.conn.run([name], "readonly", (tx) => {
    const request = tx.objectStore(name).getAll();
    return new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  });
}

test("a save is in the journal, its draft is gone and its picture is queued", async () => {
  const store = await open();
  const bytes = new Uint8Array([1, 2, 3]);
  const sha = await sha256(bytes);
  const id = store.newId();
  await store.putDraft("d", { scope: VILLAGE, data: { step: 3 } });
  await store.putDraft("other", { scope: VILLAGE, data: {} });
  const set = { full_name: pair("SITI"), ktp_photo: pair(sha) };
  const saved = await store.save({
    id,
    scope: VILLAGE,
    set,
    draftId: "d",
    blobs: [{ sha, bytes }],
  });
  assert.deepEqual(saved, { mid: 1, key: id });
  assert.equal(await store.draft("d"), null);
  assert.equal((await store.drafts()).length, 1);
  assert.deepEqual([...(await store.blob(sha)).bytes], [1, 2, 3]);
  const { items, ...counts } = await store.ledger();
  assert.deepEqual(counts, { recorded: 1, received: 0, pending: 1, gone: 0, lost: 0 });
  assert.equal(items[0].missing, 1);
  assert.equal(items[0].photos, 1);
});

test("a picture kept with the draft is queued by the save that names it", async () => {
  const store = await open();
  const bytes = new Uint8Array([7]);
  const sha = await sha256(bytes);
  await store.putBlob(sha, bytes, "image/webp");
  assert.equal((await store.blob(sha)).todo, undefined);
  const consent = { evidence: sha, method: "tanda_tangan_layar" };
  await store.save({ id: store.newId(), scope: VILLAGE, set: { consent: pair(consent) } });
  assert.equal((await store.blob(sha)).todo, 1);
});

test("the chain runs over the exact bytes that travel", async () => {
  const store = await open();
  for (const name of ["A", "B", "C"]) {
    await store.save({ id: store.newId(), scope: VILLAGE, set: { full_name: pair(name) } });
  }
  let hash = "";
  for (const record of await records(store, "journal")) {
    const { m } = await decode(store.state, `journal/${record.key}`, record.payload);
    hash = await link(hash, m);
    assert.equal(record.h, hash);
    assert.equal(JSON.parse(m).mid, record.mid);
  }
  assert.equal(store.state.head.hash, hash);
});

test("two contexts saving at once leave no gap and no double number", async () => {
  const user = newUser();
  const [tab, worker] = [await open(user), await open(user)];
  // Without the lock only the check inside the transaction is left to keep the numbers apart.
  tab.state.userId = `${user}-tab`;
  const saves = [];
  for (let i = 0; i < 20; i++) {
    const store = i % 2 ? tab : worker;
    const set = { full_name: pair(`N${i}`) };
    saves.push(store.save({ id: store.newId(), scope: VILLAGE, set }));
  }
  const mids = (await Promise.all(saves)).map((saved) => saved.mid).sort((a, b) => a - b);
  assert.deepEqual(
    mids,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  let hash = "";
  for (const record of await records(tab, "journal")) {
    const { m } = await decode(tab.state, `journal/${record.key}`, record.payload);
    hash = await link(hash, m);
    assert.equal(record.h, hash);
  }
});

/** The modes of this store's transactions while `work` runs. */
async function transactions(store, work) {
  const { conn } = store.state;
  const { run } = conn;
  const modes = [];
  conn.run = (stores, mode, ...more) => {
    modes.push(mode);
    return run.call(conn, stores, mode, ...more);
  };
  await work();
  conn.run = run;
  return modes;
}

test("a save that was prepared for is one transaction, and its row is shown without another", async () => {
  const store = await open();
  const id = store.newId();
  store.prepare(id);
  await store.ready.seen;
  let shown;
  const modes = await transactions(store, async () => {
    const saved = await store.save({ id, scope: VILLAGE, set: { full_name: pair("SITI") } });
    assert.deepEqual(saved, { mid: 1, key: id });
    shown = await store.asSaved(id);
  });
  assert.deepEqual(modes, ["readwrite"]);
  const { history, ...read } = await store.worker(id);
  assert.deepEqual(shown, read);
  assert.equal(history.length, 1);
});

test("a save that was prepared for is made anew where another context saved meanwhile", async () => {
  const user = newUser();
  const [tab, worker] = [await open(user), await open(user)];
  const [id, other] = [tab.newId(), tab.newId()];
  const set = { full_name: pair("SITI") };
  tab.prepare(id);
  await tab.ready.seen;
  await worker.save({ id: other, scope: VILLAGE, set });
  assert.deepEqual(await tab.save({ id, scope: VILLAGE, set }), { mid: 2, key: id });
  tab.prepare(other);
  await tab.ready.seen;
  await worker.save({ id: other, scope: VILLAGE, changes: { rt: "1" } });
  await tab.save({ id: other, scope: VILLAGE, changes: { rt: "2" } });
  assert.deepEqual((await tab.worker(other)).history[2].set, { rt: ["1", "2"] });
  const [, , third, fourth] = await records(tab, "journal");
  const { m } = await decode(tab.state, `journal/${fourth.key}`, fourth.payload);
  assert.equal(fourth.h, await link(third.h, m));
});

test("what was read for a save does not count once memory was wiped", async () => {
  const store = await open();
  const id = store.newId();
  await store.save({ id, scope: VILLAGE, set: { full_name: pair("SITI"), rt: pair("1") } });
  store.prepare(id);
  await store.ready.seen;
  store.state.wipe();
  await store.save({ id, scope: VILLAGE, changes: { rt: "2" } });
  assert.deepEqual((await store.worker(id)).history[1].set, { rt: ["1", "2"] });
});

test("a save goes on where reading for it failed, and uses what was read once only", async () => {
  const store = await open();
  const { refresh } = store.state;
  store.state.refresh = async () => {
    throw new Error("storage");
  };
  const id = store.newId();
  store.prepare(id);
  store.state.refresh = refresh;
  assert.equal((await store.save({ id, scope: VILLAGE, set: { rt: pair("1") } })).mid, 1);
  store.prepare(id);
  await store.save({ id, scope: VILLAGE, changes: { rt: "2" } });
  assert.equal(store.ready, null);
  store.prepare(id);
  const other = store.newId();
  const saved = await store.save({ id: other, scope: VILLAGE, set: { rt: pair("1") } });
  assert.equal(saved.key, other);
});

test("a save that was prepared for and is too big says so once its turn has come", async () => {
  const store = await open();
  const id = store.newId();
  store.prepare(id);
  await store.ready.seen;
  const wait = () => new Promise((done) => setTimeout(done, 20));
  const before = exclusively(`jk-${store.userId}-journal`, wait);
  const save = store.save({ id, scope: VILLAGE, set: { note: pair("x".repeat(24000)) } });
  await assert.rejects(save, { code: "mutation_too_big" });
  await before;
});

test("from is what the person saw, else what the screen shows", async () => {
  const store = await open();
  const id = store.newId();
  await store.save({ id, scope: VILLAGE, set: { full_name: pair("SITI"), rt: pair("1") } });
  await store.save({ id, scope: VILLAGE, changes: { rt: "2" } });
  await store.save({ id, scope: VILLAGE, set: { rt: ["1", "3"], full_name: ["SITI", "SITI"] } });
  const { history, data } = await store.worker(id);
  assert.deepEqual(history[1].set, { rt: ["1", "2"] });
  assert.deepEqual(history[2].set, { rt: ["1", "3"] });
  assert.equal(data.rt, "3");
});

test("saving the same thing twice changes nothing", async () => {
  const store = await open();
  const id = store.newId();
  const request = {
    id,
    scope: VILLAGE,
    set: { full_name: pair("SITI"), heirs: pair([{ name: "X", relation: "anak" }]) },
  };
  const first = await store.save(request);
  const again = await store.save(request);
  assert.deepEqual(again, { ...first, unchanged: true });
  assert.equal((await store.counts()).recorded, 1);
});

test("only the first save of a row uses its id as key", async () => {
  const store = await open();
  const id = store.newId();
  const first = await store.save({ id, scope: VILLAGE, set: { full_name: pair("SITI") } });
  const second = await store.save({ id, scope: VILLAGE, changes: { rt: "1" } });
  assert.equal(first.key, id);
  assert.notEqual(second.key, id);
});

test("a form that nobody has answered is in no list until it is written again", async () => {
  const store = await open();
  await store.putDraft("d", { scope: VILLAGE, data: { step: "nik" }, blank: true });
  assert.deepEqual(await store.drafts(), []);
  assert.deepEqual((await store.draft("d")).data, { step: "nik" });
  await store.putDraft("d", { scope: VILLAGE, data: { step: "nik" } });
  assert.equal((await store.drafts()).length, 1);
});

test("the list of forms waits for one that a page is still writing", async () => {
  const store = await open();
  await store.putDraft("d", { data: {}, blank: true });
  let go = () => {};
  const written = inTurn("d", async () => {
    await new Promise((ok) => {
      go = ok;
    });
    await store.putDraft("d", { data: { step: "nik" } });
  });
  const listed = store.drafts();
  await new Promise((ok) => setTimeout(ok, 20));
  go();
  await written;
  assert.equal((await listed).length, 1);
});

test("a save over 24 kB is refused with a code and keeps the draft", async () => {
  const store = await open();
  await store.putDraft("d", { data: {} });
  const set = { notes: pair("x".repeat(25000)) };
  const save = store.save({ id: store.newId(), scope: VILLAGE, set, draftId: "d" });
  await assert.rejects(save, { code: "mutation_too_big" });
  assert.ok(await store.draft("d"));
  assert.equal((await store.counts()).recorded, 0);
});

test("a full disk is told, keeps the draft and gives the number to the next save", async () => {
  const store = await open();
  await store.putDraft("d", { data: { a: 1 } });
  const { prototype } = IDBObjectStore;
  const { add } = prototype;
  prototype.add = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const id = store.newId();
  const request = { id, scope: VILLAGE, set: { full_name: pair("SITI") }, draftId: "d" };
  await assert.rejects(store.save(request), { code: "storage_full" });
  prototype.add = add;
  assert.deepEqual((await store.draft("d")).data, { a: 1 });
  assert.equal((await store.save(request)).mid, 1);
});

test("a picture named without bytes is refused", async () => {
  const store = await open();
  const save = store.save({
    id: store.newId(),
    scope: VILLAGE,
    set: { full_name: pair("SITI") },
    blobs: [{ sha: "ab".repeat(32) }],
  });
  await assert.rejects(save, { code: "blob_missing" });
});

test("a save resolves only once its transaction is complete, and asks for strict durability", async () => {
  const store = await open();
  const { prototype } = IDBDatabase;
  const { transaction } = prototype;
  const seen = [];
  prototype.transaction = function begin(stores, mode, options) {
    const tx = transaction.call(this, stores, mode, options);
    const entry = { mode, durability: options?.durability, journal: stores.includes("journal") };
    seen.push(entry);
    tx.addEventListener("complete", () => {
      entry.complete = true;
    });
    return tx;
  };
  await store.save({ id: store.newId(), scope: VILLAGE, set: { full_name: pair("A") } });
  prototype.transaction = transaction;
  const write = seen.find((tx) => tx.mode === "readwrite" && tx.journal);
  assert.deepEqual(write, {
    mode: "readwrite",
    durability: "strict",
    journal: true,
    complete: true,
  });
});

test("a browser that cannot be told to commit saves all the same", async (t) => {
  const store = await open();
  const commit = t.mock.method(IDBTransaction.prototype, "commit", () => {
    throw new TypeError("tx.commit is not a function");
  });
  const set = { full_name: pair("SITI") };
  await store.save({ id: store.newId(), scope: VILLAGE, set });
  assert.ok(commit.mock.callCount() > 0);
  assert.equal((await store.counts()).recorded, 1);
});

test("a write that nobody waits for and that fails undoes the others and is told", async () => {
  const { conn } = (await open()).state;
  const twice = conn.run(["drafts", "blobs"], "readwrite", (tx) => {
    tx.objectStore("drafts").put({ id: "d", scope: "", payload: new Uint8Array() });
    tx.objectStore("blobs").add({ sha: "a" });
    tx.objectStore("blobs").add({ sha: "a" });
  });
  await assert.rejects(twice, { code: "storage_failed" });
  const left = await conn.run(["drafts"], "readonly", (tx) =>
    ask(tx.objectStore("drafts").count()),
  );
  assert.equal(left, 0);
});

test("an open connection lets a newer version in and comes back", async () => {
  const user = newUser();
  const store = await open(user);
  const connection = userDatabase(user);
  connection.version += 1;
  connection.upgrade = () => {};
  await connection.open();
  await assert.rejects(store.drafts(), { code: "storage_newer" });
  await connection.close();
});

test("an open that fails for a while is tried again, then told by its code", async () => {
  const { open: real } = indexedDB;
  let failures = 2;
  indexedDB.open = function broken(...args) {
    if (failures-- <= 0) return real.apply(this, args);
    const request = { error: new DOMException("io", "UnknownError") };
    queueMicrotask(() => request.onerror());
    return request;
  };
  const store = await open();
  assert.equal((await store.counts()).recorded, 0);
  failures = 99;
  await assert.rejects(open(), { code: "storage_broken" });
  indexedDB.open = real;
});

const deleted = (user) =>
  new Promise((resolve) => {
    indexedDB.deleteDatabase(`jk-${user}`).onsuccess = resolve;
  });

// The browser tells that it has closed a database, or it is seen before that is told.
for (const told of [true, false]) {
  test(`whoever had a closed database in memory writes nothing to the next (${told})`, async () => {
    const user = newUser();
    const store = await openUser(user);
    await store.save({ id: store.newId(), scope: VILLAGE, set: { full_name: pair("A") } });
    const db = await store.state.conn.open();
    db.close();
    if (told) db.onclose();
    await deleted(user);
    const set = { full_name: pair("B") };
    const late = () => store.save({ id: store.newId(), scope: VILLAGE, set });
    for (const _ of [1, 2]) await assert.rejects(late(), { code: "storage_busy" });
    const names = (await indexedDB.databases()).map(({ name }) => name);
    assert.ok(!names.includes(`jk-${user}`));
    const after = await openUser(user);
    assert.notEqual(after, store);
    assert.equal((await after.save({ id: after.newId(), scope: VILLAGE, set })).mid, 1);
  });
}

test("what earlier versions left in a database that began anew is not built upon", async () => {
  for (const rest of ["head", "nothing"]) {
    const user = newUser();
    const before = await open(user);
    const { head } = before.state;
    await before.close();
    const raw = await openRaw(`jk-${user}`);
    const meta = raw.transaction(["meta"], "readwrite").objectStore("meta");
    meta.clear();
    meta.put({ j: Number.NaN, b: Number.NaN }, "stamp");
    if (rest === "head") meta.put(head, "head");
    else meta.put(new Uint8Array([1, 2, 3]), "profile");
    await new Promise((resolve) => Object.assign(meta.transaction, { oncomplete: resolve }));
    raw.close();
    const after = await open(user);
    await after.setProfile({ user, role: "officer", scopes: [VILLAGE] });
    assert.equal((await after.profile()).role, "officer");
    const saved = { id: after.newId(), scope: VILLAGE, set: { full_name: pair("A") } };
    assert.equal((await after.save(saved)).mid, 1);
    assert.equal(after.state.head.device === head.device, rest === "head");
  }
});

test("the cookie names the numbers that vanished with the storage", async () => {
  const jar = new Map();
  globalThis.cookieStore = {
    // As in a worker, which sees only the cookies of its own address.
    get: async (name) => ("/sw.js".startsWith(jar.get(name)?.path) ? jar.get(name) : null),
    set: async (cookie) => void jar.set(cookie.name, cookie),
  };
  const user = newUser();
  const store = await open(user);
  await store.save({ id: store.newId(), scope: VILLAGE, set: { full_name: pair("A") } });
  await store.save({ id: store.newId(), scope: VILLAGE, set: { full_name: pair("B") } });
  await store.close();
  await deleted(user);
  const after = await open(user);
  delete globalThis.cookieStore;
  assert.equal((await after.ledger()).lost, 2);
  assert.equal(after.state.head.lost.mid, 2);
  assert.ok(Math.abs(after.state.head.lost.at - Date.now()) < 60_000);
});

test("nothing personal lies in clear", async () => {
  const store = await open();
  const id = store.newId();
  const set = { full_name: pair("SITI AMINAH"), nik: pair("1804045203909001") };
  await store.putDraft("d", { scope: VILLAGE, data: { full_name: "SITI AMINAH" } });
  await store.save({ id, scope: VILLAGE, set });
  for (const name of ["journal", "drafts", "index", "pages", "blobs"]) {
    for (const record of await records(store, name)) {
      const { payload, verdict, ...clear } = record;
      assert.ok(!payload || payload instanceof Uint8Array);
      assert.doesNotMatch(JSON.stringify(clear), /SITI|9001/);
    }
  }
});

const shared = JSON.parse(readFileSync(new URL("../shared/people.json", import.meta.url), "utf8"));

test("names are found as the shared vectors say", async () => {
  const store = await open();
  const names = new Set(shared.name_found.map(([[name]]) => name));
  for (const name of names)
    await store.save({ id: store.newId(), scope: VILLAGE, set: { full_name: pair(name) } });
  for (const [[name, typed], found] of shared.name_found) {
    const hits = await search(store, VILLAGE, typed, 100);
    assert.equal(
      hits.some((hit) => hit.name === name),
      found,
      `${typed} in ${name}`,
    );
  }
});

test("two spellings of one name are a hint when the birth date is the same", async () => {
  const store = await open();
  const people = ["NUR JANNAH", "MOH. ALI", "SITI ROHANI", "NUR HASANAH"];
  const birth = "1980-08-07";
  for (const name of people) {
    const set = { full_name: pair(name), birth_date: pair(birth) };
    await store.save({ id: store.newId(), scope: VILLAGE, set });
  }
  const hint = async (full_name, birth_date = birth) =>
    (await store.duplicates({ full_name, birth_date })).map(({ name, why }) => [name, why]);
  assert.deepEqual(await hint("NURJANAH"), [["NUR JANNAH", "name_birth"]]);
  assert.deepEqual(await hint("Muhammad Ali"), [["MOH. ALI", "name_birth"]]);
  assert.deepEqual(await hint("St. Rohani"), [["SITI ROHANI", "name_birth"]]);
  assert.deepEqual(await hint("NURJANAH", "1980-08-08"), []);
  assert.deepEqual(await hint("JANAH"), []);
});

test("search finds words in any order, digits of the NIK, and own saves", async () => {
  const store = await open();
  const people = [
    ["Siti Aminah", "1804045203909001", "1990-03-12"],
    ["Hj. Aminah Sitti Djuwita", "1804045203909002", "1991-03-12"],
    ["Budi Santoso", "1804041203909003", "1992-03-12"],
  ];
  for (const [name, nik, birth] of people) {
    const set = { full_name: pair(name), nik: pair(nik), birth_date: pair(birth) };
    await store.save({ id: store.newId(), scope: VILLAGE, set });
  }
  const names = async (query) => (await search(store, VILLAGE, query, 30)).map((hit) => hit.name);
  assert.deepEqual(await names("aminah siti"), ["Hj. Aminah Sitti Djuwita", "Siti Aminah"]);
  assert.deepEqual(await names("juwita"), ["Hj. Aminah Sitti Djuwita"]);
  assert.deepEqual(await names("9003"), ["Budi Santoso"]);
  assert.deepEqual(await names("900"), []);
  const [budi] = await search(store, VILLAGE, "budi", 30);
  const code = workerCode(budi.id);
  const printed = `${code.slice(0, 3)} ${code.slice(3, 5)} ${code.slice(5)}`;
  for (const typed of [code, printed, printed.replaceAll(" ", "-").toLowerCase()])
    assert.deepEqual(await names(typed), ["Budi Santoso"]);
  assert.deepEqual(await names(""), []);
  assert.deepEqual((await search(store, null, "budi", 30))[0].state, "waiting");
  const list = await store.list(VILLAGE, { limit: 2 });
  assert.equal(list.length, 2);
  const next = await store.list(VILLAGE, { limit: 2, after: list[1].id });
  assert.deepEqual(
    next.map((hit) => hit.name),
    ["Siti Aminah"],
  );
  assert.equal(await store.count(VILLAGE), 3);
  assert.equal(await store.count("18.04.04.2003"), 0);
});

test("a row has the year of an approximate birth, which is no fact for anything", async () => {
  const store = await open();
  const id = store.newId();
  const about = (year) => ({ year, said: "tahun" });
  const name = pair("Sarpin");
  await store.save({
    id,
    scope: VILLAGE,
    set: { full_name: name, birth_about: pair(about(1962)) },
  });
  const row = async () => (await store.list(VILLAGE, { limit: 1 }))[0];
  const sees = async () => who(await row(), "2026-11-22", translator("id"));
  assert.equal(await sees(), "±64 th");
  assert.equal(nearing65((await row()).birth, "2026-11-22"), null);
  assert.deepEqual(await store.duplicates({ full_name: "SARPIN", birth_date: "1962-01-01" }), []);
  const change = { birth_about: [about(1962), about(1963)] };
  await store.save({ id, scope: VILLAGE, set: change });
  assert.equal(await sees(), "±63 th");
  const exact = { birth_about: [about(1963), null], birth_date: pair("1962-12-01") };
  await store.save({ id, scope: VILLAGE, set: exact });
  assert.equal(await sees(), "63 th");
});

test("duplicates are found by NIK and by name with birth date, never the record itself", async () => {
  const store = await open();
  const id = store.newId();
  const set = {
    full_name: pair("Siti Aminah"),
    nik: pair("1804045203909001"),
    birth_date: pair("1990-03-12"),
  };
  await store.save({ id, scope: VILLAGE, set });
  const why = async (person) => (await store.duplicates(person)).map((one) => one.why);
  assert.deepEqual(await why({ nik: "1804045203909001" }), ["nik"]);
  assert.deepEqual(await why({ full_name: "SITTI AMINAH", birth_date: "1990-03-12" }), [
    "name_birth",
  ]);
  assert.deepEqual(await why({ full_name: "SITTI AMINAH", birth_date: "1990-03-13" }), []);
  assert.deepEqual(await why({ nik: "1804045203909001", exceptId: id }), []);
});
