// Every phone store that an earlier version left behind opens with today's code and loses nothing.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import { Clock, Phone } from "./support/phone.mjs";
import { gensOf, underPin } from "./support/data_keys.mjs";
import { lay } from "./support/databases.mjs";
import { USER_VERSION } from "../../outreach/static/js/store/engine/db.js";
import { nameKey } from "../../outreach/static/js/domain/names.js";
import { decode, encode } from "../../outreach/static/js/store/records/payload.js";
import { search } from "../../outreach/static/js/store/replica/search.js";
import { placeOf, SPELLING } from "../../outreach/static/js/store/records/list_index.js";
import { ask } from "../../outreach/static/js/store/engine/idb.js";
import { applyPage } from "../../outreach/static/js/store/replica/pulled_pages.js";
import { respellSome } from "../../outreach/static/js/store/replica/respell.js";
import { createStore } from "../../outreach/static/js/store/store.js";
import { encryptSome } from "../../outreach/static/js/store/access/migrate.js";
import { setPin } from "../../outreach/static/js/store/access/pin.js";
import { keep, keysOf, lock } from "../../outreach/static/js/vault/session.js";
import { unlock } from "../../outreach/static/js/store/access/unlock.js";

const FOLDER = new URL("../fixtures/versions/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(`${name}/phone.json`, FOLDER)));
const names = readdirSync(FOLDER, { withFileTypes: true })
  .filter((one) => one.isDirectory())
  .map(({ name }) => name)
  .sort();

/** No other test's phone lies here, and no phone of the version before. */
async function clear() {
  for (const { name } of await indexedDB.databases()) await ask(indexedDB.deleteDatabase(name));
}

/** A phone of that version that has just been given today's app. */
async function updated(name) {
  const kept = read(name);
  const server = new FakeServer();
  await clear();
  await lay(kept.databases);
  server.state = structuredClone(kept.server.state);
  const pairs = await Promise.all(
    kept.server.pairs.map(async ({ jwk, ...told }) => {
      const [name, use] = told.kind === "sign" ? ["ECDSA", "sign"] : ["ECDH", "deriveBits"];
      const way = { name, namedCurve: "P-256" };
      const privateKey = await crypto.subtle.importKey("jwk", jwk, way, true, [use]);
      return { ...told, privateKey };
    }),
  );
  server.pairs = pairs.filter(({ kind }) => kind === "seal");
  const signer = pairs.find(({ kind }) => kind === "sign");
  if (signer) server.signer = Promise.resolve(signer);
  server.users.set(kept.user, { role: "officer", scopes: [kept.village] });
  const clock = new Clock();
  clock.ms = kept.now;
  const phone = new Phone(server, kept.user, clock);
  await phone.reopen();
  return { kept, server, phone };
}

async function showsEverything(phone, { people, draft, picture, conflicts }) {
  for (const [id, name] of Object.entries(people)) {
    assert.equal((await phone.store.worker(id))?.data.full_name, name);
  }
  const found = await search(phone.store, null, "UJI", 30);
  assert.ok(found.length >= 3);
  const [open] = await phone.store.drafts();
  assert.deepEqual([open.id, open.scope, open.data], [draft.id, draft.scope, draft.data]);
  const { bytes } = await phone.store.blob(picture.sha);
  assert.equal(Buffer.from(bytes).toString("base64"), picture.bytes);
  const { items } = await phone.store.ledger();
  assert.equal(items.filter(({ state }) => state === "conflict").length, conflicts);
}

const PIN = "271828";
const FEW = { rounds: 1000 };

for (const name of names) {
  test(`${name}: a PIN chosen now brings its own data key, and everything is there under it`, async () => {
    const { kept, phone } = await updated(name);
    await setPin(phone.store.state, PIN, FEW);
    assert.deepEqual(await gensOf(kept.user), [2]);
    await lock(phone.store.state);
    await phone.reopen();
    assert.ok((await unlock(phone.store.state, PIN)).ok);
    await showsEverything(phone, kept);
    await phone.sync();
    await showsEverything(phone, kept);
  });

  test(`${name}: a PIN chosen then gets a data key of its own when it is given`, async () => {
    const { kept, phone } = await updated(name);
    const { state } = phone.store;
    while (await encryptSome(state)); // such a PIN was chosen after that
    const keys = await keysOf(state);
    await keep(state, { keys: { ...keys, ...(await underPin(keys, PIN)) } });
    await lock(state);
    await phone.reopen();
    assert.ok((await unlock(phone.store.state, PIN)).ok);
    await phone.sync();
    assert.deepEqual(await gensOf(kept.user), [2]);
    await showsEverything(phone, kept);
  });
}

for (const name of names) {
  test(`${name}: everything is there after the update, and arrives once`, async () => {
    const { kept, server, phone } = await updated(name);
    const { items: _i, lost: _l, gone: _g, ...counts } = await phone.store.ledger();
    assert.deepEqual(counts, kept.counts);
    assert.ok(kept.counts.pending >= 4, "the fixture has unsent saves");
    await showsEverything(phone, kept);
    const before = server.keys.length;
    await phone.sync();
    await showsEverything(phone, kept);
    assert.equal(server.keys.length, before + 4);
    const after = await phone.store.counts();
    const { recorded } = kept.counts;
    assert.deepEqual([after.recorded, after.received, after.pending], [recorded, recorded, 0]);
    for (const [id, name] of Object.entries(kept.people)) {
      assert.equal(server.state.rows[id].data.full_name, name);
    }
    const picture = Buffer.from(kept.picture.bytes, "base64").toString("hex");
    assert.equal(server.state.blobs[kept.picture.sha], picture);
  });

  test(`${name}: nothing of it is left readable on the disk once sync has run`, async () => {
    const { kept, phone } = await updated(name);
    const stores = kept.databases.flatMap((db) => db.stores.flatMap(({ all }) => all[1]));
    const laid = stores.map((one) => Buffer.from(one.payload?.$bytes ?? "", "base64"));
    assert.equal(/UJI/.test(laid.join()), kept.version === 1);
    await phone.sync();
    const records = await phone.store.state.conn.run(["journal", "drafts"], "readonly", (tx) =>
      Promise.all(["journal", "drafts"].map((at) => ask(tx.objectStore(at).getAll()))),
    );
    const text = records.flat().map((one) => Buffer.from(one.payload ?? []).toString("latin1"));
    assert.ok(text.length > 4);
    assert.doesNotMatch(text.join(), /UJI/);
  });

  test(`${name}: names are compared by today's rule, from the start and then on the disk`, async () => {
    const { kept, phone } = await updated(name);
    const { state } = phone.store;
    const known = Object.values(kept.people).map((full) => full.replaceAll(" ", ""));
    for (const joined of known) assert.ok((await search(phone.store, null, joined, 9)).length);
    const chunks = () =>
      state.conn.run(["index"], "readonly", (tx) => ask(tx.objectStore("index").getAll()));
    assert.ok(
      (await chunks()).some(({ spelling }) => spelling !== SPELLING) ||
        Number.parseInt(name, 10) >= 13,
    );
    await phone.sync();
    const after = await chunks();
    assert.ok(after.length);
    for (const rec of after) {
      assert.equal(rec.spelling, SPELLING);
      const rows = await decode(state, placeOf("index", rec), rec.payload);
      for (const [, , , full, key] of rows) assert.equal(key, nameKey(full));
    }
  });

  test(`${name}: a restored server that knows nothing of the phone is offered every save`, async () => {
    const { kept, server, phone } = await updated(name);
    const { devices } = server.state;
    const fresh = new FakeServer().state;
    const known = Object.entries(devices).map(([id, one]) => {
      return [id, { ...one, last_mid: 0, last_key: null, hash: "" }];
    });
    server.state = { ...fresh, epoch: kept.server.state.epoch + 1 };
    server.state.devices = Object.fromEntries(known);
    await phone.sync();
    assert.equal(server.keys.length, kept.counts.recorded);
    assert.equal((await phone.store.counts()).pending, 0);
  });
}

test("names read anew write nothing over what another tab pulled meanwhile", async () => {
  const { kept, phone } = await updated("11-limits");
  const { state } = phone.store;
  const other = (await createStore(kept.user, { clock: phone.clock.now })).state;
  await other.refresh();
  const [id] = other.index(kept.village).rows.keys();
  const { full } = other.base[kept.village];
  const values = { full_name: "NAMA BARU", village_code: kept.village };
  const row = { table: "worker", id, ver: full + 9, data: values, status: "draf", flags: [] };
  const page = { from: full, cursor: full + 9, more: false, rows: [row] };
  const run = state.conn.run.bind(state.conn);
  state.conn.run = async (stores, mode, ...rest) => {
    if (mode === "readwrite")
      await applyPage(other, { scopes: { [kept.village]: page } }, "full", []);
    return run(stores, mode, ...rest);
  };
  assert.equal(await respellSome(state), true);
  state.conn.run = run;
  state.forget();
  await state.refresh();
  assert.equal(state.index(kept.village).rows.get(id).name, "NAMA BARU");
});

test("the newest fixture has the format of today", async () => {
  const newest = read(names.at(-1));
  const hint = "a format changed: write a new fixture, tests/fixtures/versions/README.md";
  assert.equal(newest.version, USER_VERSION, hint);
  const { phone } = await updated(names.at(-1));
  const shape = (db) =>
    [...db.objectStoreNames].map((at) => {
      const store = db.transaction([at]).objectStore(at);
      return [at, store.keyPath, [...store.indexNames]];
    });
  const was = newest.databases.find((one) => one.name.startsWith("jk-"));
  const laid = was.stores.map((one) => [one.name, one.keyPath, one.indexes.map(([at]) => at)]);
  assert.deepEqual(shape(await phone.store.state.conn.open()), laid, hint);
  // Records of today have no field, and payloads no format, that the newest fixture lacks.
  await phone.add("CATATAN BARU");
  const journal = await phone.store.state.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").getAll()),
  );
  const old = was.stores.find((one) => one.name === "journal").all[1];
  const fields = new Set(old.flatMap(Object.keys));
  assert.deepEqual(
    Object.keys(journal.at(-1)).filter((field) => !fields.has(field)),
    [],
    hint,
  );
  const formats = new Set(old.map(({ payload }) => Buffer.from(payload.$bytes, "base64")[0]));
  const made = (await encode(phone.store.state, "x", {}))[0];
  assert.ok(formats.has(made), hint);
});
