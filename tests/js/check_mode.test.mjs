// "Mode cek daftar": a phone that was handed over shows one list and nothing else, whatever is asked.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair, unseal } from "./support/fakeServer.mjs";
import { lineData, lineId, LIST, listData } from "./support/village_list.mjs";

globalThis.self = globalThis;
globalThis.navigator ??= {};
globalThis.caches = { has: async () => false };
const page = "https://jangkau.test";
globalThis.location = new URL(`${page}/sw.js`);

const { answer, provide, find } = await import("../../outreach/static/js/field/router.js");
await import("../../outreach/static/js/field/second_part.js");
await import("../../outreach/static/js/field/first_part.js");
const { context, forget, token } = await import("../../outreach/static/js/field/context.js");
const meta = await import("../../outreach/static/js/store/engine/meta.js");
const { closeUser, openUser } = await import("../../outreach/static/js/store/store.js");
const { setPin } = await import("../../outreach/static/js/store/access/pin.js");
const { unlock } = await import("../../outreach/static/js/store/access/unlock.js");
const { applyPage } = await import("../../outreach/static/js/store/replica/pulled_pages.js");
const { isOpen, lock, forgetKey } = await import("../../outreach/static/js/vault/session.js");
const { register, step } = await import("../../outreach/static/js/sync/client.js");
const { noteSync } = await import("../../outreach/static/js/store/records/sync_state.js");
const { sha256 } = await import("../../outreach/static/js/store/engine/hash.js");
const { handedList } = await import("../../outreach/static/js/store/engine/handed_list.js");
const { readList } = await import(
  "../../outreach/static/js/field/screens/list_check/lists_read.js"
);
provide(context, token);
const isHandedOver = async () => Boolean(await handedList());

const OFFICER = "01930000-0000-7000-8000-00000000d001";
const STRANGER = "01930000-0000-7000-8000-00000000d002";
const VILLAGE = "18.04.04.2002";
const PIN = "271828";
const CODE = "314159";
const server = new FakeServer();
server.pairs = [await sealingPair()];
server.users.set(OFFICER, { role: "officer", scopes: [VILLAGE] });
server.loggedIn = OFFICER;
const outside = [];
let signal = true;
globalThis.fetch = async (input, init) => {
  if (!signal) throw new TypeError("network");
  const path = String(input.url ?? input);
  if (path.startsWith("/sync/")) return server.fetch(path, init);
  outside.push(path);
  return new Response("", { status: 200 });
};

const HEADERS = { "HX-Request": "true" };
const get = async (path) =>
  (await answer(new Request(`${page}${path}`, { headers: HEADERS }))).text();
async function post(path, form = {}) {
  const body = new URLSearchParams({ token: await token(), ...form });
  return answer(new Request(`${page}${path}`, { method: "POST", body, headers: HEADERS }));
}
const list = `/field/list/${LIST}`;
const isList = (html) => /data-testid="check-mode"/.test(html) && /data-testid="line"/.test(html);
const isCode = (html) => /data-testid="check-code"/.test(html);
const isEnd = (html) => /data-testid="check-end-screen"/.test(html);

async function begin() {
  const store = await openUser(OFFICER);
  await meta.setCurrentUser(OFFICER);
  await setPin(store.state, PIN);
  await register(store, { fetch: globalThis.fetch, app: "test", login: true });
  await store.setProfile({
    role: "officer",
    scopes: [VILLAGE],
    user: { id: OFFICER, name: "PETUGAS UJI" },
  });
  const rows = [
    { table: "village_list", id: LIST, ver: 1, data: listData() },
    ...[1, 2, 3].map((no) => ({
      table: "list_line",
      id: lineId(no),
      ver: 1 + no,
      data: lineData(no),
    })),
  ];
  const rowsPage = { from: 0, cursor: 4, more: false, rows };
  await applyPage(store.state, { scopes: { [VILLAGE]: rowsPage } }, "full", [VILLAGE]);
  const id = store.newId();
  const set = { full_name: [null, "ORANG LAIN UJI"], village_code: [null, VILLAGE] };
  await store.save({ id, scope: VILLAGE, set });
  forget();
  return { store, worker: id };
}
const { store: officer, worker } = await begin();
const hand = (form = { pin1: CODE, pin2: CODE }) => post(`${list}/hand`, form);
const listStore = async () => openUser((await handedList()).user);
/** The worker and its pages as they are after a restart of everything. */
async function restart() {
  const mode = await handedList();
  for (const user of [OFFICER, mode?.user].filter(Boolean)) {
    const { state } = await openUser(user);
    forgetKey(state);
    state.wipe();
    await closeUser(user);
  }
  forget();
}
const open = (code = CODE) => post("/field/check/open", { pin: code });
const journalOf = (state) =>
  state.conn.run(
    ["journal"],
    "readonly",
    (tx) =>
      new Promise((resolve) => {
        const asked = tx.objectStore("journal").getAll();
        asked.onsuccess = () => resolve(asked.result);
      }),
  );

test("an officer looks at a list and may hand the phone over", async () => {
  const html = await get(list);
  assert.match(html, /data-testid="hand"/);
  assert.doesNotMatch(html, /data-testid="yes"/);
  assert.match(await get(`${list}/hand`), /data-testid="hand-do"/);
});

test("a code that is weak, typed differently, or the officer's own PIN hands nothing over", async () => {
  for (const form of [
    { pin1: "111111", pin2: "111111" },
    { pin1: CODE, pin2: "314158" },
    { pin1: PIN, pin2: PIN },
    { pin1: "12", pin2: "12" },
  ]) {
    assert.equal((await hand(form)).status, 422);
    assert.equal(await isHandedOver(), false);
  }
});

test("handing over shows the list in its frame, and ends the officer's login", async () => {
  const html = await (await hand()).text();
  assert.ok(isList(html));
  assert.match(html, /Mode cek daftar/);
  assert.match(html, /data-testid="yes"/);
  assert.ok(await isHandedOver());
  assert.ok(outside.includes("/logout"));
  assert.equal(await isOpen(officer.state), false);
});

const ELSEWHERE = [
  "/field/",
  `/field/v/${VILLAGE}`,
  `/field/w/${worker}`,
  "/field/settings",
  "/field/outbox",
  "/field/outbox/1",
  "/field/find",
  "/field/users",
  "/field/lists",
  "/field/pin",
  "/field/pin/forgot",
  "/field/carry",
  "/field/trouble",
  "/field/phone",
  "/field/choose",
  "/field/explain",
  "/field/away?to=/account",
  `${list}/hand`,
  "/field/list/01930000-0000-7000-8000-0000000a0002",
  `/field/?u=${STRANGER}`,
];
for (const path of ELSEWHERE)
  test(`${path} leads to the list and shows nothing else`, async () => {
    const response = await answer(new Request(`${page}${path}`));
    const to = response.headers.get("Location");
    assert.equal(to, list);
    assert.doesNotMatch(await response.text(), /ORANG LAIN/);
    assert.ok(await isHandedOver());
  });

test("the reasons of a line lead to no address of the office", async () => {
  const html = await (await answer(new Request(`${page}${list}/no/${lineId(1)}`))).text();
  assert.match(html, /data-testid="why-meninggal"/);
  assert.doesNotMatch(html, /at-desk|href="\/lists\//);
});

test("no form reaches anything but the list", async () => {
  const before = await everything(`jk-${OFFICER}`);
  for (const [path, form] of [
    ["/field/form/new", { village: VILLAGE }],
    ["/field/form/edit", { edit: worker, step: "nik" }],
    [`/field/w/${worker}/withdraw/pendaftaran`, {}],
    [`/field/v/${VILLAGE}/search`, { q: "ORANG" }],
    ["/field/find", { q: "ORANG" }],
    ["/field/pin", { pin1: "161803", pin2: "161803" }],
    ["/field/pin/open", { pin: PIN, back: "/field/" }],
    ["/field/pin/old", { old: PIN }],
    ["/field/pin/lock", {}],
    ["/field/leave", {}],
    ["/field/carry", {}],
    ["/field/settings/lang", { lang: "en" }],
    [`${list}/hand`, { pin1: "161803", pin2: "161803" }],
  ]) {
    const html = await (await post(path, form)).text();
    assert.ok(isList(html), path);
    assert.doesNotMatch(html, /ORANG LAIN/, path);
  }
  assert.deepEqual(await everything(`jk-${OFFICER}`), before);
  assert.ok(await isHandedOver());
});

test("a form that no screen of the list made changes nothing", async () => {
  const body = (more) =>
    new URLSearchParams({ line: lineId(1), seen: "", verdict: "layak", ...more });
  for (const path of [`${list}/decide`, "/field/_sync", "/field/check/end", "/field/check/open"]) {
    for (const more of [{}, { token: "a".repeat(24) }]) {
      const before = outside.length + server.calls.length;
      const request = new Request(`${page}${path}`, { method: "POST", body: body(more) });
      assert.equal((await answer(request)).status, 403, path);
      assert.equal(outside.length + server.calls.length, before);
    }
  }
  assert.equal((await journalOf(officer.state)).length, 1);
  assert.equal((await journalOf((await listStore()).state)).length, 0);
});

test("an answer stands at once, and lies in the officer's journal sealed and unread", async () => {
  signal = false;
  const form = { line: lineId(1), seen: "", verdict: "layak", part: "1" };
  const html = await (await post(`${list}/decide`, form)).text();
  assert.match(html, /✓ Layak/);
  const rec = (await journalOf(officer.state)).at(-1);
  assert.deepEqual(
    [rec.mid, rec.state, rec.payload, rec.live],
    [2, "waiting", undefined, undefined],
  );
  const text = new TextDecoder().decode(
    await unseal(server.pairs[0], `jangkau sealed 1 ${rec.key}`, rec.sealed),
  );
  const said = JSON.parse(text);
  assert.deepEqual([said.mid, said.table, said.set.verdict], [2, "list_decision", [null, "layak"]]);
  signal = true;
});

test("sending goes on by the phone's own signature, and the server takes the answer in", async () => {
  const response = await post("/field/_sync", { now: "1" });
  const said = await response.json();
  assert.deepEqual([said.locked, said.login], [0, 0]);
  await post("/field/_sync", { now: "1" });
  const rows = Object.values(server.state.rows).filter(({ table }) => table === "list_decision");
  assert.deepEqual(
    rows.map(({ data }) => data.verdict),
    ["layak"],
  );
  assert.equal(server.state.devices[officer.state.head.device].last_mid, 2);
});

test("after a restart the code opens the list again, and nothing else does", async () => {
  await restart();
  assert.ok(isCode(await get(list)));
  assert.ok(isCode(await get("/field/")));
  assert.ok(isCode(await get(`/field/w/${worker}`)));
  const refused = await open(PIN);
  assert.equal(refused.status, 422);
  assert.ok(isCode(await refused.text()));
  const html = await (await open()).text();
  assert.ok(isList(html));
  const { resolved } = await readList(await listStore(), LIST);
  assert.equal(resolved[lineId(1)].verdict, "layak");
  assert.equal(await isOpen((await openUser(OFFICER)).state), false);
});

test("the code opens nothing of the officer's", async () => {
  const { state } = await openUser(OFFICER);
  assert.equal((await unlock(state, CODE)).ok, false);
  assert.equal(await isOpen(state), false);
});

test("what a kill left between two stores is handed on with the next answer, once", async () => {
  const mode = await handedList();
  const { state } = await listStore();
  const id = (await listStore()).newId();
  const set = { list: [null, LIST], lines: [null, [lineId(2)]], verdict: [null, "tunda"] };
  await (await listStore()).save({ table: "list_decision", id, scope: VILLAGE, set });
  const before = (await journalOf((await openUser(mode.officer)).state)).length;
  const form = { line: lineId(3), seen: "", verdict: "layak", part: "1" };
  await post(`${list}/decide`, form);
  await post("/field/_sync", { now: "1" });
  const journal = await journalOf((await openUser(mode.officer)).state);
  assert.equal(journal.length, before + 2);
  assert.equal(journal.filter((rec) => rec.id === id).length, 1);
  // A kill before the list's store had noted that it was taken over.
  await state.conn.run(["journal", "meta"], "readwrite", (tx) => {
    const store = tx.objectStore("journal");
    const asked = store.getAll();
    asked.onsuccess = () => {
      for (const rec of asked.result) store.put({ ...rec, state: "waiting" });
    };
  });
  state.forget();
  await post("/field/_sync", { now: "1" });
  assert.equal((await journalOf((await openUser(mode.officer)).state)).length, journal.length);
});

test("another login stays before the list", async () => {
  server.refusesLogin = true;
  const response = await answer(new Request(`${page}/field/?u=${STRANGER}`));
  assert.equal(response.headers.get("Location"), list);
  const names = (await indexedDB.databases()).map(({ name }) => name);
  assert.ok(!names.includes(`jk-${STRANGER}`));
  const kept = await get(`/field/?u=${OFFICER}`);
  assert.ok(isEnd(kept), "only the officer's own login counts");
  assert.ok(await isHandedOver());
  server.refusesLogin = false;
});

test("an address that nothing has shows nobody", async () => {
  const response = await answer(new Request(`${page}/field/nothing`));
  assert.equal(response.status, 404);
  assert.doesNotMatch(await response.text(), /UJI/);
});

test("a wrong PIN does not end the mode; tries are counted", async () => {
  assert.ok(isEnd(await get("/field/check/end")));
  const refused = await post("/field/check/end", { pin: CODE });
  assert.equal(refused.status, 422);
  assert.ok(await isHandedOver());
});

test("the officer's PIN ends it: what was decided can be read, and the list's store is gone", async () => {
  const { user } = await handedList();
  // The browser kept the mark of the hand-over's own log-out: it asks for no second PIN.
  let mark = OFFICER;
  globalThis.cookieStore = {
    get: async () => ({ value: mark }),
    delete: async () => {
      mark = "";
    },
  };
  await post("/field/check/end", { pin: PIN });
  assert.doesNotMatch(await get("/field/"), /data-testid="lock"/);
  delete globalThis.cookieStore;
  assert.equal(await isHandedOver(), false);
  assert.equal(await meta.currentUser(), OFFICER);
  const { state } = await openUser(OFFICER);
  assert.ok(await isOpen(state));
  const { resolved } = await readList(await openUser(OFFICER), LIST);
  assert.deepEqual(
    [1, 2, 3].map((no) => resolved[lineId(no)]?.verdict),
    ["layak", "tunda", "layak"],
  );
  assert.ok((await journalOf(state)).every(({ payload }) => payload));
  const names = (await indexedDB.databases()).map(({ name }) => name);
  assert.ok(!names.includes(`jk-${user}`));
  assert.ok(!(await meta.knownUsers()).some(({ id }) => id === user));
});

test("everything that was decided is settled like any other save", async () => {
  const store = await openUser(OFFICER);
  for (let i = 0; i < 9; i += 1) await step(store, { fetch: globalThis.fetch, force: true });
  const { recorded, received, pending } = await store.counts();
  assert.deepEqual([recorded, received, pending], [4, 4, 0]);
});

/** A meeting in the mode, up to the last look of the minutes; what the form of that says. @param {string} verdict of the first name */
async function untilSigned(verdict) {
  const data = listData({ state: "meeting" });
  server.put(LIST, { scope: VILLAGE, table: "village_list", data });
  server.put(TERM, { scope: VILLAGE, table: "list_holder", data: HOLDER });
  const { state } = await openUser(OFFICER);
  await noteSync(state, { pulledAt: 0 });
  for (let i = 0; i < 9; i += 1)
    await step(await openUser(OFFICER), { fetch: globalThis.fetch, force: true });
  forget();
  await hand();
  for (const no of [1, 2, 3]) {
    const { resolved } = await readList(await listStore(), LIST);
    const seen = (resolved[lineId(no)]?.heads ?? []).join(" ");
    const said = { line: lineId(no), seen, verdict: no === 1 ? verdict : "layak" };
    await post(`${list}/decide`, { ...said, part: "1" });
  }
  const meeting = { letter_no: "140/1", date: "01-06-2026", place: "Balai", present: "3" };
  await post(`${list}/sign/meeting`, meeting);
  await post(`${list}/sign/who`, { head_term: TERM, head_method: "glass" });
  const html = await get(`${list}/sign/do`);
  const [, seen] = /name="seen" value="([0-9a-f]{64})"/.exec(html);
  const bytes = new TextEncoder().encode(`{"w":1,"h":1,"s":[[1,2]],"of":"${verdict}"}`);
  const head_strokes = await sha256(bytes);
  await (await listStore()).putBlob(head_strokes, bytes, "application/json");
  return { seen, head_strokes };
}
const TERM = "01930000-0000-7000-8000-0000000f1001";
const HOLDER = {
  office: "01930000-0000-7000-8000-0000000f0001",
  user_id: STRANGER,
  name: "PERATIN UJI",
  capacity: "definitif",
  title: "Peratin",
  letter: null,
  nip: null,
  starts: "2026-01-01",
  ends: null,
};
const decisionsThere = () =>
  Object.values(server.state.rows).filter(({ table }) => table === "list_decision").length;
/** Ids of signed versions that are there. */
const versionsThere = () =>
  Object.keys(server.state.rows).filter((id) => server.state.rows[id].table === "list_minutes");

test("a list signed in the mode is sent from its own store, and lies with the officer's files after", async () => {
  const form = await untilSigned("layak");
  signal = false;
  await post(`${list}/sign/do`, form);
  const list_ = await listStore();
  assert.equal((await list_.blob(form.seen)).todo, 1);
  const picture = await answer(new Request(`${page}/field/blob/${form.head_strokes}`));
  assert.equal(picture.status, 404, "what was drawn is no picture, and the mode says nothing else");
  signal = true;
  for (let i = 0; i < 9; i += 1) await post("/field/_sync", { now: "1" });
  assert.equal(versionsThere().length, 1);
  assert.ok((await list_.blob(form.seen)).verified, "the list");
  assert.ok((await list_.blob(form.head_strokes)).verified, "what was drawn");
  await post("/field/check/end", { pin: PIN });
  const store = await openUser(OFFICER);
  const file = await store.blob(form.seen);
  assert.ok(file.verified && file.mid);
  const rec = (await journalOf(store.state)).find(({ mid }) => mid === file.mid);
  assert.equal(rec.id, versionsThere()[0]);
  const { versions } = await readList(store, LIST);
  assert.equal(versions[0].hash, form.seen);
});

test("the officer's own fresh login ends it too, and nothing that was decided is lost", async () => {
  await hand();
  assert.ok(await isHandedOver());
  const before = decisionsThere();
  signal = false;
  const { resolved } = await readList(await listStore(), LIST);
  const seen = resolved[lineId(1)].heads.join(" ");
  await post(`${list}/decide`, { line: lineId(1), seen, verdict: "tunda", part: "1" });
  await restart();
  signal = true;
  const response = await answer(new Request(`${page}/field/?u=${OFFICER}`));
  assert.equal(response.headers.get("Location"), "/field/");
  assert.equal(await isHandedOver(), false);
  const store = await openUser(OFFICER);
  assert.equal(await isOpen(store.state), false, "the PIN is still asked for");
  for (let i = 0; i < 4; i += 1) await step(store, { fetch: globalThis.fetch, force: true });
  assert.equal(decisionsThere(), before + 1);
});

test("an end without the code sends what only the list's store had, as it was sealed", async () => {
  await unlock((await openUser(OFFICER)).state, PIN);
  forget();
  await hand();
  const store = await listStore();
  const id = store.newId();
  const set = { list: [null, LIST], lines: [null, [lineId(2)]], verdict: [null, "layak"] };
  await store.save({ table: "list_decision", id, scope: VILLAGE, set });
  await restart();
  await answer(new Request(`${page}/field/?u=${OFFICER}`));
  const { state } = await openUser(OFFICER);
  const disk = await everything(`jk-${store.userId}`);
  assert.deepEqual([disk.pages, disk.index], [[], []], "no name stays for whoever knew the code");
  assert.equal((await unlock((await openUser(store.userId)).state, CODE)).ok, false);
  await unlock(state, PIN);
  forget();
  assert.match(await get("/field/"), /data-testid="ledger-recorded"/);
  assert.ok((await journalOf(state)).every(({ payload }) => payload));
  const names = (await indexedDB.databases()).map(({ name }) => name);
  assert.ok(!names.includes(`jk-${store.userId}`));
  for (let i = 0; i < 9; i += 1)
    await step(await openUser(OFFICER), { fetch: globalThis.fetch, force: true });
  assert.deepEqual(server.state.rows[id]?.data.verdict, "layak");
  const { recorded, received, pending } = await (await openUser(OFFICER)).counts();
  assert.deepEqual([received, pending], [recorded, 0]);
});

test("what was drawn in a mode that ended without the PIN comes with the PIN, and is sent", async () => {
  const form = await untilSigned("tunda");
  signal = false;
  await post(`${list}/sign/do`, form);
  const left = await listStore();
  await restart();
  signal = true;
  await answer(new Request(`${page}/field/?u=${OFFICER}`));
  assert.equal(await handedList(), undefined);
  const store = await openUser(OFFICER);
  assert.equal(await store.blob(form.head_strokes).catch(() => null), null);
  await unlock(store.state, PIN);
  forget();
  await get("/field/");
  for (const sha of Object.values(form))
    assert.ok(await (await openUser(OFFICER)).blob(sha), "on the officer's side");
  for (let i = 0; i < 15; i += 1)
    await step(await openUser(OFFICER), { fetch: globalThis.fetch, force: true });
  assert.ok((await (await openUser(OFFICER)).blob(form.seen)).verified);
  const names = (await indexedDB.databases()).map(({ name }) => name);
  assert.ok(!names.includes(`jk-${left.userId}`));
});

test("an office without a list that is handed over has every address as before", async () => {
  assert.equal(await handedList(), undefined);
  assert.ok(find("GET", "/field/"));
  await unlock((await openUser(OFFICER)).state, PIN);
  await lock((await openUser(OFFICER)).state);
  assert.match(await get("/field/"), /data-testid="lock"/);
});
