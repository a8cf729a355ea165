// Store functions timed inside a page or worker: bundled and driven by phone_store.py.
import { createStore } from "../outreach/static/js/store/store.js";
import { applyPage } from "../outreach/static/js/store/replica/pulled_pages.js";
import { follow } from "../outreach/static/js/store/replica/scopes.js";
import { search } from "../outreach/static/js/store/replica/search.js";

const SCOPE = "18.04.04.2002";
const FIRST = ["Siti", "Budi", "Aminah", "Djoko", "Sri", "Wayan", "Agus", "Nurul", "Dewi", "Sutrisno"];
const LAST = ["Santoso", "Wulandari", "Saputra", "Lestari", "Hidayat", "Rahayu", "Susanti", "Putra"];

/** @param {() => Promise<unknown>} work */
async function took(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @param {number} i */
function person(i) {
  const name = `${FIRST[i % 10]} ${LAST[(i >> 3) % 8]} ${FIRST[(i * 7) % 10]} ${i}`;
  const nik = `180404${String(10 + (i % 18))}0590${String(i % 10000).padStart(4, "0")}`;
  return { full_name: name, nik, birth_date: "1990-05-12", sex: "L", occupation_code: "petani_kopi" };
}

/** @param {any} store @param {string[]} ids @param {"list" | "full"} view @param {number} size */
async function pull(store, ids, view, size) {
  for (let from = 0; from < ids.length; from += size) {
    const rows = ids.slice(from, from + size).map((id, j) => {
      const facts = person(from + j);
      const ver = from + j + 1;
      const list = [...Object.values(facts), "calon"];
      const full = { ...facts, village_code: SCOPE, address_line: "Jalan Pekon 12", pemangku: "Pemangku 3", rt: "002", phone: "+6281234567890", employment_relation: "usaha_sendiri", already_member: "belum", monthly_income: 900000, consent: { version: "1", lang: "id", method: "tanda_tangan_layar", purposes: { pendaftaran: true, hubungi_wa: true, pasfoto: false, bagi_ke_opd: false }, at: "2026-11-22T06:00:00Z" } };
      return { table: "worker", id, ver, status: "calon", flags: [], data: view === "list" ? list : full };
    });
    const cursor = Math.min(from + size, ids.length);
    const page = { from, cursor, more: cursor < ids.length, rows };
    await applyPage(store.state, { scopes: { [SCOPE]: page } }, view, [SCOPE]);
  }
}

/** @param {number[]} times */
function middle(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], p95: sorted[Math.floor(sorted.length * 0.95)] };
}

/**
 * Times in milliseconds for a phone that carries `size` rows.
 * @param {number} size
 */
async function measure(size) {
  const user = crypto.randomUUID();
  const store = await createStore(user);
  await follow(store.state, [SCOPE]);
  const ids = Array.from({ length: size }, () => store.newId());
  const list = await took(() => pull(store, ids, "list", 1000));
  const full = await took(() => pull(store, ids, "full", 400));
  await search(store, SCOPE, "warm up", 30);
  const keys = [];
  for (const text of ["s", "si", "sit", "siti", "siti w", "siti wul", "zzzz", "9012", "90123", "wulandari siti 7"]) {
    for (let i = 0; i < 5; i++) keys.push(await took(() => search(store, SCOPE, text, 30)));
  }
  const saves = [];
  for (let i = 0; i < 40; i++) {
    const set = Object.fromEntries(Object.entries(person(i + size)).map(([f, to]) => [f, [null, to]]));
    saves.push(await took(() => store.save({ id: store.newId(), scope: SCOPE, set })));
  }
  const edits = [];
  for (let i = 0; i < 40; i++) {
    edits.push(await took(() => store.save({ id: ids[i * 31], scope: SCOPE, changes: { rt: String(i) } })));
  }
  const after = [];
  for (const text of ["s", "siti", "9012"]) after.push(await took(() => search(store, SCOPE, text, 30)));
  const page = middle(await repeat(20, (i) => store.worker(ids[i * 97])));
  const doubles = middle(await repeat(10, () => store.duplicates({ nik: "1804049999990001", full_name: "Tidak Ada", birth_date: "1990-05-12" })));
  await store.close();
  let second;
  const start = await took(async () => {
    second = await createStore(user);
    await search(second, SCOPE, "siti", 30);
  });
  return { rows: size, listPull: list, fullPull: full, search: middle(keys), firstSearchAfterSave: Math.max(...after), save: middle(saves), edit: middle(edits), worker: page, duplicates: doubles, start };
}

/** @param {number} times @param {(i: number) => Promise<unknown>} work */
async function repeat(times, work) {
  const taken = [];
  for (let i = 0; i < times; i++) taken.push(await took(() => work(i)));
  return taken;
}

/** The browser's own functions, to put back what a variant took away. */
const { transaction } = IDBDatabase.prototype;
const { encrypt } = SubtleCrypto.prototype;

/** What each variant of a save does without; the difference is the price of it. */
const WITHOUT = {
  nothing: [],
  sealing: ["sealing"],
  encryption: ["sealing", "encryption"],
  strictness: ["sealing", "encryption", "strictness"],
};

/** A server key that saves can be sealed to. */
async function serverKey() {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const text = btoa(String.fromCharCode(...raw)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return { kid: "bench", kind: "seal", public: text };
}

/** A store of its own for one variant. @param {any} key @param {string[]} without */
async function variant(key, without) {
  const store = await createStore(crypto.randomUUID());
  await follow(store.state, [SCOPE]);
  const keys = without.includes("sealing") ? [] : [key];
  await store.state.conn.run(["meta"], "readwrite", (tx) => tx.objectStore("meta").put(keys, "keys"));
  store.state.keys = keys;
  return store;
}

/** Work with parts of the browser taken away. @param {string[]} without @param {() => Promise<number>} work */
async function lacking(without, work) {
  if (without.includes("encryption")) SubtleCrypto.prototype.encrypt = async (_how, _key, data) => data.slice().buffer;
  if (without.includes("strictness"))
    IDBDatabase.prototype.transaction = function relaxed(stores, mode) {
      return transaction.call(this, stores, mode, { durability: "relaxed" });
    };
  try {
    return await work();
  } finally {
    SubtleCrypto.prototype.encrypt = encrypt;
    IDBDatabase.prototype.transaction = transaction;
  }
}

/**
 * Median milliseconds of a new worker's save in the store: whole, and without one part after another.
 * The variants take turns, so that a slow moment of the machine meets all of them.
 * @param {number} times
 */
async function shares(times) {
  const key = await serverKey();
  const found = {};
  const stores = {};
  for (const [name, without] of Object.entries(WITHOUT)) {
    stores[name] = await variant(key, without);
    found[name] = [];
  }
  for (let i = 0; i < times + 5; i++) {
    for (const [name, without] of Object.entries(WITHOUT)) {
      const store = stores[name];
      const set = Object.fromEntries(Object.entries(person(i)).map(([f, to]) => [f, [null, to]]));
      const save = () => took(() => store.save({ id: store.newId(), scope: SCOPE, set }));
      const ms = await lacking(without, save);
      if (i >= 5) found[name].push(ms);
    }
  }
  const [rec] = await stores.nothing.state.conn.run(["journal"], "readonly", (tx) => all(tx.objectStore("journal")));
  if (!rec.sealed) throw new Error("the whole save was not sealed");
  return Object.fromEntries(Object.entries(found).map(([name, list]) => [name, middle(list).median]));
}

/** @param {IDBObjectStore} store @returns {Promise<any[]>} */
const all = (store) =>
  new Promise((done, failed) => {
    const request = store.getAll();
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

Object.assign(globalThis, { measure, shares });
