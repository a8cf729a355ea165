import assert from "node:assert/strict";
import { test } from "node:test";
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { fromText, join, toText, utf8 } from "../../outreach/static/js/store/engine/bytes.js";
import { publicKey, seal, sealWith, sender } from "../../outreach/static/js/vault/hpke.js";
import {
  freshKey,
  makeKeys,
  olderKey,
  openKey,
  opens,
  sign,
  withPin,
} from "../../outreach/static/js/vault/keys.js";
import {
  confirmed,
  daysLeft,
  isOver,
  newLease,
  passed,
} from "../../outreach/static/js/vault/lease.js";
import { NO_TRIES, oneMore, waited } from "../../outreach/static/js/vault/throttle.js";

const hex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");
const b64 = (text) => Buffer.from(text, "hex").toString("base64url");

// RFC 9180, appendix A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.
const RFC = {
  info: "4f6465206f6e2061204772656369616e2055726e",
  pkE:
    "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9" +
    "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
  skE: "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
  pkR:
    "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82" +
    "6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
  key: "868c066ef58aae6dc589b6cfdd18f97e",
  nonce: "4e0bc5018beba4bf004cca59",
  plain: "4265617574792069732074727574682c20747275746820626561757479",
  aad: "436f756e742d30",
  sealed:
    "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f" +
    "9076ac232e3ab2523f39513434",
};

test("the published vector of RFC 9180 comes out", async () => {
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: b64(RFC.pkE.slice(2, 66)),
    y: b64(RFC.pkE.slice(66)),
    d: b64(RFC.skE),
  };
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const pair = {
    publicKey: await publicKey(hex(RFC.pkE)),
    privateKey: await crypto.subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]),
  };
  const from = await sender(await publicKey(hex(RFC.pkR)), hex(RFC.info), pair);
  assert.equal(toHex(from.key), RFC.key);
  assert.equal(toHex(from.nonce), RFC.nonce);
  const sealed = await sealWith(from, hex(RFC.plain), hex(RFC.aad));
  assert.equal(toHex(sealed), RFC.pkE + RFC.sealed);
});

test("another implementation opens what we seal, and only with the same info", async () => {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const pair = await suite.kem.generateKeyPair();
  const raw = new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
  const text = '{"mid":1,"nama":"Siti Aminah ✓"}';
  for (const plain of [utf8(text), new Uint8Array(), new Uint8Array(100_000).fill(7)]) {
    const sealed = await seal(await publicKey(raw), "jangkau sealed 1 abc", plain);
    const part = { recipientKey: pair.privateKey, enc: sealed.slice(0, 65) };
    const open = (info) => suite.open({ ...part, info: utf8(info) }, sealed.slice(65));
    assert.deepEqual(new Uint8Array(await open("jangkau sealed 1 abc")), plain);
    await assert.rejects(open("jangkau sealed 1 abd"));
  }
});

test("two seals of the same message share nothing", async () => {
  const to = await publicKey(hex(RFC.pkR));
  const [a, b] = await Promise.all([seal(to, "x", utf8("sama")), seal(to, "x", utf8("sama"))]);
  assert.notEqual(toHex(a.slice(0, 65)), toHex(b.slice(0, 65)));
  assert.notEqual(toHex(a.slice(65)), toHex(b.slice(65)));
});

test("bytes travel as base64url without padding and come back", () => {
  for (let size = 0; size < 70; size++) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 37 + 251) & 255);
    assert.equal(toText(bytes), Buffer.from(bytes).toString("base64url"));
    assert.deepEqual(fromText(toText(bytes)), bytes);
  }
  assert.deepEqual(join(new Uint8Array([1]), [2, 3], new Uint8Array()), new Uint8Array([1, 2, 3]));
  assert.equal(toText(new Uint8Array(200_000)).length, Math.ceil((200_000 * 4) / 3));
});

const FEW = 1000;
const PIN = "271828";

const isExportable = (key) =>
  crypto.subtle.exportKey("raw", key).then(
    () => true,
    () => false,
  );
const sample = async (key) => {
  const iv = new Uint8Array(12);
  return toHex(new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, iv)));
};

test("no key that is kept can be exported", async () => {
  const keys = await makeKeys();
  assert.equal(keys.sign.extractable, false);
  assert.equal(keys.secret.extractable, false);
  assert.equal(await isExportable(await openKey(keys)), false);
  const locked = { ...keys, ...(await withPin(keys, undefined, PIN, FEW)) };
  assert.equal(await isExportable(await openKey(locked, PIN)), false);
});

test("each PIN brings another data key, which opens those before it; the newest PIN alone opens", async () => {
  const keys = await makeKeys();
  const first = await openKey(keys);
  const one = { ...keys, ...(await withPin(keys, undefined, PIN, FEW)) };
  const second = await openKey(one, PIN);
  assert.notEqual(await sample(second), await sample(first));
  assert.equal(await openKey(one), null);
  assert.equal(await openKey(one, "271829"), null);
  assert.equal(await withPin(one, "000000", "111222", FEW), null);
  const two = { ...one, ...(await withPin(one, PIN, "314159", FEW)) };
  assert.equal(await openKey(two, PIN), null);
  const third = { key: await openKey(two, "314159"), gen: two.gen };
  assert.deepEqual([one.gen, two.gen], [keys.gen + 1, keys.gen + 2]);
  assert.notDeepEqual(two.salt, one.salt);
  for (const [gen, key] of [
    [keys.gen, first],
    [one.gen, second],
    [two.gen, third.key],
  ]) {
    const found = await olderKey(two, gen, third);
    assert.equal(await sample(found), await sample(key));
    assert.equal(await isExportable(found), false);
    assert.ok(opens(two, gen));
  }
});

test("an earlier data key opens nothing of a later one", async () => {
  const keys = await makeKeys();
  const first = { key: await openKey(keys), gen: keys.gen };
  const one = { ...keys, ...(await withPin(keys, undefined, PIN, FEW)) };
  await assert.rejects(olderKey(one, one.gen, first), { code: "key_lost" });
  assert.equal(opens(one, one.gen, keys.gen), false);
  const rest = { ...one, gen: one.gen + 1 };
  assert.equal(opens(rest, keys.gen), false, "a forgotten PIN keeps what lies under it too");
});

test("the right PIN with another phone's secret opens nothing", async () => {
  const keys = await makeKeys();
  const locked = { ...keys, ...(await withPin(keys, undefined, PIN, FEW)) };
  const { secret } = await makeKeys();
  assert.equal(await openKey({ ...locked, secret }, PIN), null);
});

test("a PIN is stretched by 600,000 rounds unless a test asks for fewer", async () => {
  const keys = await makeKeys();
  const made = await withPin(keys, undefined, PIN);
  assert.equal(made.rounds, 600_000);
  assert.ok(await openKey({ ...keys, ...made }, PIN));
  assert.equal(await openKey({ ...keys, ...made, rounds: 599_999 }, PIN), null);
});

test("a replaced data key is another one of the next generation", async () => {
  const keys = await makeKeys();
  const next = { ...keys, ...(await freshKey(keys)) };
  assert.equal(next.gen, keys.gen + 1);
  assert.notEqual(await sample(await openKey(next)), await sample(await openKey(keys)));
});

test("the signature is r and s over the body, by the key that was registered", async () => {
  const keys = await makeKeys();
  const raw = fromText(keys.public);
  assert.equal(raw.length, 65);
  const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", raw, curve, false, ["verify"]);
  const made = fromText(await sign(keys, utf8("{}")));
  assert.equal(made.length, 64);
  assert.ok(await crypto.subtle.verify(curve, key, made, utf8("{}")));
  assert.equal(await crypto.subtle.verify(curve, key, made, utf8("{ }")), false);
});

const MINUTE = 60_000;
const wrong = (times, at = 0) => {
  let tries = NO_TRIES;
  for (let i = 0; i < times; i++) tries = oneMore(tries, at);
  return tries;
};

test("waits begin at the fourth wrong PIN and grow to half an hour", () => {
  const minutes = Array.from({ length: 10 }, (_, i) => wrong(i + 1).left / MINUTE);
  assert.deepEqual(minutes, [0, 0, 0, 0.5, 1, 5, 15, 30, 30, 30]);
});

test("a clock set forward takes ten minutes off a wait, one set back takes nothing", () => {
  const tries = wrong(8, 1_000_000_000);
  const year = 365 * 86_400_000;
  const ahead = waited(tries, tries.at + year);
  assert.equal(ahead.left, 20 * MINUTE);
  const back = waited(tries, tries.at - year);
  assert.equal(back.left, 30 * MINUTE);
  assert.equal(waited(back, back.at + 4 * MINUTE).left, 26 * MINUTE);
  assert.equal(waited(waited(ahead, ahead.at + year), ahead.at + 2 * year).left, 0);
  assert.equal(waited(ahead, ahead.at).wrong, 8);
});

const DAY = 86_400_000;

test("two weeks without the server end the lease, however the days are cut", () => {
  for (const step of [0.01, 0.5, 2.9]) {
    let lease = newLease(0);
    let at = 0;
    while (!isOver(lease)) {
      at += step * DAY;
      lease = passed(lease, at);
    }
    assert.ok(at >= 14 * DAY && at <= (14 + step) * DAY + 1, `${step}: ${at / DAY}`);
  }
});

test("a clock that jumps ahead costs three days and asks for the date", () => {
  const year = 365 * DAY;
  const lease = passed(newLease(0), year);
  assert.equal(isOver(lease), false);
  assert.equal(daysLeft(lease), 11);
  assert.equal(lease.doubt, year - 3 * DAY);
  assert.ok(isOver(confirmed(lease, true)));
  assert.equal(confirmed(lease, true).doubt, undefined);
  assert.deepEqual(confirmed(lease, false), lease);
});

test("a clock that goes back costs nothing and asks nothing until it comes forward again", () => {
  const back = passed(newLease(100 * DAY), 0);
  assert.deepEqual(back, { days: 14, spent: 0, at: 0 });
  const again = passed(back, 100 * DAY);
  assert.equal(daysLeft(again), 11);
  assert.equal(again.doubt, 97 * DAY);
});

test("five days in a drawer count as five once the date is confirmed", () => {
  const lease = confirmed(passed(newLease(0), 5 * DAY), true);
  assert.equal(daysLeft(lease), 9);
  assert.equal(passed(newLease(0, 7), 2 * DAY).doubt, undefined);
});
