// A version that was signed, on the phone: who confirms it, what is added, and what it prints.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OTHER as OTHER_VILLAGE } from "./support/phone.mjs";
import { draw, look, putVersion, saveOf, setup, sign } from "./support/signing.mjs";
import { ask, at, decideElsewhere, tap, w } from "./support/village_list.mjs";

test("an office holder confirms on an own phone what was signed on another's", async () => {
  let id = "";
  const { phone, server } = await setup({ more: (to) => (id = putVersion(to)) });
  assert.equal((await look(phone, `/signed/${id}`)).ctx.confirms, 1);
  await ask(phone, "POST", at(`/signed/${id}/confirm`));
  const save = saveOf(phone);
  assert.deepEqual([save.id, save.set], [id, { confirmed: [false, true] }]);
  assert.notEqual(save.key, id);
  const { ctx } = await look(phone, `/signed/${id}`);
  assert.deepEqual([ctx.confirms, ctx.adding], [0, [w.t("field.minutes.adding.confirmed")]]);
  await ask(phone, "POST", at(`/signed/${id}/confirm`));
  assert.equal((await phone.store.counts()).recorded, 4);
  await phone.sync();
  assert.ok(server.state.first[save.key], "it is there");
});

for (const [name, how, more] of [
  ["whose term has ended", { term: { ends: "2026-11-21" }, decided: false }, {}],
  ["of a version that counts", {}, { state: "counts" }],
  ["who was confirmed before", {}, { confirmed_at: "2026-11-21T00:00:00Z" }],
])
  test(`nobody ${name} is asked to confirm`, async () => {
    let id = "";
    const { phone } = await setup({ ...how, more: (server) => (id = putVersion(server, more)) });
    assert.equal((await look(phone, `/signed/${id}`)).ctx.confirms, 0);
    await ask(phone, "POST", at(`/signed/${id}/confirm`));
    assert.equal(saveOf(phone), undefined);
  });

test("a photo of the stamped sheet is added later, by the officer too", async () => {
  let id = "";
  const { phone } = await setup({ more: (server) => (id = putVersion(server)) });
  const role = "officer";
  assert.equal((await look(phone, `/signed/${id}/stamped`, { role })).status, 200);
  const empty = await ask(phone, "POST", at(`/signed/${id}/stamped`), { role });
  assert.equal(empty.status, 422);
  const stamped = await draw(phone, "a picture");
  await ask(phone, "POST", at(`/signed/${id}/stamped`), { role, form: { stamped } });
  assert.deepEqual(saveOf(phone).set, { stamped: ["", stamped] });
  assert.equal((await phone.store.blob(stamped)).todo, 1);
  assert.equal(await phone.store.draft(`stamped/${id}`), null);
});

test("a version that was signed elsewhere is printed there", async () => {
  let id = "";
  const { phone } = await setup({ more: (server) => (id = putVersion(server)) });
  assert.equal((await look(phone, `/signed/${id}`)).ctx.prints, 0);
  assert.equal((await look(phone, `/signed/${id}/paper`)).redirect, at(`/signed/${id}`));
});

test("the paper has every name, the copy only those who belong on the list", async () => {
  const { phone } = await setup();
  const { redirect } = await sign(phone);
  const rest = redirect.slice(at().length);
  const { ctx: paper } = await look(phone, `${rest}/paper`, { query: { s: "f4" } });
  assert.deepEqual(
    paper.rows.map(({ no, said }) => [no, said]),
    [
      ["1", "Layak"],
      ["2", "Ditunda"],
      ["3", "Layak"],
    ],
  );
  assert.deepEqual([paper.cls, paper.blocks.length], ["paper is-f4", 16]);
  assert.deepEqual(paper.signers[0].pen, "M10 10L60 60L90 20");
  const { ctx: copy } = await look(phone, `${rest}/copy`);
  assert.deepEqual(
    copy.rows.map(({ no }) => no),
    ["1", "3"],
  );
  await tap(phone, 1, "tunda");
  await phone.sync();
  const { ctx: again } = await look(phone, `${rest}/paper`);
  assert.equal(again.signers[0].pen, "M10 10L60 60L90 20", "after it was pulled too");
  const { ctx: later } = await look(phone, `${rest}/copy`);
  assert.deepEqual(
    later.rows.map(({ no }) => no),
    ["1", "3"],
    "what was signed, whatever is decided since",
  );
});

test("nothing is added to a version that failed, by a typed address neither", async () => {
  for (const state of ["broken", "declined"]) {
    let id = "";
    const { phone } = await setup({ more: (to) => (id = putVersion(to, { state })) });
    const { ctx } = await look(phone, `/signed/${id}`);
    assert.deepEqual([ctx.photos, ctx.confirms], [[], 0], state);
    for (const what of ["stamped", "attendance"])
      assert.equal((await look(phone, `/signed/${id}/${what}`)).redirect, at(`/signed/${id}`));
    await ask(phone, "POST", at(`/signed/${id}/confirm`));
    assert.equal(saveOf(phone), undefined);
  }
});

/** A phone with somebody else's version on it, and that version's screen. */
async function versionSeen({ version = {}, how = {}, ...rest } = {}) {
  let id = "";
  const more = (server, user) => {
    id = putVersion(server, typeof version === "function" ? version(user) : version);
    rest.more?.(server, user);
  };
  const { phone } = await setup({ ...rest, more });
  return { phone, id, ctx: (await look(phone, `/signed/${id}`, how)).ctx };
}

test("the address of a version that is not here leads to its list", async () => {
  const { phone } = await setup();
  for (const path of ["", "/paper", "/copy", "/stamped", "/attendance"])
    assert.equal((await look(phone, `/signed/unknown${path}`)).redirect, at(), path);
  assert.equal((await ask(phone, "POST", at("/signed/unknown/confirm"))).redirect, at());
});

test("who signed a version in does not confirm it, nor who holds the office as an officer", async () => {
  const own = await versionSeen({ version: (user) => ({ author: user }) });
  assert.equal(own.ctx.confirms, 0);
  const officer = await versionSeen({ how: { role: "officer" } });
  assert.equal(officer.ctx.confirms, 0);
  for (const [{ phone, id }, role] of [
    [own, "head"],
    [officer, "officer"],
  ]) {
    await ask(phone, "POST", at(`/signed/${id}/confirm`), { role });
    assert.equal(saveOf(phone), undefined, role);
  }
});

test("photos are added by who works in the village, an attendance sheet to a meeting alone", async () => {
  const whats = ({ ctx }) => ctx.photos.map(({ what }) => what);
  assert.deepEqual(whats(await versionSeen()), ["stamped", "attendance"]);
  const month = await versionSeen({ version: { kind: null } });
  assert.deepEqual(whats(month), ["stamped"]);
  const elsewhere = { profile: { scopes: [OTHER_VILLAGE] } };
  const stranger = await versionSeen({ how: elsewhere });
  assert.deepEqual(whats(stranger), []);
  for (const [{ phone, id }, what, how] of [
    [month, "attendance", {}],
    [stranger, "stamped", elsewhere],
  ])
    assert.equal((await look(phone, `/signed/${id}/${what}`, how)).redirect, at(`/signed/${id}`));
});

test("that an officer's phone signed is said until the server has the list", async () => {
  const said = w.t("field.minutes.officer_phone");
  for (const [state, later] of [
    ["waits", said],
    ["paper", ""],
    ["counts", ""],
  ])
    assert.equal((await versionSeen({ version: { state } })).ctx.later, later, state);
});

test("answers that clash are told at the newest version, while it stands", async () => {
  const clash = (server) => {
    for (const verdict of ["layak", "tunda"]) decideElsewhere(server, 3, { verdict });
  };
  const said = w.t("field.minutes.clashes", { n: 1 });
  const only = await versionSeen({ decided: false, more: clash });
  assert.equal(only.ctx.clashes, said);
  const declined = await versionSeen({
    decided: false,
    more: clash,
    version: { state: "declined" },
  });
  assert.equal(declined.ctx.clashes, "");
  const newer = (server) => {
    clash(server);
    putVersion(server, { n: 2 }, "01930000-0000-7000-8000-0000000aa002");
  };
  const older = await versionSeen({ decided: false, more: newer });
  assert.equal(older.ctx.clashes, "");
});
