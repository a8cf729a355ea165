// Store functions timed inside a page or worker: bundled and driven by phone_store.py.
import { createStore } from "../outreach/static/js/store/store.js";
import { applyPage } from "../outreach/static/js/store/pages.js";
import { follow } from "../outreach/static/js/store/pages.js";

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
  await store.search(SCOPE, "warm up");
  const keys = [];
  for (const text of ["s", "si", "sit", "siti", "siti w", "siti wul", "zzzz", "9012", "90123", "wulandari siti 7"]) {
    for (let i = 0; i < 5; i++) keys.push(await took(() => store.search(SCOPE, text)));
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
  for (const text of ["s", "siti", "9012"]) after.push(await took(() => store.search(SCOPE, text)));
  const page = middle(await repeat(20, (i) => store.worker(ids[i * 97])));
  const doubles = middle(await repeat(10, () => store.duplicates({ nik: "1804049999990001", full_name: "Tidak Ada", birth_date: "1990-05-12" })));
  await store.close();
  let second;
  const start = await took(async () => {
    second = await createStore(user);
    await second.search(SCOPE, "siti");
  });
  return { rows: size, listPull: list, fullPull: full, search: middle(keys), firstSearchAfterSave: Math.max(...after), save: middle(saves), edit: middle(edits), worker: page, duplicates: doubles, start };
}

/** @param {number} times @param {(i: number) => Promise<unknown>} work */
async function repeat(times, work) {
  const taken = [];
  for (let i = 0; i < times; i++) taken.push(await took(() => work(i)));
  return taken;
}

Object.assign(globalThis, { measure });
