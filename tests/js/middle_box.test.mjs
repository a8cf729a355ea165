// Somebody between phone and server answers in the server's place, with any status and any page.
// What is not signed by the server, to this very request, is trouble of the network: it settles,
// frees, renumbers, fetches, ends and accuses nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { everything } from "./support/disk.mjs";
import { FakeServer, sealingPair, signingPair, unsigned } from "./support/fakeServer.mjs";
import { Clock, newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { register } from "../../outreach/static/js/sync/client.js";
import { sealSome } from "../../outreach/static/js/store/access/seal_backlog.js";
import { lock } from "../../outreach/static/js/vault/session.js";
import { setPin } from "../../outreach/static/js/store/access/pin.js";

const STATUSES = [200, 401, 403, 404, 409, 410, 413, 422, 426, 429, 500, 502, 503];
const HTML = "<html><title>Login</title>";

/** A phone in the middle of its day: rows pulled, saves settled and not, a form, a picture. */
async function busy() {
  const server = new FakeServer();
  server.pairs = [await sealingPair()];
  const phone = await Phone.at(server);
  server.change("w1", { full_name: "DARI SERVER" });
  await phone.add("SUDAH SAMPAI");
  await phone.sync();
  await phone.add("BELUM SAMPAI");
  const bytes = new Uint8Array(3000).fill(7);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add("DENGAN FOTO", { ktp_photo: sha });
  await phone.store.putDraft("d", { scope: VILLAGE, data: { full_name: "SETENGAH JADI" } });
  while (await sealSome(phone.store.state));
  return { server, phone, sha };
}

/** What may not change: everything but when to try again, and how much at once. */
async function kept(phone) {
  const { meta, journal, ...rest } = await everything(`jk-${phone.userId}`);
  const { sync, traffic: _t, stamp: _s, ...told } = Object.fromEntries(meta);
  const { epoch, received, durable, receipt, refusal, raw, fork } = sync;
  const states = journal.map(([key, { state, ...one }]) => [
    key,
    { ...one, state: state === "sending" ? "waiting" : state },
  ]);
  const { lease: _l, ...vault } = Object.fromEntries(rest.vault);
  const said = { epoch, received, durable, receipt, refusal, raw: raw ?? 0, fork };
  return structuredClone({ ...rest, vault, told, said, states });
}

/** The worst that could be said at each address in our own shape. */
const worst = (url, _init, sha) => {
  const numbers = { epoch: 1, last_mid: 3, last_key: null, durable_mid: 3, last_hash: "" };
  if (url.endsWith("/push"))
    return {
      ...numbers,
      code: "device_ended",
      results: [1, 2, 3].map((mid) => ({ mid, status: "applied", scope: VILLAGE, ver: 9 })),
    };
  if (url.endsWith("/pull"))
    return { ...numbers, code: "device_ended", revoked: [VILLAGE], scopes: {} };
  if (url.includes("/blob/"))
    return { offset: 3000, total: 3000, state: "complete", code: "blob_kind_refused", sha };
  const user = { id: "x", name: "P" };
  return { epoch: 9, user, role: "officer", scopes: [], keys: [], code: "device_key_differs" };
};

/** @type {Record<string, (url: string, init: any, sha: string) => [string, Record<string, string>]>} */
const SHAPES = {
  "a page": () => [HTML, { "Content-Type": "text/html" }],
  "somebody's JSON": () => ['{"error":"blocked"}', { "Content-Type": "application/json" }],
  "our own shape": (...of) => [
    JSON.stringify(worst(...of)),
    { "Content-Type": "application/json" },
  ],
  "our own fork": (url) => [
    JSON.stringify({ fork: true, epoch: 7, last_mid: 9000, last_key: null, revoked: [], url }),
    { "Content-Type": "application/json" },
  ],
};

/** Steps and a registration that all end at the box. @param {any} phone @param {(url: string, init: any) => any} box */
async function through(phone, box) {
  const fetch = async (url, init) => box(url, init);
  const done = [];
  for (let i = 0; i < 6; i++) {
    phone.clock.pass(600);
    done.push(await phone.step({ fetch, force: true }));
  }
  const told = await register(phone.store, { fetch });
  return { done, told };
}

for (const status of STATUSES) {
  for (const [name, make] of Object.entries(SHAPES)) {
    test(`${name} with status ${status} changes nothing on the phone`, async () => {
      const { server, phone, sha } = await busy();
      const before = await kept(phone);
      const { done, told } = await through(phone, (url, init) => {
        const [body, headers] = make(url, init, sha);
        return unsigned(body, status, headers).box;
      });
      assert.deepEqual(await kept(phone), before);
      for (const one of done) assert.ok(["offline", "idle"].includes(one.did), one.did);
      assert.deepEqual([told.ok, told.status], [false, 0]);
      const html = name === "a page" && status === 200;
      assert.equal(done.find(({ did }) => did === "offline").trouble, html ? "login" : "server");
      await phone.sync();
      assert.equal(server.keys.length, 3);
      assert.equal(server.state.blobs[sha].length, 6000);
    });
  }
}

test("nothing at all and a network's own login are told apart from a server that does not answer", async () => {
  const { phone } = await busy();
  const first = async (box) => (await through(phone, box)).done[0].trouble;
  const cut = () => {
    throw new TypeError("network");
  };
  assert.equal(await first(cut), "signal");
  const moved = { ok: false, status: 0, type: "opaqueredirect", headers: new Headers() };
  assert.equal(
    await first(() => ({ ...moved, arrayBuffer: async () => new ArrayBuffer(0) })),
    "login",
  );
  assert.equal(await first(() => unsigned(HTML, 511).box), "login");
  assert.equal(await first(() => unsigned("", 502).box), "server");
});

/** The server's own answer, changed on the way. */
const SPOILED = {
  "with another status": async (response) => {
    const body = await response.text();
    return new Response(body, { status: 410, headers: response.headers });
  },
  "with one letter changed": async (response) => {
    const body = (await response.text()).replace('"last_mid":', '"last_mid": ');
    return new Response(`${body} `, { status: response.status, headers: response.headers });
  },
  "without its signature": async (response) => {
    const headers = new Headers(response.headers);
    headers.delete("Jangkau-Answer");
    return new Response(await response.text(), { status: response.status, headers });
  },
  "named by another key": async (response) => {
    const headers = new Headers(response.headers);
    headers.set("Jangkau-Answer", headers.get("Jangkau-Answer").replace("a1", "zz"));
    return new Response(await response.text(), { status: response.status, headers });
  },
};
for (const [how, spoil] of Object.entries(SPOILED)) {
  test(`the server's answer ${how} on the way is not believed`, async () => {
    const { server, phone } = await busy();
    const before = await kept(phone);
    await through(phone, async (...asked) => spoil(await server.fetch(...asked)));
    assert.deepEqual(await kept(phone), before);
    await phone.sync();
    assert.equal(server.keys.length, 3);
  });
}

test("an answer to one request is not believed for another", async () => {
  const { server, phone } = await busy();
  let first;
  const record = async (...asked) => {
    const answer = await server.fetch(...asked);
    first ??= answer.status === 200 ? answer.clone() : undefined;
    return answer;
  };
  await phone.step({ fetch: record, force: true });
  const before = await kept(phone);
  await through(phone, () => first.clone());
  assert.deepEqual(await kept(phone), before);
});

test("what only our server says still counts: a revoked phone hears it, a lost one ends", async () => {
  const { server, phone } = await busy();
  server.revoked = true;
  await phone.sync();
  assert.equal(phone.store.state.sync.refusal, "device_revoked");
  server.ended.add(phone.store.state.head.device);
  await phone.sync();
  assert.equal((await everything(`jk-${phone.userId}`)).pages.length, 0);
});

test("a locked phone believes nobody else either", async () => {
  const { phone } = await busy();
  await setPin(phone.store.state, "271828", { rounds: 1000 });
  await lock(phone.store.state);
  await phone.reopen();
  const before = await kept(phone);
  for (const status of STATUSES) {
    await through(phone, (...asked) => unsigned(JSON.stringify(worst(...asked)), status).box);
  }
  assert.deepEqual(await kept(phone), before);
});

test("a new key of the server is taken when a known one signs for it", async () => {
  const { server, phone } = await busy();
  const old = await server.signer;
  const fresh = await signingPair("a2");
  server.rotated = fresh;
  assert.ok((await register(phone.store, { fetch: server.fetch })).ok);
  server.signer = Promise.resolve(fresh);
  server.rotated = old;
  await phone.sync();
  assert.equal(server.keys.length, 3);
});

test("an unknown key is no server of ours, whatever it tells, until the person logs in", async () => {
  const { server, phone } = await busy();
  server.signer = signingPair("b1");
  const before = await kept(phone);
  const { done, told } = await through(phone, server.fetch);
  assert.deepEqual(await kept(phone), before);
  assert.deepEqual([done[0].did, done[0].trouble, told.status], ["offline", "server", 0]);
  server.ended.add(phone.store.state.head.device);
  await register(phone.store, { fetch: server.fetch, fresh_login: true });
  assert.deepEqual((await kept(phone)).drafts, before.drafts, "a foreign server ends no phone");
  server.ended.clear();
  assert.ok((await register(phone.store, { fetch: server.fetch, fresh_login: true })).ok);
  await phone.sync();
  assert.equal((await phone.store.counts()).pending, 0);
});

test("a phone that knows no key yet hears that it has to log in, and is ended by nobody", async () => {
  const server = new FakeServer();
  const phone = new Phone(server, newUser(), new Clock());
  await phone.reopen();
  server.faults.push(401);
  const { fetch } = server;
  assert.equal((await register(phone.store, { fetch })).status, 401);
  const keys = await server.toldKeys();
  const lost = { code: "device_ended", keys };
  server.faults.push(new Response(JSON.stringify(lost), { status: 410 }));
  assert.equal((await register(phone.store, { fetch })).status, 0);
});

test("a server that cannot sign does not answer: work goes on and nothing is wiped", async () => {
  const { server, phone } = await busy();
  const pair = server.signer;
  server.signer = Promise.resolve(null);
  const before = await kept(phone);
  const { done } = await through(phone, server.fetch);
  assert.equal(done[0].did, "offline");
  assert.deepEqual(await kept(phone), before);
  await phone.add("SELAGI SERVER DIAM");
  server.signer = pair;
  await phone.sync();
  assert.deepEqual(await phone.store.counts(), {
    recorded: 4,
    received: 4,
    pending: 0,
    gone: 0,
    lost: 0,
  });
});

test("an old challenge is asked again once with the new one, and never twice", async () => {
  const { server, phone } = await busy();
  server.time += 1;
  assert.equal((await phone.step({ force: true })).did, "push");
  const { fetch } = server;
  let asked = 0;
  const moving = (...all) => {
    asked += 1;
    server.time += 1;
    return fetch(...all);
  };
  const { did, trouble } = await phone.step({ fetch: moving, force: true });
  assert.deepEqual([did, trouble, asked], ["offline", "server", 2]);
});
