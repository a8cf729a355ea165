// Reference rows that were pulled win over the ones that came with the build.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { FakeServer } from "./support/fakeServer.mjs";
import { applyPage } from "../../outreach/static/js/store/replica/pulled_pages.js";
import { references } from "../../outreach/static/js/field/context.js";

/** Rows as the server sends them: kind, id and data of one table. */
const PULLED = [
  ["occupation", "TANI-KOPI", { id: "Pekebun kopi", en: "Coffee grower", terms: "ngupi" }],
  ["tariff", "bpu-01", { from: 0, base: 1_300_000, jkk: 13_000, jkm: 6_900, jht: 26_000 }],
  [
    "text",
    "consent@consent-9999-01",
    { name: "consent", version: "consent-9999-01", id: "Setuju?", en: "Agreed?" },
  ],
  ["setting", "contact", { id: "Ibu Sri", en: "Mrs Sri" }],
  ["setting", "of_a_newer_app", { value: 1 }],
];

async function phoneWith(rows) {
  const phone = await Phone.at(new FakeServer(), newUser(), new Clock(), [VILLAGE]);
  const sent = rows.map(([table, id, data], position) => ({ table, id, ver: 5, position, data }));
  const page = { from: 0, cursor: 5, more: false, rows: sent };
  await applyPage(phone.store.state, { scopes: { ref: page } }, "full", ["ref"]);
  return phone.store;
}

test("a phone that has pulled nothing says what came with the build", async () => {
  const { occupations, texts } = await references({ store: await phoneWith([]), lang: "id" });
  assert.equal(occupations.find(({ code }) => code === "TANI-KOPI").id, "Petani kopi");
  assert.notEqual(texts.consent.version, "consent-9999-01");
});

test("what was pulled is said instead", async () => {
  const store = await phoneWith(PULLED);
  const { occupations, bands, texts, settings } = await references({ store, lang: "id" });
  const coffee = occupations.find(({ code }) => code === "TANI-KOPI");
  assert.deepEqual(
    [coffee.id, coffee.en, coffee.local],
    ["Pekebun kopi", "Coffee grower", "ngupi"],
  );
  assert.equal(occupations.find(({ code }) => code === "TANI-PADI").id, "Petani padi");
  assert.deepEqual(
    [bands[0].base, bands[0].jkk, bands[0].jkm, bands[0].jht],
    [1_300_000, 13_000, 6_900, 26_000],
  );
  assert.equal(bands[1].base, 1_200_000);
  assert.deepEqual(texts.consent, { text: "Setuju?", version: "consent-9999-01" });
  assert.equal(settings.contact.id, "Ibu Sri");
  assert.ok(!("of_a_newer_app" in settings));
});

test("pulled texts speak the person's language", async () => {
  const { texts } = await references({ store: await phoneWith(PULLED), lang: "en" });
  assert.equal(texts.consent.text, "Agreed?");
});
