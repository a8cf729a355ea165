// A paper is checked against what the phone has: the same, an older version, or another one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import { putVersion, setup, sign } from "./support/signing.mjs";
import {
  ask,
  at,
  content,
  headPhone,
  LIST,
  putList,
  putPrint,
  w,
} from "./support/village_list.mjs";
import { blocks } from "../../outreach/static/js/domain/list_document.js";
import { hasBlocks, judge, typedBlocks } from "../../outreach/static/js/domain/paper_proof.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import { exactList } from "../../outreach/static/js/field/screens/list_sign/exact_list.js";
import { placesToAsk } from "../../outreach/static/js/field/screens/list_proof/routes.js";

const vectors = JSON.parse(readFileSync(new URL("../shared/paper_proof.json", import.meta.url)));
const hashOf = (name) => name.repeat(32);
const nameOf = (paper) => paper?.hash.slice(0, 2) ?? null;

test("typed blocks are read as the vectors say", () => {
  for (const [said, expected] of vectors.typed) {
    const pairs = Object.entries(said).map(([place, text]) => [Number(place), text]);
    const read = typedBlocks(pairs);
    const found = read && Object.fromEntries(read);
    assert.deepEqual(found, expected, JSON.stringify(said));
  }
});

for (const { says, kinds, of, found } of vectors.judge)
  test(`a paper is judged as the vectors say: ${says}`, () => {
    const known = kinds.map((papers) =>
      papers.map(([name, state]) => ({ hash: hashOf(name), state })),
    );
    const own = blocks(hashOf(of));
    const asked = [
      [3, own[2]],
      [16, own[15]],
    ];
    for (const matches of [(p) => p.hash === hashOf(of), (p) => hasBlocks(p.hash, asked)]) {
      const { word, of: shown, newest } = judge(known, matches);
      assert.deepEqual([word, nameOf(shown), nameOf(newest)], found);
    }
  });

test("two different blocks of sixteen are asked for, whatever chance says", () => {
  const bytes = [15, 31, 16, 0];
  assert.deepEqual(
    placesToAsk(() => bytes.shift()),
    [1, 16],
  );
  for (let i = 0; i < 50; i += 1) {
    const [first, second] = placesToAsk();
    assert.ok(first >= 1 && first < second && second <= 16);
  }
});

const open = async (phone, how) => ask(phone, "GET", at("/proof"), how);
const code = (hash, { list = LIST, n = 0 } = {}) => `JKL1.${list}.${n}.1.${hash}`.toUpperCase();
const scan = (phone, text, how = {}) =>
  ask(phone, "POST", at("/proof"), { form: { code: text }, ...how });
/** The answer to the two blocks that the screen asks for. */
async function type(phone, hash, how = {}) {
  const { asked } = (await open(phone, how)).ctx;
  const said = asked.split(",").map((n) => [`block_${n}`, blocks(hash)[n - 1]]);
  return ask(phone, "POST", at("/proof"), { form: { asked, ...Object.fromEntries(said) }, ...how });
}
const wordOf = ({ ctx }) => ctx.found.text.split(".")[0];

test("what was signed here is the same, by code and by blocks, before any signal", async () => {
  const { phone } = await setup();
  const { redirect } = await sign(phone);
  const { hash } = (await content(phone)).versions[0];
  assert.equal(hash, (await exactList(await content(phone))).hash, "the paper's list is this file");
  for (const answer of [await scan(phone, code(hash)), await type(phone, hash)]) {
    assert.equal(answer.status, 200);
    assert.equal(wordOf(answer), "Sama");
    assert.equal(at(`/signed/${answer.ctx.found.version}`), redirect);
  }
});

test("an earlier version is an older one, and says which stands now", async () => {
  const [old, now] = ["b".repeat(64), "c".repeat(64)];
  const more = (server) => {
    putVersion(
      server,
      { hash: now, n: 2, state: "counts" },
      "01930000-0000-7000-8000-0000000aa001",
    );
    putVersion(
      server,
      { hash: old, n: 1, state: "counts" },
      "01930000-0000-7000-8000-0000000aa002",
    );
  };
  const { phone } = await setup({ more });
  const answer = await scan(phone, code(old, { n: 1 }));
  assert.equal(wordOf(answer), "Versi lama");
  assert.match(answer.ctx.found.says[0], /^Versi 1 · Ditandatangani/);
  assert.match(answer.ctx.found.says[1], /^Yang sekarang: Versi 2/);
  assert.match(answer.ctx.found.version, /aa001$/);
  assert.equal(wordOf(await type(phone, now)), "Sama");
});

test("a version that was declined is never the same", async () => {
  const more = (server) => putVersion(server, { state: "declined" });
  const { phone } = await setup({ more });
  assert.equal(wordOf(await scan(phone, code("b".repeat(64)))), "Versi lama");
});

test("a sheet is the same until a line changes", async () => {
  const server = new FakeServer();
  putList(server, { lines: 30 });
  const first = await putPrint(server, 1, { lines: 30, change: () => ({ name: "LAIN" }) });
  const phone = await headPhone(server);
  assert.equal(wordOf(await scan(phone, code(first, { n: 1 }))), "Versi lama");
  const second = await putPrint(server, 2, { lines: 30 });
  await phone.sync();
  const answer = await type(phone, second);
  assert.equal(wordOf(answer), "Sama");
  assert.deepEqual(answer.ctx.found.says, [w.t("field.proof.sheet", { n: 2 })]);
  assert.equal(wordOf(await scan(phone, code(first, { n: 1 }))), "Versi lama");
});

test("another hash, another list and one digit wrong are different", async () => {
  const { phone } = await setup({ more: (server) => putVersion(server) });
  const own = "b".repeat(64);
  const other = LIST.replace(/1$/, "2");
  for (const text of [code(await sha256(new Uint8Array())), code(own, { list: other })]) {
    const answer = await scan(phone, text);
    assert.equal(wordOf(answer), "Berbeda");
    assert.deepEqual([answer.ctx.found.says, answer.ctx.found.version], [[], ""]);
  }
  const { asked } = (await open(phone)).ctx;
  const [a, b] = asked.split(",");
  const form = { asked, [`block_${a}`]: "bbbb", [`block_${b}`]: "bbbc" };
  assert.equal(wordOf(await ask(phone, "POST", at("/proof"), { form })), "Berbeda");
});

for (const form of [
  { asked: "3,9", block_3: "ab1", block_9: "ab12" },
  { asked: "3,9", block_3: "", block_9: "" },
  { asked: "3,9", block_3: "ab12" },
  { asked: "3,17", block_3: "ab12", block_17: "ab12" },
  { code: "JKL1.x.1.1.y" },
  {},
])
  test(`what cannot be a code gets one sentence and keeps what was typed: ${JSON.stringify(form)}`, async () => {
    const { phone } = await setup({ more: (server) => putVersion(server) });
    const { status, ctx } = await ask(phone, "POST", at("/proof"), { form });
    assert.deepEqual([status, ctx.found, ctx.wrong], [422, "", w.t("field.proof.wrong")]);
    assert.equal(ctx.fields.length, 2);
    if (form.asked === "3,9") {
      assert.equal(ctx.asked, "3,9");
      assert.deepEqual(
        ctx.fields.map(({ value }) => value),
        [form.block_3, form.block_9 ?? ""],
      );
    }
  });

for (const role of ["head", "officer", "check"])
  test(`a paper is checked by ${role}, of a closed list too`, async () => {
    const more = (server) => putVersion(server, { state: "counts" });
    const { phone } = await setup({ list: { state: "closed" }, decided: false, more });
    assert.equal((await ask(phone, "GET", at("/about"), { role })).ctx.works, 1);
    assert.equal(wordOf(await scan(phone, code("b".repeat(64)), { role })), "Sama");
  });

test("who does not work in the village checks none", async () => {
  const { phone } = await setup({ more: (server) => putVersion(server) });
  const how = { profile: { scopes: ["18.04.04.2003"] } };
  assert.equal((await open(phone, how)).redirect, at());
  assert.equal((await scan(phone, code("b".repeat(64)), how)).redirect, at());
});
