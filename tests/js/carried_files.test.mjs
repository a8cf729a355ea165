import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { FakeServer, sealingPair, unseal } from "./support/fakeServer.mjs";
import { Phone } from "./support/phone.mjs";
import { GENESIS, link, sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { ask } from "../../outreach/static/js/store/engine/idb.js";
import {
  divide,
  fileOf,
  makeParcel,
  parcelsOf,
  waitingToBeCarried,
} from "../../outreach/static/js/sync/carried_files.js";
import { sealSome } from "../../outreach/static/js/store/access/seal_backlog.js";
import { fromText, utf8 } from "../../outreach/static/js/store/engine/bytes.js";
import { keysOf } from "../../outreach/static/js/vault/session.js";

test("what waits is divided so that each file stays small, in order, once", () => {
  const saves = [1, 2, 3, 4].map((mid) => ({ mid, sealed: new Uint8Array(300) }));
  const photos = ["a", "b"].map((sha) => ({ sha, size: 900 }));
  assert.deepEqual(divide(saves, photos, 2700), [
    { from: 1, to: 3, shas: [] },
    { from: 4, to: 4, shas: ["a"] },
    { from: 0, to: 0, shas: ["b"] },
  ]);
  assert.equal(divide(saves, photos).length, 1);
  assert.deepEqual(divide([], []), []);
});

async function withTwo() {
  const server = new FakeServer();
  server.pairs = [await sealingPair()];
  const phone = await Phone.at(server);
  await phone.add("SITI");
  await phone.sync();
  const bytes = new Uint8Array([1, 2, 3]);
  const sha = await sha256(bytes);
  await phone.store.putBlob(sha, bytes);
  await phone.add("HERI", { ktp_photo: sha });
  await phone.add("JUMADI");
  await phone.store.state.refresh();
  while (await sealSome(phone.store.state));
  return { server, phone, sha, conn: phone.store.state.conn };
}

test("a file holds sealed copies only, continues the chain, and is signed by the phone", async () => {
  const { server, phone, sha, conn } = await withTwo();
  const waits = await waitingToBeCarried(conn);
  assert.deepEqual([waits.saves, waits.photos, waits.left], [2, 1, 0]);
  const parcel = await makeParcel(conn, "p1", phone.clock.now());
  const text = await fileOf(conn, phone.userId, parcel, 0);
  assert.ok(!text.includes("HERI") && !text.includes("JUMADI"));
  const file = JSON.parse(text);
  assert.deepEqual(Object.keys(file), [
    "format",
    "device",
    "user",
    "epoch",
    "at",
    "kept_from",
    "first_prev",
    "mutations",
    "blobs",
    "signature",
  ]);
  const mids = file.mutations.map((one) => JSON.parse(one).mid);
  assert.deepEqual([mids, file.kept_from], [[2, 3], 1]);
  assert.deepEqual(Object.keys(JSON.parse(file.mutations[0])), [
    "mid",
    "key",
    "named",
    "kid",
    "sealed",
  ]);
  assert.deepEqual(
    file.blobs.map((one) => [one.sha, one.size]),
    [[sha, 3]],
  );
  const opened = await unseal(server.pairs[0], `jangkau blob 1 ${sha}`, file.blobs[0].sealed);
  assert.deepEqual([...opened], [1, 2, 3]);
  const first = [...phone.store.state.hot.values()].find(({ mid }) => mid === 2);
  assert.equal(await link(file.first_prev, first.json), first.h);
  assert.notEqual(file.first_prev, GENESIS);

  const signed = text.slice(0, text.lastIndexOf(',"signature"'));
  const { public: point } = await keysOf(phone.store.state);
  const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await webcrypto.subtle.importKey("raw", fromText(point), P256, false, ["verify"]);
  const verified = (bytes) =>
    webcrypto.subtle.verify(P256, key, fromText(file.signature), utf8(bytes));
  assert.equal(await verified(signed), true);
  assert.equal(await verified(`${signed} `), false);
});

test("what happened to a parcel since is told", async () => {
  const { phone, conn } = await withTwo();
  await makeParcel(conn, "p1", phone.clock.now());
  const [before] = await parcelsOf(conn);
  assert.deepEqual([before.arrived, before.verified, before.saves], [0, 0, 2]);
  await phone.sync();
  const [after] = await parcelsOf(conn);
  assert.deepEqual([after.arrived, after.verified, after.other], [2, 1, false]);
  assert.equal(await makeParcel(conn, "p2", phone.clock.now()), null);
  assert.equal((await parcelsOf(conn)).length, 1);
});

test("what is not sealed stays behind and is counted", async () => {
  const { phone, conn } = await withTwo();
  await conn.run(["journal"], "readwrite", async (tx) => {
    const journal = tx.objectStore("journal");
    const { sealed: _no, ...rest } = await ask(journal.get(3));
    journal.put(rest);
  });
  const parcel = await makeParcel(conn, "p1", phone.clock.now());
  assert.deepEqual([parcel.saves, parcel.photos, parcel.left], [1, 1, 1]);
});
