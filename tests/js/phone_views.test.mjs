import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { translator } from "./support/words.mjs";
import { carryView } from "../../outreach/static/js/field/screens/carry/view.js";
import { deviceNotes } from "../../outreach/static/js/field/screens/device/notes_view.js";
import { durationWords } from "../../outreach/static/js/field/parts_of_screens/duration.js";
import { phoneView } from "../../outreach/static/js/field/screens/device/phone_view.js";
import { qrPath } from "../../outreach/static/js/field/screens/receipt/qr.js";
import { numbers } from "../../outreach/static/js/field/parts_of_screens/sent_counts.js";
import { savedView } from "../../outreach/static/js/field/screens/saved/view.js";
import { checks, readyView } from "../../outreach/static/js/field/screens/device/ready_view.js";
import { receiptView } from "../../outreach/static/js/field/screens/receipt/view.js";
import { troubleView } from "../../outreach/static/js/field/screens/trouble/view.js";
import { isSigned, readReceipt } from "../../outreach/static/js/sync/receipt.js";

const w = translator("id");
const HOUR = 3600000;
const MB = 1048576;
const room = (used = 10, quota = 1000, level = "ok") => ({
  used: used * MB,
  quota: quota * MB,
  level,
  photos: level !== "stop",
  persisted: true,
});
const ready = (more = {}) => ({
  villages: [{ name: "Kubu Perahu", listed: true, whole: true, rows: 312 }],
  whole_regency: false,
  age: HOUR,
  ask: "Dinas Tenaga Kerja",
  room: room(),
  pin: true,
  clock: 0,
  unsent: 0,
  stuck: 0,
  photos: 0,
  lease: 14,
  complete: true,
  update: false,
  version: "7",
  ...more,
});

test("a phone that has everything is ready for three days", () => {
  const view = readyView(ready(), w);
  assert.equal(view.verdict, "Siap 3 hari tanpa sinyal");
  assert.ok(view.items.every(({ cls }) => cls === "mark mark-arrived"));
  assert.equal(view.items[0].text, "Kubu Perahu: 312 orang, lengkap.");
  const roomy = readyView(ready({ room: room(10, 12_010) }), w);
  assert.equal(roomy.items.find(({ name }) => name === "room")?.text, "Ruang HP cukup: 12.000 MB.");
});

test("each thing that is missing is named, with what mends it, and comes first", () => {
  const village = { name: "A", listed: false, whole: false, rows: 0 };
  const cases = [
    [{ villages: [] }, "no_village", "send", /penugasan pekon/],
    [{ villages: [village] }, "not_listed", "send", /unduh daftar/],
    [{ age: null }, "stale", "send", /unduh daftar/],
    [{ age: 73 * HOUR }, "stale", "send", /unduh daftar/],
    [{ unsent: 5, stuck: 1 }, "unsent", "send", /kirim dulu/],
    [{ pin: false }, "no_pin", "pin", /buat PIN/],
    [{ room: room(960, 1000, "stop") }, "room_full", undefined, /kosongkan/],
    [{ room: room(10, 49) }, "room_full", undefined, /kosongkan/],
    [{ lease: 2 }, "lease_short", "send", /sambungkan/],
    [{ complete: false }, "incomplete", "reload", /lengkap/],
  ];
  for (const [more, key, fix, first] of cases) {
    const found = checks(ready(more)).filter(({ level }) => level === "stop");
    assert.deepEqual([found[0]?.key, found[0]?.fix], [key, fix]);
    const view = readyView(ready(more), w);
    assert.match(view.verdict, first);
    assert.equal(view.ready, 0);
  }
  assert.match(readyView(ready({ villages: [] }), w).items[0].text, /Dinas Tenaga Kerja/);
});

test("what only deserves a look does not hold anybody back", () => {
  const cases = [
    [{ villages: [{ name: "A", listed: true, whole: false, rows: 3 }] }, "not_whole"],
    [{ age: 25 * HOUR }, "old"],
    [{ room: room(0, 0, "unknown") }, "room_unknown"],
    [{ room: room(850, 1000, "warn") }, "room_low"],
    [{ room: { ...room(), persisted: false } }, "loose"],
    [{ clock: -2 * HOUR }, "clock"],
    [{ update: true }, "update"],
    [{ photos: 4 }, "unsent"],
  ];
  for (const [more, key] of cases) {
    const found = checks(ready(more)).filter(({ level }) => level !== "ok");
    assert.deepEqual(
      found.map((one) => [one.level, one.key]),
      [["warn", key]],
    );
    assert.equal(readyView(ready(more), w).ready, 1);
  }
});

test("who is out and working is not told that they are not ready to leave", () => {
  const view = readyView(ready({ unsent: 30 }), w);
  assert.equal(view.ready, 1);
  assert.match(view.items.find(({ name }) => name === "working").text, /^30 simpanan/);
});

test("a save that arrived is never said to be on this phone alone, however it is known", () => {
  const texts = { after_saving: "Satu. Dua." };
  const ctx = { today: "2026-11-22", code: "ABCDEFG", texts, canAdd: true };
  const worker = { id: "w", scope: "18.04.04.2002", status: "calon", data: { full_name: "A" } };
  const word = (state) => savedView({ ...worker, state }, ctx, w).mark.word;
  assert.equal(word("waiting"), "masih di HP ini");
  assert.equal(word("arrived"), "sampai di server");
  assert.equal(word(""), "sampai di server", "the pulled row has taken its place");
  assert.equal(word("returned"), "perlu diperbaiki");
});

test("pictures that wait stand beside the saves, which may be none", () => {
  const counts = { recorded: 4, received: 4, pending: 0 };
  assert.deepEqual(
    [numbers(counts, w, 4).pending, numbers(counts, w, 4).photos],
    ["0", "+ 4 foto"],
  );
  assert.equal(numbers(counts, w).photos, "");
});

test("who serves the whole regency needs no village", () => {
  assert.equal(readyView(ready({ villages: [], whole_regency: true, age: null }), w).ready, 1);
});

const facts = (more = {}) => ({
  lost: null,
  gone: [],
  before: null,
  refusal: "",
  again: false,
  pending: 4,
  clock: 0,
  room: room(),
  others: [],
  ...more,
});
const said = (more) => deviceNotes(facts(more), w);

test("a phone in order has nothing to say", () => {
  assert.deepEqual(said({ others: [{ name: "SITI", unsent: 0 }] }), []);
});

test("Today names what was lost, who may not fetch, clock, room and others' unsent saves", () => {
  const unknown = { ranges: [[3, 9]], known: false, seen: false };
  const [lost] = said({ lost: unknown });
  assert.match(lost.text, /nomor 3–9 hilang.* diketahui sesudah ada sinyal/);
  assert.equal(lost.seen, "lost");
  const at = { after: "2026-11-22T06:00:00Z", until: Date.parse("2026-11-22T08:10:00Z") };
  const [told] = said({
    lost: {
      ranges: [
        [5, 5],
        [8, 9],
      ],
      known: true,
      seen: true,
      ...at,
    },
  });
  assert.match(told.text, /nomor 5, 8–9 hilang: tidak ada di HP ini/);
  assert.match(told.text, /antara 22 November 2026.*13\.00.* dan 22 November 2026.*15\.10/);
  assert.equal(told.seen, undefined);
  assert.match(said({ gone: [[2, 3]] })[0].text, /nomor 2–3 pernah sampai di server, lalu hilang/);
  const before = { recorded: 14, received: 12, seen_at: "2026-11-22T06:00:00Z" };
  assert.match(said({ before })[0].text, /mulai kosong.*14 simpanan; 12 sampai/);
  assert.match(said({ refusal: "device_revoked" })[0].text, /dinonaktifkan.* 4 simpanan/);
  assert.match(said({ refusal: "device_ended", again: true })[0].text, /dilaporkan hilang/);
  assert.deepEqual(
    said({ again: true }).map((note) => [note.name, note.seen]),
    [["again", "again"]],
  );
  assert.match(said({ clock: -(3 * HOUR + 20 * 60000) })[0].text, /tertinggal 3 jam 20 menit/);
  assert.match(said({ clock: 2 * 24 * HOUR })[0].text, /lebih cepat 2 hari/);
  assert.match(said({ room: room(81, 100, "warn") })[0].text, /81%/);
  assert.match(said({ room: room(96, 100, "stop") })[0].text, /foto berhenti/);
  const [other] = said({ others: [{ name: "Siti", unsent: 3 }] });
  assert.equal(other.text, "3 milik Siti belum terkirim di HP ini.");
  assert.equal(other.to, "users");
});

test("durations are said in the units that people use", () => {
  assert.equal(durationWords(10_000, w), "1 menit");
  assert.equal(durationWords(-59 * 60000, w), "59 menit");
  assert.equal(durationWords(47 * HOUR, w), "47 jam");
  assert.equal(durationWords(56 * 365 * 24 * HOUR, w), "56 tahun");
});

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const DEVICE = "01930000-0000-7000-8000-0000000abcde";
function receipt(more = {}, key = pair.privateKey) {
  const body = {
    device: DEVICE,
    last_mid: 209,
    last_hash: "ab".repeat(32),
    epoch: 1,
    at: "2026-11-22T11:05:00Z",
    user: "01930000-0000-7000-8000-000000000001",
    kid: "s1",
    ...more,
  };
  const text = `JKR1.${Buffer.from(JSON.stringify(body)).toString("base64url")}`;
  const made = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${made.toString("base64url")}`;
}
const jwk = pair.publicKey.export({ format: "jwk" });
const raw = Buffer.concat([
  Buffer.from([4]),
  Buffer.from(jwk.x, "base64url"),
  Buffer.from(jwk.y, "base64url"),
]);
const keys = [
  { kid: "s1", kind: "seal", public: raw.toString("base64url") },
  { kid: "s1", kind: "sign", public: raw.toString("base64url") },
];

test("a receipt is believed only with the server's signature over exactly its bytes", async () => {
  const token = receipt();
  assert.equal(await isSigned(token, keys), true);
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  assert.equal(await isSigned(receipt({}, other), keys), false);
  const more = receipt({ last_mid: 300 }).split(".")[1];
  assert.equal(
    await isSigned([token.split(".")[0], more, token.split(".")[2]].join("."), keys),
    false,
  );
  assert.equal(await isSigned(token, [keys[0]]), null);
  assert.equal(await isSigned(receipt({ kid: "s2" }), keys), null);
  assert.equal(await isSigned("JKR1.x.y", keys), false);
  assert.equal(readReceipt("hello"), null);
  assert.equal(readReceipt(undefined), null);
});

const shown = (more = {}) =>
  receiptView(
    {
      said: readReceipt(receipt()),
      token: receipt(),
      signed: true,
      same: true,
      qr: { box: "", path: "" },
      ledger: { pending: 5 },
      photos: 2,
      before: 10,
      device: DEVICE,
      name: "SITI",
      ...more,
    },
    w,
  );

test("the receipt says up to which number, when, and what it does not cover", () => {
  const view = shown();
  assert.match(view.said, /nomor 1 sampai 219 .* 22 November 2026 18\.05/);
  assert.match(view.rest, /5 simpanan dan 2 foto/);
  assert.equal(view.notes[0].cls, "note note-good");
  assert.equal(shown({ ledger: { pending: 0 }, photos: 0 }).send, 0);
  assert.equal(shown({ said: null }).token, "");
});

test("a receipt that is not the server's, or of another history, is not called good", () => {
  for (const more of [{ signed: false }, { same: false }])
    assert.equal(shown(more).notes[0].cls, "note note-stop");
  assert.equal(shown({ signed: null }).notes[0].cls, "note note-warn");
  assert.equal(shown({ device: "another" }).notes.length, 2);
});

test("the QR code has a quiet margin and square modules", () => {
  const { box, path } = qrPath(receipt());
  const size = Number(box.split(" ")[3]);
  assert.ok(size <= 90, String(size));
  assert.match(path, /^M4 4h7v1h-7z/);
  assert.ok(!/M[0-3] /.test(path));
});

test("the phone's page says its room in words and offers only what it can keep", () => {
  const page = (more = {}) =>
    phoneView(
      {
        room: room(810, 1000, "warn"),
        photos: "any",
        network: "wifi",
        traffic: { month: "2026-11", records: 400_000, photos: 12_600_000 },
        aside: [],
        waiting: 0,
        ...more,
      },
      w,
    );
  assert.equal(page().meter, 81);
  assert.match(page().level, /81%/);
  assert.equal(page().sent, "Terkirim: simpanan 0,4 MB, foto 12,1 MB.");
  const offered = (more) => page(more).choices.map(({ value }) => value);
  assert.deepEqual(offered(), ["any", "wifi", "tap"]);
  assert.deepEqual(offered({ network: "" }), ["any", "tap"]);
  assert.deepEqual(offered({ network: "", photos: "wifi" }), ["any", "wifi", "tap"]);
  assert.match(page({ network: "" }).nameless, /tidak bisa dijamin/);
  assert.match(page({ waiting: 3 }).waiting, /3 foto/);
  const old = { n: 0, saves: 12, unsent: 5, drafts: 1 };
  assert.match(page({ aside: [old] }).aside[0].text, /12 simpanan, 5 /);
  assert.equal(page({ room: room(0, 0, "unknown") }).meter, -1);
});

test("a carried file says what it holds and what became of it", () => {
  const parcel = {
    id: "p",
    at: "2026-11-22T06:05:00Z",
    parts: [{}, {}],
    saves: 5,
    photos: 2,
    arrived: 5,
    verified: 1,
    other: false,
  };
  const waits = { saves: 5, photos: 2, left: 1, bytes: 640_000 };
  const view = (more) =>
    carryView(
      { waits, parcels: [{ ...parcel, ...more }], name: "petugas", n: "0", aside: false },
      w,
    );
  assert.match(view().waits, /5 simpanan dan 2 foto, 0,7 MB/);
  assert.match(view().left, /^1 belum tersegel/);
  const [made] = view().parcels;
  assert.deepEqual(
    made.files.map(({ name }) => name),
    ["jangkau-petugas-2026-11-22.jangkau", "jangkau-petugas-2026-11-22-2.jangkau"],
  );
  assert.equal(made.since.cls, "mark");
  assert.equal(view({ verified: 2 }).parcels[0].since.cls, "mark mark-arrived");
  assert.match(view({ other: true }).parcels[0].since.word, /berganti nomor/);
});

test("a carried file is named by the day in Lampung, also in the hours after midnight", () => {
  const parcel = { id: "p", at: "2026-12-31T17:05:00.000Z", parts: [1], saves: 1, photos: 0 };
  const waits = { saves: 0, photos: 0, left: 0, bytes: 0 };
  const ctx = { waits, parcels: [{ ...parcel, arrived: 0, verified: 0 }], name: "p", n: "0" };
  const [{ files, title }] = carryView({ ...ctx, aside: false }, w).parcels;
  assert.equal(files[0].name, "jangkau-p-2027-01-01.jangkau");
  assert.match(title, /1 Januari 2027/);
});

test("the storage page offers an empty store only where it helps", () => {
  const found = { saves: 3, unsent: 1, sealed: 1, drafts: 0 };
  const view = (code, more = {}) => troubleView({ code, found: { ...found, ...more }, n: 0 }, w);
  assert.equal(view("storage_broken").anew, "0");
  for (const code of ["storage_blocked", "storage_newer", "storage_full"])
    assert.equal(view(code).anew, "");
  assert.equal(view("").carry, "0");
  assert.equal(view("storage_broken", { code: "storage_broken" }).carry, "");
});
