// The counter's desk: its own words, and what the office says of a NIK that is being typed.
import assert from "node:assert/strict";
import { test } from "node:test";
import later from "../../outreach/static/js/gen/addresses.later.js";
import { atDesk } from "../../outreach/static/js/field/screens/desk/routes.js";
import { lookUp } from "../../outreach/static/js/sync/desk.js";
import { keys, translator } from "./support/words.mjs";

const OFFICE = later.counter_nik;
const NIK = "1804044708809001";
const as = (role, lang = "id") => {
  const { t } = translator(lang);
  return { lang, t, w: { t, lang }, profile: { role } };
};

test("no sentence of a desk speaks of a phone where it means its own computer", () => {
  for (const lang of ["id", "en"]) {
    const q = atDesk(as("mpp", lang));
    const kw = new Proxy(
      {},
      {
        get: () => "x",
        has: () => true,
        getOwnPropertyDescriptor: () => ({ configurable: true, value: "x" }),
      },
    );
    const spoken = keys(lang).filter((key) => /^(?:field|shell|error)\./.test(key));
    assert.ok(spoken.length > 400);
    for (const key of spoken) {
      const said = q.t(key, kw);
      if (!/^field\.desk|^error\.(?:phone|heir)|^field\.error\.phone/.test(key))
        assert.doesNotMatch(said, /HP ini|\bdi HP\b(?! petugas)|[Tt]his phone/, key);
    }
  }
});

test("what is said of the visitor's own telephone stays", () => {
  const { t } = atDesk(as("mpp"));
  assert.equal(t("label.no_phone"), "Tidak punya HP");
  assert.match(t("error.phone_wrong"), /^Nomor HP belum benar/);
  assert.match(t("field.desk.free"), /HP petugas/);
  assert.match(t("field.ledger.none"), /komputer ini/);
});

test("only who serves the whole regency reads them", () => {
  for (const role of ["mpp", "supervisor"]) {
    const q = atDesk(as(role));
    assert.equal(q.t("field.save_here"), "Simpan dan kirim");
    assert.equal(q.w.t("field.state.here"), "belum terkirim");
    assert.equal(q.t("field.next"), "Lanjut");
  }
  for (const role of ["officer", "head", undefined])
    assert.equal(atDesk(as(role)).t("field.save_here"), "Simpan di HP");
});

/** The office that answers so, and what it was asked. */
function office(status, body, headers = {}) {
  const asked = [];
  const answer = async (url, init) => {
    asked.push([url, init.method, new TextDecoder().decode(init.body), init.credentials]);
    return new Response(body, { status, headers });
  };
  return { asked, answer };
}

test("the office is asked by POST, under the login, and its people come back", async () => {
  const people = [{ id: "a", name: "SITI", place: "Sebarus", status: "", recorded: "" }];
  const { asked, answer } = office(200, JSON.stringify({ people }));
  assert.deepEqual(await lookUp(answer, OFFICE, NIK), { people });
  assert.deepEqual(asked, [[OFFICE, "POST", `nik=${NIK}`, "same-origin"]]);
});

test("nobody who answers in its place is believed, and each trouble has its word", async () => {
  const why = async (...said) => (await lookUp(office(...said).answer, OFFICE, NIK)).why;
  const html = { "Content-Type": "text/html" };
  assert.equal(await why(200, "<html>hotel</html>", html), "login");
  assert.equal(await why(200, '{"people": "<b>"}'), "server");
  assert.equal(await why(302, null, { Location: "http://hotel.example/" }), "login");
  assert.equal(await why(401, "<html>", html), "office");
  assert.equal(await why(429, "{}"), "many");
  assert.equal(await why(500, "{}"), "server");
  const silent = async () => {
    throw new TypeError("no network");
  };
  assert.deepEqual(await lookUp(silent, OFFICE, NIK), { why: "signal" });
});
