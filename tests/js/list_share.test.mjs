// Decisions of a list pass from phone to phone as a file: what it holds, who is believed, what it changes.
import assert from "node:assert/strict";
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { FakeServer, signingPair } from "./support/fakeServer.mjs";
import { newUser, OTHER, VILLAGE } from "./support/phone.mjs";
import {
  ask,
  at,
  content,
  decideElsewhere,
  headPhone,
  lineId,
  LIST,
  putList,
  show,
  rowsOf,
  stateOf,
  tap,
  w,
} from "./support/village_list.mjs";
import { utf8 } from "../../outreach/static/js/store/engine/bytes.js";
import { openByCode, newCode, shutByCode } from "../../outreach/static/js/vault/code_box.js";
import { sign } from "../../outreach/static/js/vault/keys.js";
import { keysOf } from "../../outreach/static/js/vault/session.js";
import {
  checkFile,
  fits,
  MOST_LETTERS,
} from "../../outreach/static/js/field/screens/list_share/file_check.js";
import {
  FORMAT,
  signedBytes,
} from "../../outreach/static/js/field/screens/list_share/share_file.js";
import {
  isServersWord,
  readCard,
} from "../../outreach/static/js/field/screens/list_share/phone_card.js";
import "../../outreach/static/js/field/screens/list_share/routes.js";
import "../../outreach/static/js/field/screens/list_sign/routes.js";

const SIGN = { name: "ECDSA", hash: "SHA-256" };
const TODAY = "2026-11-22T01:00:00Z";

/** A card of a phone, as the server makes it. */
async function cardOf(server, phone, name, more = {}) {
  const { kid, privateKey } = more.pair ?? (await server.signer);
  const { public: point } = await keysOf(phone.store.state);
  const own = { device: phone.store.state.head.device, public: point, user: phone.userId, name };
  const said = { ...own, role: "head", villages: [VILLAGE], at: TODAY, kid, ...more.said };
  const text = `JKD1.${Buffer.from(JSON.stringify(said)).toString("base64url")}`;
  const made = Buffer.from(await crypto.subtle.sign(SIGN, privateKey, utf8(text)));
  return `${text}.${made.toString("base64url")}`;
}

async function phoneOf(server, name) {
  const phone = await headPhone(server, newUser());
  await phone.store.setProfile({ card: await cardOf(server, phone, name) });
  return phone;
}

/** A head and a secretary with the same list, and no signal from here on. */
async function setup(lines = 4) {
  const server = new FakeServer();
  putList(server, { lines, list: { state: "meeting" } });
  const [head, secretary] = [
    await phoneOf(server, "PERATIN UJI"),
    await phoneOf(server, "JURU TULIS UJI"),
  ];
  return { server, head, secretary };
}

/** The file that a phone makes, and its code. */
async function give(phone) {
  await ask(phone, "POST", at("/share"));
  const { ctx } = await ask(phone, "GET", at("/share"));
  const response = await ask(phone, "GET", at("/share/file"));
  return { file: await response.text(), code: ctx.made.code };
}

const read = (phone, form) => ask(phone, "POST", at("/share/read"), { form });
const keep = (phone) => ask(phone, "POST", at("/share/look"));
async function merge(phone, given) {
  assert.equal((await read(phone, given)).redirect, at("/share/look"));
  return keep(phone);
}
const here = ({ store, clock }) => ({
  keys: store.state.keys,
  device: store.state.head.device,
  now: clock.now(),
});
const recorded = async (phone) => (await phone.store.counts()).recorded;

/** The same file with something else in it, signed by whoever. */
async function altered({ file, code }, change, phone) {
  const bare = code.replace(" ", "");
  const said = JSON.parse(await openByCode(bare, JSON.parse(file)));
  const { signature, ...rest } = { ...said, ...change(said) };
  const text = JSON.stringify(rest).slice(0, -1);
  const made = phone ? await sign(await keysOf(phone.store.state), signedBytes(text)) : signature;
  const box = await shutByCode(bare, `${text},"signature":"${made}"}`);
  return { file: JSON.stringify({ format: FORMAT, ...box }), code };
}

test("what the secretary decided is heard, shown as such, and never sent as the head's own", async () => {
  const { server, head, secretary } = await setup();
  await tap(secretary, 1, "layak");
  await tap(secretary, 2, "tunda");
  await tap(head, 3, "layak");
  const given = await give(secretary);
  assert.match(given.code, /^[A-Z0-9]{4} [A-Z0-9]{4}$/);
  assert.ok(!given.file.includes(lineId(1)) && !given.file.includes(LIST));
  const before = await recorded(head);
  await read(head, given);
  const look = (await ask(head, "GET", at("/share/look"))).ctx;
  const [who, , ...numbers] = look.facts.map(({ value }) => value);
  assert.deepEqual([who, ...numbers], ["JURU TULIS UJI", "2", "2", "0"]);
  assert.equal((await stateOf(head, 1))?.verdict, undefined, "nothing is kept before the yes");
  assert.equal((await keep(head)).redirect, at());
  assert.equal((await stateOf(head, 1)).verdict, "layak");
  const rows = rowsOf(await show(head, "done"));
  assert.deepEqual(
    rows.map(({ how }) => how),
    ["dari HP JURU TULIS UJI, lewat berkas", "dari HP JURU TULIS UJI, lewat berkas", ""],
  );
  assert.equal(await recorded(head), before);
  await head.reopen();
  assert.equal((await stateOf(head, 2)).verdict, "tunda");
  await head.sync();
  const sent = Object.values(server.state.rows).filter(({ table }) => table === "list_decision");
  assert.equal(sent.length, 1);
});

test("rows of the server take the place of heard ones, without doubling", async () => {
  const { server, head, secretary } = await setup();
  await tap(secretary, 1, "layak");
  await merge(head, await give(secretary));
  await secretary.sync();
  for (const row of Object.values(server.state.rows))
    if (row.table === "list_decision")
      Object.assign(row.data, { author: secretary.userId, author_name: "DARI SERVER", via: "own" });
  await head.sync();
  const { decisions } = await content(head);
  assert.equal(decisions.size, 1);
  const [only] = decisions.values();
  assert.deepEqual([only.author_name, only.file], ["DARI SERVER", undefined]);
  assert.equal(rowsOf(await show(head, "done"))[0].how, "");
});

test("a phone heard by a file counts as heard, and its clash blocks signing", async () => {
  const { server, head, secretary } = await setup(2);
  const term = {
    office: "o",
    user_id: secretary.userId,
    name: "JURU TULIS UJI",
    capacity: "an",
    title: "a.n.",
  };
  server.put("01930000-0000-7000-8000-0000000f1001", {
    scope: VILLAGE,
    table: "list_holder",
    data: { ...term, starts: "2026-01-01", ends: null },
  });
  await head.sync();
  for (const no of [1, 2]) await tap(head, no, "layak");
  const unheard = async () => (await ask(head, "GET", at("/sign"))).ctx.unheard.length;
  assert.equal(await unheard(), 1);
  await merge(head, await give(secretary));
  assert.equal(await unheard(), 0, "a phone with no answer of its own is heard too");
  await tap(secretary, 2, "tunda");
  secretary.clock.pass(60);
  await read(head, await give(secretary));
  assert.match((await ask(head, "GET", at("/share/look"))).ctx.clash, /1 nama/);
  await keep(head);
  const { ctx } = await ask(head, "GET", at("/sign"));
  assert.deepEqual(
    ctx.obstacles.map(({ code, text }) => [code, /1/.test(text)]),
    [["clash", true]],
  );
  assert.match(ctx.by_file[0], /JURU TULIS UJI/);
  await tap(head, 2, "tunda");
  assert.deepEqual(
    [(await stateOf(head, 2)).verdict, (await stateOf(head, 2)).clash],
    ["tunda", false],
  );
});

test("each file that cannot be taken gets one sentence, and changes nothing", async () => {
  const { server, head, secretary } = await setup();
  await tap(secretary, 1, "layak");
  const given = await give(secretary);
  const stranger = await phoneOf(server, "ORANG LAIN UJI");
  const inside = (change) => altered(given, change, secretary);
  const card = (more) => cardOf(server, secretary, "JURU TULIS UJI", more);
  const [liar, other] = [await signingPair("zz"), { villages: [OTHER] }];
  const same = await signingPair((await server.signer).kid);
  const decision = (more) => (said) => ({ decisions: [{ ...said.decisions[0], ...more }] });
  const own = await give(head);
  const files = {
    none: { file: "", code: given.code },
    big: { file: "x".repeat(MOST_LETTERS + 1), code: given.code },
    kind: { file: "{}", code: given.code },
    code: { ...given, code: newCode() },
    village: await inside(() => ({ village: OTHER })),
    list: await inside(() => ({ list: lineId(1) })),
    "altered: by somebody without the key": await altered(given, decision({ verdict: "tunda" })),
    "altered: signed by another phone": await altered(
      given,
      decision({ verdict: "tunda" }),
      stranger,
    ),
    "altered: a row that only the server makes": await inside(
      decision({ how: "record", verdict: "batal", over: [lineId(9)] }),
    ),
    "altered: a word that the list does not know": await inside(decision({ verdict: "masih_ada" })),
    "altered: no line": await inside(decision({ lines: [] })),
    "stranger: of another village": await inside(() => ({ card: null })),
    "stranger: a card that the server did not sign": await inside(() => ({ card: null })),
    "stranger: an officer's": await inside(() => ({ card: null })),
    server_key: await inside(() => ({ card: null })),
    old_card: await inside(() => ({ card: null })),
    own,
  };
  const cards = {
    "stranger: of another village": await card({ said: other }),
    "stranger: a card that the server did not sign": await card({ pair: same }),
    "stranger: an officer's": await card({ said: { role: "officer" } }),
    server_key: await card({ pair: liar }),
    old_card: await card({ said: { at: "2026-10-20T00:00:00Z" } }),
  };
  for (const [name, text] of Object.entries(cards))
    files[name] = await inside(() => ({ card: text }));
  for (const [name, { file, code }] of Object.entries(files)) {
    const found = await checkFile(file, code, await content(head), here(head));
    assert.equal(found.fault?.why, name.split(":")[0], name);
    const { ctx, status, view } = await read(head, { file, code });
    assert.deepEqual([status, view], [422, "list_share"], name);
    assert.ok(ctx.wrong && !ctx.wrong.startsWith("field."), name);
  }
  assert.equal((await content(head)).heard.length, 0);
  assert.equal((await content(head)).decisions.size, 0);
});

test("what no clock or phone writes is refused, and ends no screen", async () => {
  const { head, secretary } = await setup(1);
  await tap(secretary, 1, "layak");
  const given = await give(secretary);
  const changes = [
    { at: "kemarin" },
    { at: "2026-13-40T00:00:00.000Z" },
    { at: "22 November 2026" },
    { at: 7 },
    { card: null },
    { decisions: null },
  ];
  const tooMany = ({ decisions: [{ id, lines, verdict, how, over }] }) => ({
    decisions: Array(8001).fill({ id, lines, verdict, how, over }),
  });
  for (const change of [...changes, tooMany]) {
    const changed = typeof change === "function" ? change : () => change;
    const { file, code } = await altered(given, changed, secretary);
    const found = await checkFile(file, code, await content(head), here(head));
    assert.deepEqual(
      found,
      { fault: { why: "altered" } },
      `${Object.entries(changed({ decisions: [{}] }))}`.slice(0, 60),
    );
  }
  const bare = given.code.replace(" ", "");
  const nothing = JSON.stringify({ format: FORMAT, ...(await shutByCode(bare, "null")) });
  const found = await checkFile(nothing, given.code, await content(head), here(head));
  assert.deepEqual(found, { fault: { why: "altered" } });
});

test("a card is one in its whole form, signed by a key that signs", async () => {
  const server = new FakeServer();
  const phone = await headPhone(server);
  const text = await cardOf(server, phone, "PERATIN UJI");
  assert.equal(readCard(text).name, "PERATIN UJI");
  assert.equal(await isServersWord(text, phone.store.state.keys), true);
  const others = phone.store.state.keys.map((key) => ({ ...key, kind: "seal" }));
  assert.equal(await isServersWord(text, others), null);
  for (const said of [{ name: 7 }, { at: null }, { villages: VILLAGE }])
    assert.equal(readCard(await cardOf(server, phone, "PERATIN UJI", { said })), null);
  assert.equal(readCard(text.replace("JKD1", "JKR1")), null);
});

test("a decision in a file is one that the server takes from a phone", async () => {
  const server = new FakeServer();
  const change = (no) => (no === 4 ? { part: "visit", no: null } : {});
  putList(server, { lines: 4, change, list: { state: "meeting" } });
  const may = fits(await content(await headPhone(server)));
  const said = { id: lineId(90), lines: [lineId(1)], verdict: "layak", how: "single", over: [] };
  const ids = (n) => Array.from({ length: n }, (_, i) => lineId(1000 + i));
  const [two, over] = [[lineId(1), lineId(2)], [lineId(91)]];
  const no = { verdict: "tidak_masuk", reason: "tidak_bekerja" };
  const right = [
    {},
    { lines: [lineId(800)] },
    { lines: [lineId(4)], verdict: "ada" },
    { lines: two, how: "together" },
    { lines: two, verdict: "batal", over },
    { lines: ids(500), how: "together", over: ids(500) },
    no,
  ];
  const wrong = {
    "no id": { id: "1" },
    "an id twice": { over: [lineId(91), lineId(91)] },
    "no list of lines": { lines: lineId(1) },
    "of nobody": { lines: [], how: "together" },
    "a line that has no id": { lines: [7] },
    "a line twice": { lines: [lineId(1), lineId(1)], how: "together" },
    "more lines than one save has": { lines: ids(501), how: "together" },
    "no list of what it saw": { over: "x" },
    "what it saw has no id": { over: ["x"] },
    "a numbered line and one to visit": { lines: [lineId(1), lineId(4)], how: "together" },
    "a verdict of the other part": { lines: [lineId(4)] },
    "one reason for several": { ...no, lines: two },
    "one reason for a whole RT": { ...no, how: "together" },
    "several as if one by one": { lines: two },
    "undone without what": { verdict: "batal" },
    "from paper": { how: "paper" },
    "in no way": { how: undefined },
  };
  assert.equal(may(null), false);
  for (const change of right) assert.ok(may({ ...said, ...change }), JSON.stringify(change));
  for (const [name, change] of Object.entries(wrong)) assert.ok(!may({ ...said, ...change }), name);
});

test("of a decision in a file its words alone are taken", async () => {
  const { head, secretary } = await setup(1);
  await tap(secretary, 1, "layak");
  const more = { paper: { entries: 2, same: true }, on_behalf: "o", via: "desk", author: "x" };
  const forged = await altered(
    await give(secretary),
    ({ decisions }) => ({ decisions: [{ ...decisions[0], ...more, list: lineId(9) }] }),
    secretary,
  );
  await merge(head, forged);
  const [only] = (await content(head)).decisions.values();
  assert.deepEqual(
    [only.paper, only.on_behalf, only.via, only.author, only.list],
    [undefined, undefined, "own", secretary.userId, LIST],
  );
  assert.equal(rowsOf(await show(head, "done"))[0].how, "dari HP JURU TULIS UJI, lewat berkas");
});

test("a phone vouches for what its own person decided on a phone, and for nothing else", async () => {
  const { server, head, secretary } = await setup(5);
  decideElsewhere(server, 2, { verdict: "layak" });
  const paper = { author: head.userId, how: "paper", paper: { entries: 1 } };
  decideElsewhere(server, 3, { verdict: "layak" }, paper);
  await head.sync();
  await tap(head, 1, "layak");
  await tap(secretary, 4, "layak");
  await merge(head, await give(secretary));
  // The head's other phone: its answers are the head's, and it sends them itself.
  const other = await phoneOf(server, "PERATIN UJI");
  const card = await cardOf(server, other, "PERATIN UJI", { said: { user: head.userId } });
  await other.store.setProfile({ card });
  await tap(other, 5, "tunda");
  await merge(head, await give(other));
  const lines = [...(await content(head)).decisions.values()].map((one) => [
    ...one.lines,
    one.mine,
  ]);
  assert.equal(lines.length, 5);
  assert.equal(lines.filter(([, mine]) => mine).length, 3);
  const { file, code } = await give(head);
  const said = JSON.parse(await openByCode(code.replace(" ", ""), JSON.parse(file)));
  assert.deepEqual(
    said.decisions.map((one) => one.lines),
    [[lineId(1)]],
  );
});

const addName = (phone, name, more = {}) =>
  ask(phone, "POST", at("/name"), { form: { name, ...more } });
const namesOf = async (phone) => (await ask(phone, "GET", at("/about"))).ctx.names;

test("who was said to be missing travels too, is shown as heard, and sent by nobody else", async () => {
  const { server, head, secretary } = await setup(1);
  await addName(secretary, "BARU UJI", { hamlet: "3", note: "belum didata" });
  const given = await give(secretary);
  await read(head, given);
  const { facts } = (await ask(head, "GET", at("/share/look"))).ctx;
  assert.equal(facts.at(-1).value, "BARU UJI");
  assert.deepEqual(await namesOf(head), [], "nothing is kept before the yes");
  await keep(head);
  const words = "3 · belum didata · dari HP JURU TULIS UJI, lewat berkas";
  assert.deepEqual(await namesOf(head), [{ name: "BARU UJI", small: words }]);
  assert.equal((await read(head, given)).ctx.wrong.includes("sudah ada"), true);
  // A phone vouches for its own person's names alone.
  const handed = await give(head);
  const said = JSON.parse(await openByCode(handed.code.replace(" ", ""), JSON.parse(handed.file)));
  assert.deepEqual(said.names, []);
  await addName(secretary, "LAGI UJI");
  secretary.clock.pass(60);
  await merge(head, await give(secretary));
  assert.deepEqual(
    (await namesOf(head)).map(({ name }) => name),
    ["BARU UJI", "LAGI UJI"],
  );
  await secretary.sync();
  for (const row of Object.values(server.state.rows))
    if (row.table === "added_name") row.data.author = secretary.userId;
  await head.sync();
  assert.deepEqual(
    (await namesOf(head)).map(({ small }) => small),
    ["3 · belum didata", ""],
    "rows of the server take the place of heard ones",
  );
  const sent = Object.values(server.state.rows).filter(({ table }) => table === "added_name");
  assert.equal(sent.length, 2);
});

test("a file of an earlier version, without names, is read as before", async () => {
  const { head, secretary } = await setup(1);
  await tap(secretary, 1, "layak");
  const given = await altered(await give(secretary), () => ({ names: undefined }), secretary);
  await merge(head, given);
  assert.equal((await stateOf(head, 1)).verdict, "layak");
  assert.deepEqual(await namesOf(head), []);
});

test("no crafted name brings more than a name of this list, or takes another's place", async () => {
  const { server, head, secretary } = await setup(1);
  await addName(secretary, "BARU UJI");
  await addName(head, "PUNYA KEPALA");
  const [own] = (await content(head)).names;
  const given = await give(secretary);
  const take = async (names) => {
    const { file, code } = await altered(given, () => ({ names }), secretary);
    return checkFile(file, code, await content(head), here(head));
  };
  const right = { id: lineId(70), name: "X" };
  const wrong = {
    "no list": "X",
    nobody: [null],
    "no id": [{ ...right, id: "1" }],
    "no name": [{ id: right.id }],
    "a name of blanks": [{ ...right, name: " \u200b\u0000 " }],
    "a name that is no text": [{ ...right, name: ["X"] }],
    "a place that is no text": [{ ...right, hamlet: 7 }],
    "a note that is no text": [{ ...right, note: {} }],
    "more than a list has": Array(501).fill(right),
  };
  for (const [name, names] of Object.entries(wrong))
    assert.deepEqual(await take(names), { fault: { why: "altered" } }, name);
  const long = "A\u202e\u0007\n".repeat(700);
  const crafted = { list: lineId(9), village: OTHER, author: head.userId, via: "desk" };
  const { file } = await take([
    { ...right, name: long, hamlet: long, note: long, ...crafted },
    { ...right, id: own.id, name: "BUKAN KEPALA" },
  ]);
  const [only, ...others] = file.names;
  assert.deepEqual(others, [], "under the id of another's name nothing is taken");
  assert.deepEqual(only, {
    id: right.id,
    name: "A".repeat(100),
    hamlet: "A".repeat(60),
    note: "A".repeat(500),
  });
  const elsewhere = await altered(given, () => ({ village: OTHER, names: [right] }), secretary);
  const found = await checkFile(elsewhere.file, elsewhere.code, await content(head), here(head));
  assert.equal(found.fault.why, "village");
  assert.equal(
    Object.values(server.state.rows).some(({ table }) => table === "added_name"),
    false,
  );
});

test("a later file changes no name of an earlier one", async () => {
  const { head, secretary } = await setup(1);
  await addName(secretary, "BARU UJI");
  const given = await give(secretary);
  await merge(head, given);
  await tap(secretary, 1, "layak");
  secretary.clock.pass(60);
  const changed = ({ names: [one] }) => ({ names: [{ ...one, name: "LAIN UJI" }] });
  await merge(head, await altered(await give(secretary), changed, secretary));
  assert.deepEqual(
    (await namesOf(head)).map(({ name }) => name),
    ["BARU UJI"],
  );
});

test("a card of another phone makes no file", async () => {
  const { head, secretary } = await setup(1);
  await head.store.setProfile({ card: (await secretary.store.profile()).card });
  const { ctx } = await ask(head, "GET", at("/share"));
  assert.equal(ctx.can, 0);
});

test("no file is shared, looked at or taken where none is, and none of a closed list", async () => {
  const { server, head, secretary } = await setup(2);
  assert.equal((await ask(head, "GET", at("/share/file"))).status, 404);
  for (const method of ["GET", "POST"])
    assert.equal((await ask(head, method, at("/share/look"))).redirect, at("/share"));
  await tap(secretary, 1, "layak");
  await merge(head, await give(secretary));
  assert.equal((await ask(head, "GET", at("/share/look"))).redirect, at("/share"));
  putList(server, { lines: 0, list: { state: "closed" } });
  await head.sync();
  assert.equal((await ask(head, "GET", at("/share"))).redirect, at());
});

test("the screens say what is new in a file, and what came after it was made", async () => {
  const { head, secretary } = await setup(3);
  await tap(secretary, 1, "layak");
  await merge(head, await give(secretary));
  secretary.clock.pass(60);
  await tap(secretary, 2, "layak");
  assert.equal(
    (await ask(secretary, "GET", at("/share"))).ctx.made.later,
    w.t("field.share.made_later"),
  );
  await read(head, await give(secretary));
  assert.equal((await ask(secretary, "GET", at("/share"))).ctx.made.later, "");
  const { facts } = (await ask(head, "GET", at("/share/look"))).ctx;
  assert.deepEqual(
    facts.slice(2).map(({ value }) => value),
    ["2", "1", "0"],
  );
});

test("a later file of the same phone takes nothing back, and an earlier one is no newer", async () => {
  const { head, secretary } = await setup(2);
  await tap(secretary, 1, "layak");
  const first = await give(secretary);
  await merge(head, first);
  secretary.clock.pass(60);
  await tap(secretary, 2, "layak");
  const made = secretary.clock.now().toISOString();
  const changed = await altered(
    await give(secretary),
    ({ decisions }) => ({
      decisions: decisions.map((one) => ({ ...one, verdict: "tunda" })),
    }),
    secretary,
  );
  await merge(head, changed);
  assert.equal((await stateOf(head, 1)).verdict, "layak");
  const old = await altered(
    first,
    ({ decisions }) => ({ decisions: [{ ...decisions[0], id: lineId(77) }] }),
    secretary,
  );
  await merge(head, old);
  assert.equal((await content(head)).heard[0].at, made);
});

test("the code's key costs six hundred thousand rounds, and the signature has a first line", async () => {
  const { salt, iv, box } = await shutByCode("ABCDEFGH", "isi");
  const [saltBytes, ivBytes, bytes] = [salt, iv, box].map((one) => Buffer.from(one, "base64url"));
  const key = pbkdf2Sync("jangkau code 1 ABCDEFGH", saltBytes, 600_000, 32, "sha256");
  const open = createDecipheriv("aes-256-gcm", key, ivBytes);
  open.setAuthTag(bytes.subarray(-16));
  assert.equal(open.update(bytes.subarray(0, -16), null, "utf8") + open.final("utf8"), "isi");
  assert.equal(new TextDecoder().decode(signedBytes("isi")), "jangkau list 1\nisi");
});

test("a mistyped code asks for the code alone, and small letters are as good", async () => {
  const { head, secretary } = await setup();
  await tap(secretary, 1, "layak");
  const { file, code } = await give(secretary);
  assert.equal((await read(head, { file: "{}", code })).ctx.left, "");
  assert.equal(
    (await read(head, { file, code, big: "1" })).ctx.wrong,
    w.t("field.share.fault.big"),
  );
  const wrong = await read(head, { file, code: "AAAA" });
  assert.equal(wrong.ctx.left, w.t("field.share.left"));
  assert.equal(
    (await read(head, { file: "", code: code.toLowerCase().replace(" ", "-") })).redirect,
    at("/share/look"),
  );
  assert.equal((await ask(head, "GET", at("/share"))).ctx.left, "");
});

test("an older file and one read twice are said to be so, and lose nothing", async () => {
  const { head, secretary } = await setup();
  await tap(secretary, 1, "layak");
  const first = await give(secretary);
  secretary.clock.pass(600);
  await tap(secretary, 1, "tunda");
  const second = await give(secretary);
  await merge(head, second);
  assert.equal((await stateOf(head, 1)).verdict, "tunda");
  for (const [given, code] of [
    [first, "older"],
    [second, "twice"],
  ]) {
    const found = await checkFile(given.file, given.code, await content(head), here(head));
    assert.equal(found.fault?.why, code);
  }
  assert.equal((await stateOf(head, 1)).verdict, "tunda");
});

test("either order of files ends in the same list", async () => {
  const { server, head, secretary } = await setup();
  const third = await phoneOf(server, "KEPALA LAIN UJI");
  await tap(secretary, 1, "layak");
  await tap(third, 1, "tunda");
  await tap(third, 2, "layak");
  const files = [await give(secretary), await give(third)];
  for (const given of files) await merge(head, given);
  const other = await phoneOf(server, "JURU TULIS LAIN UJI");
  for (const given of files.toReversed()) await merge(other, given);
  assert.deepEqual((await content(head)).resolved, (await content(other)).resolved);
  assert.ok((await stateOf(head, 1)).clash);
});

test("nobody's answer is replaced by another phone's under the same id", async () => {
  const { head, secretary } = await setup();
  await tap(head, 1, "layak");
  await tap(secretary, 2, "layak");
  const [mine] = (await content(head)).decisions.keys();
  const forged = await altered(
    await give(secretary),
    (said) => ({
      decisions: [
        ...said.decisions,
        { ...said.decisions[0], id: mine, lines: [lineId(1)], verdict: "tunda" },
      ],
    }),
    secretary,
  );
  await merge(head, forged);
  const { decisions } = await content(head);
  assert.deepEqual(
    [decisions.get(mine).verdict, decisions.get(mine).mine, decisions.size],
    ["layak", true, 2],
  );
});

test("nor is what another file said replaced, whichever file is read again", async () => {
  const { server, head, secretary } = await setup(2);
  const third = await phoneOf(server, "ORANG KETIGA UJI");
  await tap(secretary, 1, "layak");
  await tap(third, 2, "layak");
  await merge(head, await give(secretary));
  const [theirs] = (await content(head)).decisions.keys();
  const forged = await altered(
    await give(third),
    ({ decisions }) => ({
      decisions: [
        ...decisions,
        { ...decisions[0], id: theirs, lines: [lineId(1)], verdict: "tunda" },
      ],
    }),
    third,
  );
  await merge(head, forged);
  secretary.clock.pass(60);
  await tap(secretary, 2, "layak");
  await merge(head, await give(secretary));
  const { decisions } = await content(head);
  assert.deepEqual(
    [decisions.get(theirs).verdict, decisions.get(theirs).author, decisions.size],
    ["layak", secretary.userId, 3],
  );
});

test("a phone without the server's word makes no file, and says what helps", async () => {
  const server = new FakeServer();
  putList(server, { lines: 1 });
  const phone = await headPhone(server);
  await ask(phone, "POST", at("/share"));
  const { ctx } = await ask(phone, "GET", at("/share"));
  assert.deepEqual([ctx.can, ctx.made], [0, ""]);
  for (const role of ["officer", "check"]) {
    const made = await ask(phone, "GET", at("/share"), { role });
    assert.equal(made.redirect, at());
  }
});
