// What a PIN and the lease allow: what may be fetched, and what a locked page asks for.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, sealingPair } from "./support/fakeServer.mjs";
import { translator } from "./support/words.mjs";

globalThis.self = globalThis;
Object.defineProperty(globalThis, "navigator", { value: { onLine: true } });
globalThis.caches = { has: async () => false };
const page = "https://jangkau.test";
globalThis.location = new URL(`${page}/sw.js`);

const { provide, answer } = await import("../../outreach/static/js/field/router.js");
await import("../../outreach/static/js/field/second_part.js");
await import("../../outreach/static/js/field/first_part.js");
const { context, token } = await import("../../outreach/static/js/field/context.js");
const { setCurrentUser } = await import("../../outreach/static/js/store/engine/meta.js");
const { openUser } = await import("../../outreach/static/js/store/store.js");
const { putOff, setPin } = await import("../../outreach/static/js/store/access/pin.js");
const { end } = await import("../../outreach/static/js/store/access/ended.js");
const { startAnew } = await import("../../outreach/static/js/store/access/reset.js");
const { noteSync } = await import("../../outreach/static/js/store/records/sync_state.js");
const { unlock } = await import("../../outreach/static/js/store/access/unlock.js");
const { lock } = await import("../../outreach/static/js/vault/session.js");
const { ifFree } = await import("../../outreach/static/js/store/engine/locks.js");
provide(context, token);

const USER = "01930000-0000-7000-8000-00000000a002";
const server = new FakeServer();
server.pairs = [await sealingPair("k1")];
server.users.set(USER, { role: "officer", scopes: ["18.04.04.2002"] });
globalThis.fetch = server.fetch;
const { state } = await openUser(USER);
await setCurrentUser(USER);

/** Steps until nothing is left to do; the last answer. */
async function synced() {
  server.calls.length = 0;
  const headers = { "Jangkau-Token": await token() };
  for (let body = { open: "1", now: "1" }; ; body = {}) {
    const init = { method: "POST", headers, body: new URLSearchParams(body) };
    const told = await (await answer(new Request(`${page}/field/_sync`, init))).json();
    if (!told.more) return told;
  }
}

const isFetched = () => server.calls.includes("/sync/v1/pull");

test("nothing is fetched before a PIN is chosen or put off, nor while the phone begins anew", async () => {
  assert.equal((await synced()).asks, 1);
  assert.equal(isFetched(), false);
  await putOff(state);
  assert.equal((await synced()).asks, 0);
  assert.equal(isFetched(), true);
  await setPin(state, "271828", { rounds: 1000 });
  await startAnew(state);
  assert.equal((await synced()).asks, 1);
  assert.equal(isFetched(), false);
  await setPin(state, "314159", { rounds: 1000 });
  assert.equal((await synced()).asks, 0);
  assert.equal(isFetched(), true);
});

test("a locked phone whose step is still under way elsewhere says what waits", async () => {
  await lock(state);
  let release = () => {};
  const held = ifFree(`jk-${USER}-sync`, () => new Promise((resolve) => (release = resolve)));
  const told = await synced();
  release();
  await held;
  assert.deepEqual([told.did, told.locked, told.wait], ["idle", 1, 1000]);
  assert.ok(told.words);
  await unlock(state, "314159");
});

test("a phone that must log in speaks of sending where something waits for it", async () => {
  const { t } = translator("id");
  const says = async (code) => {
    await noteSync(state, { pulledAt: 0 });
    server.login = code;
    const { words } = await synced();
    server.login = undefined;
    await unlock(state, "314159");
    return words;
  };
  assert.equal(await says("fetch_key_unknown"), t("field.sync.again"));
  assert.equal(await says("device_unknown"), t("field.login_again"));
  const store = await openUser(USER);
  const changes = { full_name: "SITI", village_code: "18.04.04.2002" };
  await store.save({ id: store.newId(), scope: "18.04.04.2002", changes });
  const { devices } = server.state;
  Object.defineProperty(server.state, "devices", { configurable: true, get: () => ({}) });
  assert.equal(await says(), t("field.sync.auth"));
  Object.defineProperty(server.state, "devices", { value: devices });
});

test("where the lease took the key, no PIN is asked for: the page leads to a new one", async () => {
  assert.equal((await end(state, "lease")).key, false);
  await synced();
  const text = await (await answer(new Request(`${page}/field/`))).text();
  assert.match(text, /PIN lama tidak membukanya lagi.*pilih Lupa PIN/);
  assert.doesNotMatch(text, /data-testid="unlock"/);
  assert.match(text, /data-testid="pin-forgot"/);
});
