// Whatever changes something on this phone asks for the token of the store whose screens are shown.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { everything } from "./support/disk.mjs";
import { FakeServer } from "./support/fakeServer.mjs";

globalThis.self = globalThis;
globalThis.navigator ??= {};
globalThis.caches = { has: async () => false };
const page = "https://jangkau.test";
globalThis.location = new URL(`${page}/sw.js`);

const { provide, unsafeRoutes, answer } = await import("../../outreach/static/js/field/router.js");
await import("../../outreach/static/js/field/second_part.js");
await import("../../outreach/static/js/field/first_part.js");
const { messageKinds } = await import("../../outreach/static/js/field/lifecycle.js");
const { onAsked } = await import("../../outreach/static/js/field/asked.js");
const { context, token } = await import("../../outreach/static/js/field/context.js");
const meta = await import("../../outreach/static/js/store/engine/meta.js");
const { closeUser, openUser } = await import("../../outreach/static/js/store/store.js");
const { putAside } = await import("../../outreach/static/js/store/engine/db.js");
const { forget } = await import("../../outreach/static/js/field/context.js");
const { putOff, setPin } = await import("../../outreach/static/js/store/access/pin.js");
const { lock } = await import("../../outreach/static/js/vault/session.js");
const { unlock } = await import("../../outreach/static/js/store/access/unlock.js");
const { forgetPages, keyKinds, onKeyMessage } = await import(
  "../../outreach/static/js/field/open_key.js"
);
provide(context, token);

const USER = "01930000-0000-7000-8000-00000000a001";
const VILLAGE = "18.04.04.2002";
const ids = {};

async function begin() {
  const store = await openUser(USER);
  await store.setProfile({ role: "officer", scopes: [VILLAGE], user: { id: USER, name: "A" } });
  await meta.setCurrentUser(USER);
  await putOff(store.state);
  ids.worker = store.newId();
  ids.draft = store.newId();
  const set = { full_name: [null, "SITI"], village_code: [null, VILLAGE] };
  await store.save({ table: "worker", id: ids.worker, scope: VILLAGE, set, op: "put" });
  const data = { step: "nik", form: { nik: "1804" }, mode: "door" };
  await store.putDraft(ids.draft, { scope: VILLAGE, data });
  // What any visit notes is noted now.
  await answer(new Request(`${page}/field/`));
  return store;
}
const store = await begin();

/** Everything that lies on the phone, in an order of its own. */
const disk = async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name).sort();
  return Object.fromEntries(await Promise.all(names.map(async (n) => [n, await everything(n)])));
};

/** An address of a pattern with real parts, so that a handler would find something to do. */
const filled = (pattern) =>
  pattern
    .replace("{draft}", ids.draft)
    .replace("{step}", "nik")
    .replace("{id}", ids.worker)
    .replace("{purpose}", "pendaftaran")
    .replace("{code}", VILLAGE);

const FORM = {
  pin1: "271828",
  pin2: "271828",
  lang: "en",
  photos: "wifi",
  n: "0",
  what: "lost",
  village: VILLAGE,
  edit: "",
  step: "nik",
  nik: "1804044708809001",
  go: "heir_add",
  date: "22-11-2026",
};
const sent = (method, path, extra = {}, headers = {}) =>
  new Request(`${page}${path}`, {
    method,
    body: new URLSearchParams({ ...FORM, edit: ids.worker, ...extra }),
    headers,
  });

const EXPECTED = [
  "POST /field/_sync",
  "POST /field/carry",
  "POST /field/choose/find",
  "POST /field/fix/read",
  "POST /field/form/edit",
  "POST /field/leave",
  "POST /field/form/new",
  "POST /field/form/{draft}/check",
  "POST /field/form/{draft}/discard",
  "POST /field/form/{draft}/find",
  "POST /field/form/{draft}/save",
  "POST /field/form/{draft}/{step}",
  "POST /field/outbox/lines",
  "POST /field/outbox/people/lines",
  "POST /field/phone/photos",
  "POST /field/pin",
  "POST /field/pin/date",
  "POST /field/pin/forgot",
  "POST /field/pin/later",
  "POST /field/pin/lock",
  "POST /field/pin/old",
  "POST /field/pin/open",
  "POST /field/seen",
  "POST /field/settings/lang",
  "POST /field/trouble/anew",
  "POST /field/v/{code}/more",
  "POST /field/v/{code}/search",
  "POST /field/villages/find",
  "POST /field/w/{id}/withdraw/{purpose}",
];

test("the addresses that change something are these; a new one is tried below too", () => {
  for (const known of EXPECTED) assert.ok(unsafeRoutes().includes(known), known);
});

for (const address of unsafeRoutes()) {
  const [method, pattern] = address.split(" ");
  test(`${address} without the token, or with another, changes nothing`, async () => {
    const before = await disk();
    for (const extra of [{}, { token: "" }, { token: "a".repeat(24) }]) {
      const response = await answer(sent(method, filled(pattern), extra));
      assert.ok([403, 422].includes(response.status), `${response.status}`);
      const text = await response.text();
      if (response.status === 403) assert.match(text, /tidak datang dari layar Jangkau/);
      else assert.match(text, /dari luar Jangkau/);
    }
    const wrong = { "Jangkau-Token": "b".repeat(24) };
    assert.notEqual((await answer(sent(method, filled(pattern), {}, wrong))).status, 200);
    assert.deepEqual(await disk(), before);
  });
}

test("a form open here that comes without the token is shown again with what was sent", async () => {
  const path = `/field/form/${ids.draft}/nik`;
  const text = await (await answer(sent("POST", path))).text();
  assert.match(text, /value="180404 470880 9001"|value="1804044708809001"/);
  const [, token] =
    /<form[^>]*data-draft[^>]*><input type="hidden" name="token" value="([^"]+)">/.exec(text);
  const next = await answer(sent("POST", path, { token, go: "heir_add" }));
  assert.equal(next.status, 200);
  assert.equal((await store.draft(ids.draft)).data.form.nik, "1804044708809001");
});

test("a form of somebody else's form, or of none, is refused by one sentence", async () => {
  const response = await answer(sent("POST", `/field/form/${store.newId()}/nik`));
  assert.equal(response.status, 404);
});

test("every form to the worker carries the token, and no form to the server does", async () => {
  const ours = await token();
  for (const path of ["/field/settings", `/field/w/${ids.worker}`, "/field/outbox", "/field/pin"]) {
    const text = await (await answer(new Request(`${page}${path}`))).text();
    const forms = text.match(/<form[^>]*>(?:<input type="hidden" name="token"[^>]*>)?/g);
    assert.ok(forms.length, path);
    for (const form of forms) {
      const asked = form.includes('action="/field/');
      assert.equal(form.includes(`value="${ours}"`), asked, form);
    }
  }
});

/** What an address answers at last, as the browser's reload or Back asks for it. */
async function opened(path, left = 3) {
  const response = await answer(new Request(`${page}${path}`));
  const away = response.headers.get("Location");
  return away && left ? opened(away, left - 1) : response;
}

test("every address that a form leaves in the bar answers on reload and on Back", async () => {
  for (const address of unsafeRoutes()) {
    const path = filled(address.split(" ")[1]);
    const response = await opened(path);
    assert.equal(response.status, 200, path);
    assert.match(await response.text(), /<main id="main"/, path);
  }
});

test("a form that is answered by a screen says at which address that is seen", async () => {
  const known = await token();
  for (const [path, extra, at] of [
    ["/field/pin", { pin1: "1", token: known }, "/field/pin"],
    [`/field/form/${ids.draft}/save`, { token: known }, `/field/form/${ids.draft}/later`],
    [`/field/form/${ids.draft}/nik`, { token: known }, `/field/form/${ids.draft}/nik`],
    ["/field/settings/lang", {}, "/field/settings"],
    [`/field/v/${VILLAGE}/search`, { token: known }, null],
  ]) {
    const response = await answer(sent("POST", path, extra));
    assert.equal(response.headers.get("HX-Push-Url"), at, path);
  }
});

test("a form that the browser sends itself leads to its screen's own address, once", async () => {
  const body = new URLSearchParams({ pin1: "1", pin2: "1", token: await token() });
  const asNavigation = (path, init) =>
    new Proxy(new Request(`${page}${path}`, init), {
      get: (request, name) => {
        if (name === "mode") return "navigate";
        const value = request[name];
        return typeof value === "function" ? value.bind(request) : value;
      },
    });
  const wrong = () => answer(asNavigation("/field/pin", { method: "POST", body }));
  const moved = await wrong();
  assert.deepEqual([moved.status, moved.headers.get("Location")], [303, "/field/pin"]);
  const shown = await answer(asNavigation("/field/pin"));
  assert.equal(shown.status, 422);
  assert.match(await shown.text(), /data-testid="pin-wrong"/);
  assert.equal((await answer(asNavigation("/field/pin"))).status, 200);

  await wrong();
  await answer(sent("POST", "/field/pin", Object.fromEntries(body)));
  const after = await answer(asNavigation("/field/pin"));
  assert.equal(after.status, 200, "what another form answered since is not shown any more");
});

test("the way to the login answers without signal", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("network"));
  const response = await answer(new Request(`${page}/field/login`));
  assert.match(await response.text(), /Masuk butuh sinyal/);
  globalThis.fetch = async () => new Response("");
  const there = await answer(new Request(`${page}/field/login`));
  assert.equal(there.headers.get("Location"), "/login");
});

test("messages of the worker's own life touch nothing that was recorded, and no others exist", async () => {
  assert.deepEqual(messageKinds.sort(), ["claim", "complete", "propose", "swap", "version"]);
  const before = await disk();
  const told = [];
  for (const extra of ["", "&token=wrong"]) {
    const path = `${page}/field/w/${ids.worker}/withdraw/pendaftaran`;
    const data = { type: "screen", id: extra, path, said: `a=b${extra}` };
    let work = null;
    const port = { postMessage: (said) => told.push(said.text) };
    onAsked({ data, ports: [port], waitUntil: (promise) => (work = promise) });
    await work;
  }
  assert.equal(told.length, 2);
  for (const text of told) assert.match(text, /tidak datang dari layar Jangkau/);
  assert.deepEqual(await disk(), before);
});

/** Ports without a process that waits for them. */
globalThis.MessageChannel = class {
  constructor() {
    this.port1 = {};
    this.port2 = { postMessage: (data) => setTimeout(() => this.port1.onmessage({ data })) };
  }
};
/** Our pages as the worker sees them: what each answers when it is asked for the key. */
let windows = [];
globalThis.clients = {
  matchAll: async () =>
    windows.map((give) => ({
      url: `${page}/field/`,
      postMessage: ({ type, user }, ports) => {
        if (type === "give-key") give(user, ports[0]);
      },
    })),
};
/** A page that holds what it was given. */
const holding = (given) => (_user, port) => port.postMessage(given);

/** What the worker answers to a page's message about the key. */
async function toldOf(type, extra) {
  let told;
  let work = null;
  const port = { postMessage: (said) => (told = said) };
  onKeyMessage({
    data: { type, ...extra },
    ports: [port],
    waitUntil: (promise) => (work = promise),
  });
  await work;
  return told;
}

/** The browser stops the worker and starts it again: its memory is gone. */
async function restart() {
  await closeUser(USER);
  forget();
  forgetPages();
}
const isLocked = async () =>
  /data-testid="lock"/.test(await (await answer(new Request(`${page}/field/`))).text());

test("messages about the key are these two, and neither is answered without the token", async () => {
  assert.deepEqual(keyKinds.sort(), ["key", "touched"]);
  await setPin(store.state, "271828", { rounds: 1000 });
  assert.equal(await toldOf("key", {}), null);
  assert.equal(await toldOf("key", { token: "a".repeat(24) }), null);
  const { user, open, given } = await toldOf("key", { token: await token() });
  assert.deepEqual([user, open, given.key.extractable], [USER, true, false]);
});

test("a worker that was stopped gets the key back from a page, within a moment", async () => {
  const { given } = await toldOf("key", { token: await token() });
  windows = [() => {}, holding(null), holding({ ...given, gen: 7 }), holding(given)];
  await restart();
  assert.equal(await isLocked(), false);
  windows = [];
  assert.equal(await isLocked(), false, "it has it from then on");
});

test("a page that says nothing keeps nobody waiting longer than a moment, nor again and again", async () => {
  windows = [() => {}];
  await restart();
  const before = performance.now();
  assert.equal(await isLocked(), true);
  const took = performance.now() - before;
  assert.ok(took > 250 && took < 1500, `${took}`);
  let asked = 0;
  windows = [() => (asked += 1)];
  assert.equal(await isLocked(), true);
  assert.equal(asked, 0);
});

test("after the lock no page's key counts", async () => {
  const { state } = await openUser(USER);
  await unlock(state, "271828");
  const { given } = await toldOf("key", { token: await token() });
  await lock(state);
  windows = [holding(given)];
  await restart();
  assert.equal(await isLocked(), true);
});

test("a locked phone shows its lock to whatever an address asks by a query", async () => {
  const before = await disk();
  for (const path of ["trouble/anew", "trouble", "settings", "users", `w/${ids.worker}`, "phone"]) {
    for (const query of ["?u=x", `?u=${USER}`, "?n=0&u=x"]) {
      const response = await answer(new Request(`${page}/field/${path}${query}`));
      assert.match(await response.text(), /data-testid="lock"/, path + query);
    }
  }
  assert.deepEqual(Object.keys(await disk()), Object.keys(before));
});

const anew = async (extra = {}) =>
  (
    await answer(sent("POST", "/field/trouble/anew", { n: "0", token: await token(), ...extra }))
  ).text();

test("a locked phone begins no storage anew without its PIN", async () => {
  assert.match(await anew(), /data-testid="lock"/);
  assert.deepEqual(await putAside(), {});
});

/** The person's database does not open, as after a restart on a damaged disk. */
async function breakStore() {
  await closeUser(USER);
  forget();
  const { open } = indexedDB;
  indexedDB.open = (name, version) => {
    if (name !== `jk-${USER}`) return open.call(indexedDB, name, version);
    const request = { error: new DOMException("broken", "UnknownError") };
    setTimeout(() => request.onerror());
    return request;
  };
}

/** Where the login of a person leads who was asked for it at an address. */
async function afterLogin(user, next) {
  const query = new URLSearchParams({ u: user, next });
  return (await answer(new Request(`${page}/field/?${query}`))).headers.get("Location");
}

test("a login leads back to the screen that asked for it, its own person alone", async () => {
  const server = new FakeServer();
  let who = USER;
  globalThis.fetch = async (_url, init) => {
    const told = { epoch: 1, role: "officer", scopes: [VILLAGE], keys: await server.toldKeys() };
    const body = JSON.stringify({ ...told, user: { id: who, name: "A" } });
    return server.signed(new Response(body, { status: 200 }), init);
  };
  assert.equal(await afterLogin(USER, "/field/pin/forgot"), "/field/pin/forgot");
  for (const other of ["/field/outbox", "/field/trouble/anew", "//evil.test", "/logout", ""])
    assert.equal(await afterLogin(USER, other), "/field/", other);
  who = "01930000-0000-7000-8000-00000000a002";
  assert.equal(await afterLogin(who, "/field/pin/forgot"), "/field/");
  assert.equal(await meta.currentUser(), who);
  await meta.setCurrentUser(USER);
  forget();
});

test("a storage that cannot ask for the PIN is replaced after a fresh login alone", async () => {
  await breakStore();
  assert.match(await (await answer(new Request(`${page}/field/`))).text(), /data-testid="trouble"/);
  const refused = await answer(sent("POST", "/field/trouble/anew", { n: "0" }));
  assert.equal(refused.status, 403);
  const asked = [];
  const server = new FakeServer();
  const serverSays = (status, body) => {
    globalThis.fetch = async (url, init) => {
      asked.push(`${url} ${JSON.parse(new TextDecoder().decode(init.body)).fresh_login}`);
      const told = { ...body, keys: await server.toldKeys() };
      return server.signed(new Response(JSON.stringify(told), { status }), init);
    };
  };
  serverSays(401, { code: "login_needed" });
  const needed = await anew();
  assert.match(needed, /Masuk dulu dengan kata sandi/);
  const [, login] = /href="(\/field\/login\?next=[^"]+)"/.exec(needed);
  const back = new URL(login, page).searchParams.get("next");
  assert.equal(back, "/field/trouble/anew?n=0");
  assert.equal(await afterLogin(USER, back), back, "though no storage opens");
  globalThis.fetch = () => Promise.reject(new TypeError("network"));
  assert.match(await anew({ pin: "271828" }), /Tidak ada sinyal\. Coba lagi nanti/);
  assert.deepEqual(await putAside(), {});
  serverSays(200, { epoch: 1, user: { id: USER, name: "A" }, role: "officer", scopes: [VILLAGE] });
  await anew();
  assert.deepEqual(asked, Array(2).fill("/sync/v1/device true"));
  assert.deepEqual(await putAside(), { [USER]: 1 });
  const today = await (await answer(new Request(`${page}/field/`))).text();
  assert.match(today, /data-testid="pin-1"/);
  assert.doesNotMatch(today, /data-testid="pin-later"/);
});
