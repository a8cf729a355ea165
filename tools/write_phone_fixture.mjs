// Writes what a phone of one version leaves on its disk, with that version's own code:
//   node tools/write_phone_fixture.mjs TREE NAME > tests/fixtures/versions/NAME/phone.json
// TREE is a checkout of the version; the present one is ".". See tests/fixtures/versions/README.md.
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [tree, name] = process.argv.slice(2);
const at = (file) => pathToFileURL(resolve(tree, file)).href;
const { dump, makeKeysReadable } = await import("../tests/js/support/databases.mjs");
makeKeysReadable();
const { Phone, VILLAGE, Clock } = await import(at("tests/js/support/phone.mjs"));
const { FakeServer, sealingPair } = await import(at("tests/js/support/fakeServer.mjs"));
// Earlier versions kept the schema one folder higher.
const { USER_VERSION = 1 } = await import(at("outreach/static/js/store/engine/db.js")).catch(
  () => import(at("outreach/static/js/store/db.js")),
);

const USER = "01930000-0000-7000-8000-00000000f001";
const server = new FakeServer();
if (sealingPair) server.pairs.push(await sealingPair());
const clock = new Clock();
const phone = await Phone.at(server, USER, clock);
const picture = new Uint8Array(600).map((_, i) => (i * 7) % 251);
const sha = createHash("sha256").update(picture).digest("hex");

// Pulled, sent and settled, edited, in conflict.
const theirs = "01930000-0000-7000-8000-00000000c001";
server.change(theirs, { full_name: "HERI UJI", nik: "1804041202859001", village_code: VILLAGE });
await phone.sync();
const settled = await phone.add("SUTINI UJI", { nik: "1804047008809002" });
await phone.edit(theirs, { full_name: "HERI BASE" });
await phone.sync();
server.change(theirs, { full_name: "HERI OFFICE" });
await phone.edit(theirs, { full_name: "HERI PHONE" });
await phone.sync();
await phone.edit(settled.id, { occupation_code: "TANI-KOPI" });

// Unsent: a person, one with a picture, an edit of what is not there yet; and an open form.
const waiting = await phone.add("WAHYU UJI", { nik: "1804040101909003" });
const shown = phone.store.newId();
const set = { full_name: [null, "ROHANI UJI"], ktp_photo: [null, sha] };
await phone.store.save({ id: shown, scope: VILLAGE, set, blobs: [{ sha, bytes: picture }] });
await phone.edit(waiting.id, { full_name: "WAHYU UJI KEDUA" });
const draft = { scope: VILLAGE, data: { step: 2, full_name: "BELUM SELESAI UJI" } };
await phone.store.putDraft("01930000-0000-7000-8000-00000000d001", draft);

const { items, lost: _lost, gone: _gone, ...counts } = await phone.store.ledger();
await phone.store.close();
await new Promise((done) => setTimeout(done, 50));
const pairs = await Promise.all(
  [...(server.pairs ?? []), ...(server.signer ? [await server.signer] : [])].map(async ({ privateKey, ...told }) => {
    return { ...told, jwk: await crypto.subtle.exportKey("jwk", privateKey) };
  }),
);
const fixture = {
  name,
  version: USER_VERSION,
  user: USER,
  village: VILLAGE,
  now: clock.ms,
  people: {
    [theirs]: "HERI OFFICE",
    [settled.id]: "SUTINI UJI",
    [waiting.id]: "WAHYU UJI KEDUA",
    [shown]: "ROHANI UJI",
  },
  picture: { sha, bytes: Buffer.from(picture).toString("base64") },
  counts,
  conflicts: items.filter(({ state }) => state === "conflict").length,
  draft: { id: "01930000-0000-7000-8000-00000000d001", ...draft },
  server: { state: server.state, pairs },
  databases: await dump(),
};
process.stdout.write(`${JSON.stringify(fixture)}\n`, () => process.exit(0));
