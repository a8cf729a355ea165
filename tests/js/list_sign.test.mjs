// Signing a list on the phone: what blocks it, what is saved in one go, and what becomes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VILLAGE } from "./support/phone.mjs";
import {
  draw,
  fill,
  look,
  MEETING,
  OFFICE,
  putHolder,
  saveOf,
  setup,
  sign,
  termId,
} from "./support/signing.mjs";
import {
  ask,
  at,
  content,
  decideElsewhere,
  lineData,
  lineId,
  LIST,
  show,
  tap,
  w,
} from "./support/village_list.mjs";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";
import {
  canonical,
  documentHash,
  listDocument,
  merkleRoot,
} from "../../outreach/static/js/domain/list_document.js";
import { minutesFault } from "../../outreach/static/js/domain/list_signers.js";

const stops = ({ ctx }) => ctx.obstacles.map(({ code }) => code);

for (const [name, how, codes] of [
  ["names without an answer", { decided: false }, ["undecided"]],
  ["a meeting that has not begun", { list: { state: "open" } }, ["meeting"]],
  ["a list that is closed", { list: { state: "closed" }, decided: false }, ["closed"]],
  ["a term that has ended", { term: { ends: "2026-11-21" } }, ["holder"]],
  ["a term that has not begun", { term: { starts: "2026-11-23" } }, ["holder"]],
  [
    "answers that differ",
    {
      decided: false,
      more(server) {
        for (const no of [1, 2, 3]) decideElsewhere(server, no, { verdict: "layak" });
        decideElsewhere(server, 2, { verdict: "tunda" });
      },
    },
    ["clash"],
  ],
])
  test(`${name} block signing, in a sentence, and no address leads past it`, async () => {
    const { phone } = await setup(how);
    const made = await look(phone, "/sign");
    assert.deepEqual(stops(made), codes);
    assert.equal(made.ctx.ready, 0);
    for (const { code, go, text } of made.ctx.obstacles) {
      assert.ok(text.length > 20);
      assert.equal(Boolean(go), !["holder", "closed"].includes(code));
    }
    const closed = codes.includes("closed");
    for (const path of ["/sign/meeting", "/sign/who", "/sign/do"])
      for (const method of ["GET", "POST"]) {
        const { redirect } = await ask(phone, method, at(path), { form: MEETING });
        assert.equal(redirect, closed ? at() : at("/sign"), `${method} ${path}`);
      }
    assert.equal(saveOf(phone), undefined);
  });

test("a month's list needs no meeting, only a day and the office", async () => {
  const month = { purpose: "monthly", fund: null, month: 11, forum: null, state: "open" };
  const { phone } = await setup({ list: month, decided: false });
  for (const no of [1, 2, 3]) await tap(phone, no, "masih_ada");
  assert.deepEqual(stops(await look(phone, "/sign")), []);
  const { ctx } = await look(phone, "/sign/meeting");
  assert.deepEqual(
    ctx.fields.map(({ name }) => name),
    ["date"],
  );
  const { redirect } = await sign(phone);
  assert.match(redirect, /\/signed\//);
  assert.equal(saveOf(phone).set.letter_no, undefined);
});

test("an officer who looks at a list signs nothing", async () => {
  const { phone } = await setup();
  for (const path of ["/sign", "/sign/meeting", "/sign/do"])
    assert.equal((await look(phone, path, { role: "officer" })).redirect, at());
});

test("whose phone was not heard is named, and does not stand in the way", async () => {
  const { phone } = await setup({
    more(server) {
      putHolder(server, 2);
      putHolder(server, 3); // the same person once more, with one phone
    },
  });
  const { ctx } = await look(phone, "/sign");
  assert.equal(ctx.ready, 1);
  assert.deepEqual(ctx.unheard, [
    w.t("field.minutes.unheard", { name: "JURU TULIS UJI", title: "a.n. Peratin, Juru Tulis" }),
  ]);
  const heard = await setup({
    more(server) {
      putHolder(server, 2);
      decideElsewhere(server, 1, { verdict: "layak" });
    },
  });
  assert.deepEqual((await look(heard.phone, "/sign")).ctx.unheard, []);
});

test("each question that lacks its answer is marked, and the answers stay", async () => {
  const { phone } = await setup();
  const wrong = async (path, form) => {
    const { ctx, status } = await ask(phone, "POST", at(path), { form });
    assert.equal(status, 422);
    return ctx.fields.filter(({ error }) => error).map(({ name }) => name);
  };
  const none = { letter_no: " ", date: "", place: "", present: "0" };
  assert.deepEqual(await wrong("/sign/meeting", none), ["letter_no", "date", "place", "present"]);
  assert.deepEqual(await wrong("/sign/meeting", { ...MEETING, date: "23-11-2026" }), ["date"]);
  for (const present of ["dua", "10000"])
    assert.deepEqual(await wrong("/sign/meeting", { ...MEETING, present }), ["present"]);
  await ask(phone, "POST", at("/sign/meeting"), { form: MEETING });
  assert.deepEqual(await wrong("/sign/who", { head_method: "thumb" }), ["head_witness"]);
  assert.deepEqual(await wrong("/sign/who", { head_term: "x", head_method: "wet" }), ["head_term"]);
  const unknown = { head_term: termId(1), head_method: "stamp" };
  assert.deepEqual(await wrong("/sign/who", unknown), ["head_method"]);
  const { ctx } = await look(phone, "/sign/meeting");
  assert.equal(ctx.fields.find(({ name }) => name === "letter_no").value, "140/07/2026");
});

test("a meeting on a day without the term asks for another day or signer", async () => {
  const { phone } = await setup({ term: { starts: "2026-11-10" } });
  await ask(phone, "POST", at("/sign/meeting"), { form: { ...MEETING, date: "9-11-2026" } });
  const form = { head_term: termId(1), head_method: "wet" };
  const { status, ctx } = await ask(phone, "POST", at("/sign/who"), { form });
  assert.equal(status, 422);
  assert.equal(
    ctx.fields.find(({ name }) => name === "head_term").error,
    w.t("field.minutes.error.term_day"),
  );
});

test("a village meeting asks its chair, the head and a resident; the secretary may sign too", async () => {
  const { phone } = await setup({ list: { forum: "musyawarah_pekon" } });
  await ask(phone, "POST", at("/sign/meeting"), { form: MEETING });
  const { ctx } = await look(phone, "/sign/who");
  assert.deepEqual(
    ctx.fields.filter(({ kind }) => kind === "title").map(({ text }) => text),
    ["Ketua LHP", "Peratin", "Seorang warga", "Juru tulis"],
  );
  const who = { lhp_chair_name: "KETUA UJI", lhp_chair_method: "wet" };
  const resident = {
    resident_name: "WARGA UJI",
    resident_method: "thumb",
    resident_witness: "SAKSI",
  };
  const { redirect } = await sign(phone, { who: { ...who, ...resident } });
  assert.match(redirect, /\/signed\//);
  const [, signers] = saveOf(phone).set.signers;
  assert.deepEqual(
    signers.map(({ role, name, method, witness }) => [role, name, method, witness]),
    [
      ["lhp_chair", "KETUA UJI", "wet", undefined],
      ["head", "PERATIN UJI", "glass", undefined],
      ["resident", "WARGA UJI", "thumb", "SAKSI"],
    ],
  );
});

test("who only stands in for the head signs with the letter's number", async () => {
  const { phone } = await setup({ term: { capacity: "plh", title: "Plh. Peratin" } });
  const meeting = { form: MEETING };
  await ask(phone, "POST", at("/sign/meeting"), meeting);
  const who = { head_term: termId(1), head_method: "glass" };
  assert.equal((await ask(phone, "POST", at("/sign/who"), { form: who })).status, 422);
  await sign(phone, { who: { head_delegation: "800/9/2026" } });
  const [signer] = saveOf(phone).set.signers[1];
  assert.deepEqual([signer.capacity, signer.delegation], ["plh", "800/9/2026"]);
});

test("only who signs for the office signs on a phone of their own", async () => {
  const { phone } = await setup({ more: (server) => putHolder(server, 2) });
  assert.equal((await fill(phone)).ctx.own, 1);
  const { ctx } = await fill(phone, { who: { head_term: termId(2) } });
  assert.equal(ctx.own, 0);
});

test("what is saved is exactly what was shown: its hash, its root, its counts, its file", async () => {
  const { phone } = await setup();
  const before = await content(phone);
  const { redirect } = await sign(phone);
  const { set, id, scope } = saveOf(phone);
  const said = Object.fromEntries(Object.entries(set).map(([name, [, to]]) => [name, to]));
  const { purpose, fund, year, month, no } = before.list;
  const facts = { list: LIST, village: VILLAGE, purpose, fund, year, month, no };
  const whole = listDocument(facts, before.lines, before.resolved);
  assert.equal(said.hash, await documentHash(whole, sha256));
  assert.equal(said.root, await merkleRoot(whole.items, sha256));
  assert.deepEqual(said.counts.verdicts, { layak: { L: 0, P: 2 }, tunda: { L: 1, P: 0 } });
  assert.equal(minutesFault(said, "rapat_verifikasi"), null);
  const heads = Object.values(before.resolved).flatMap((state) => state.heads);
  assert.deepEqual([said.heads, heads.length > 0], [[...new Set(heads)].sort(), true]);
  assert.deepEqual([scope, redirect], [VILLAGE, at(`/signed/${id}`)]);
  const file = await phone.store.blob(said.hash);
  assert.equal(new TextDecoder().decode(file.bytes), canonical(whole));
  const ink = await phone.store.blob(said.signers[0].strokes);
  assert.ok(file.mid && file.mid === ink.mid && file.todo === 1 && ink.todo === 1);
  assert.equal(await phone.store.draft(`sign/${LIST}`), null);
});

test("a kill right after the save loses nothing, and nothing is signed twice", async () => {
  const { phone } = await setup();
  const { redirect } = await sign(phone);
  await phone.reopen();
  const { ctx } = await look(phone, redirect.slice(at().length));
  assert.equal(ctx.said, w.t("field.minutes.state.own"));
  const shown = ctx.blocks.join("");
  assert.equal(shown, (await content(phone)).versions[0].hash);
  const overview = await look(phone, "/sign");
  assert.equal(overview.ctx.ready, 0);
  assert.ok(overview.ctx.same);
});

test("a form that was begun is no registration, and is where it was left after a kill", async () => {
  const { phone } = await setup();
  await ask(phone, "POST", at("/sign/meeting"), { form: MEETING });
  assert.deepEqual(await phone.store.drafts(), []);
  await phone.reopen();
  const { ctx } = await look(phone, "/sign/meeting");
  assert.equal(ctx.fields.find(({ name }) => name === "place").value, "Balai");
});

test("a list that changed under the pen is looked at and signed anew", async () => {
  const { phone } = await setup();
  const { ctx } = await fill(phone);
  const head_strokes = await draw(phone);
  await tap(phone, 3, "tunda");
  const form = { seen: ctx.hash, head_strokes };
  const made = await ask(phone, "POST", at("/sign/do"), { form });
  assert.equal(made.status, 422);
  assert.equal(made.ctx.said, w.t("field.minutes.changed"));
  assert.notEqual(made.ctx.hash, ctx.hash);
  assert.equal(made.ctx.pens[0].value, "");
  assert.equal(saveOf(phone), undefined);
  const again = { seen: made.ctx.hash, head_strokes };
  const { redirect } = await ask(phone, "POST", at("/sign/do"), { form: again });
  assert.match(redirect, /\/signed\//);
});

test("no pen is left empty, and one whose drawing is not here neither", async () => {
  const { phone } = await setup();
  const { ctx } = await fill(phone);
  for (const head_strokes of ["", "a".repeat(64)]) {
    const form = { seen: ctx.hash, head_strokes };
    const made = await ask(phone, "POST", at("/sign/do"), { form });
    assert.equal(made.status, 422);
    assert.equal(made.ctx.pens[0].error, w.t("field.minutes.error.strokes"));
  }
  assert.equal(saveOf(phone), undefined);
});

test("it is sent with its files, and the phone tells what became of it", async () => {
  const { server, phone } = await setup();
  await sign(phone);
  const { id } = saveOf(phone);
  await phone.sync();
  const { hash } = server.state.rows[id].data;
  assert.ok((await phone.store.blob(hash)).verified);
  for (const [state, more, said] of [
    ["waits", {}, w.t("field.minutes.state.waits")],
    ["paper", {}, w.t("field.minutes.state.paper")],
    [
      "held",
      { why: "term_ended", received_at: "2026-12-01T18:00:00Z" },
      w.t("field.minutes.held.term_ended", { paper: "22 November 2026", came: "2 Desember 2026" }),
    ],
    [
      "counts",
      { counted_at: "2026-12-03T01:00:00Z", n: 1 },
      w.t("field.minutes.state.counts", { day: "3 Desember 2026" }),
    ],
  ]) {
    const data = { ...server.state.rows[id].data, state, ...more };
    server.put(id, { scope: VILLAGE, table: "list_minutes", data });
    phone.clock.pass(60);
    await phone.sync();
    const { ctx } = await look(phone, `/signed/${id}`);
    assert.equal(ctx.said, said);
  }
  const { versions } = await show(phone);
  assert.equal(versions[0].text, "Ditandatangani 22 November 2026, dihitung");
});

test("after signing the village may decide on; the next version is signed anew", async () => {
  const { phone } = await setup();
  await sign(phone);
  await tap(phone, 2, "layak");
  const { ctx } = await look(phone, "/sign");
  assert.deepEqual([ctx.ready, ctx.same], [1, ""]);
  await sign(phone, { meeting: { letter_no: "140/08/2026" } });
  assert.equal((await content(phone)).versions.length, 2);
});

test("a version that counts and left somebody out is signed anew with the same answers", async () => {
  const { server, phone } = await setup();
  await sign(phone);
  const { id } = saveOf(phone);
  await phone.sync();
  const data = { ...server.state.rows[id].data, state: "counts", n: 1 };
  server.put(id, { scope: VILLAGE, table: "list_minutes", data });
  for (const [status, ready] of [
    ["terverifikasi", 0],
    ["verifikasi_pekon", 1],
  ]) {
    for (const { id: line } of (await content(phone)).lines) {
      const row = server.state.rows[line];
      server.put(line, { ...row, data: { ...row.data, status } });
    }
    phone.clock.pass(60);
    await phone.sync();
    assert.equal((await look(phone, "/sign")).ctx.ready, ready);
  }
});

test("a full phone says so, and the form with its drawing stays", async () => {
  const { phone } = await setup();
  const { ctx } = await fill(phone);
  const head_strokes = await draw(phone);
  const { save } = phone.store;
  phone.store.save = async () => {
    throw Object.assign(new Error("full"), { code: "storage_full" });
  };
  const form = { seen: ctx.hash, head_strokes };
  const made = await ask(phone, "POST", at("/sign/do"), { form });
  assert.deepEqual([made.status, made.ctx.said], [422, w.t("field.error.full")]);
  assert.equal(made.ctx.pens[0].value, head_strokes);
  phone.store.save = save;
  const { redirect } = await ask(phone, "POST", at("/sign/do"), { form });
  assert.match(redirect, /\/signed\//);
});

/** People of the register: the head, his wife, and a neighbour of his wife's name. */
function putPeople(server) {
  const worker = (no) => lineData(no).worker;
  const house = "01930000-0000-7000-8000-0000000a9001";
  const people = [
    [worker(1), { full_name: "PERATIN UJI", household_id: house }],
    [worker(2), { full_name: "SRI LESTARI", household_id: house }],
    [worker(3), { full_name: "WATI", phone: "081200009001" }],
  ];
  for (const [id, data] of people) server.put(id, { scope: VILLAGE, table: "worker", data });
}

const self = { user: { id: "x", name: "Peratin Uji", phone: "+6281200009001" } };
/** The same request by a head with a name and a number. */
const byHead = { profile: { role: "head", scopes: [VILLAGE], ...self } };
const flagged = (no, name, tie, who = "Peratin Uji") =>
  `${no}. ${name} · ${w.t(`field.minutes.self.${tie}`)} · ${who}`;

test("before the pen is taken the signer sees which names may be himself or his household", async () => {
  const names = ["PERATIN UJI", "SRI LESTARI", "WATI"];
  const { phone } = await setup({
    more(server) {
      putPeople(server);
      for (const no of [1, 2, 3])
        server.put(lineId(no), {
          scope: VILLAGE,
          table: "list_line",
          data: lineData(no, { name: names[no - 1] }),
        });
    },
  });
  const all = [
    flagged(1, names[0], "name"),
    flagged(2, names[1], "house"),
    flagged(3, names[2], "phone"),
  ];
  const { ctx } = await look(phone, "/sign", byHead);
  assert.deepEqual(ctx.tied, all);
  assert.equal(ctx.ready, 1, "a mark stands in nobody's way");
  const last = await fill(phone, { how: byHead });
  assert.deepEqual(last.ctx.tied, all);
});

test("who decided elsewhere is marked by name, and whoever signs besides", async () => {
  const { phone } = await setup({
    list: { forum: "musyawarah_pekon" },
    decided: false,
    more(server) {
      putPeople(server);
      const said = { author_name: "Wati" };
      for (const no of [1, 2, 3]) decideElsewhere(server, no, { verdict: "layak" }, said);
      for (const [no, name] of ["AMIR", "SRI LESTARI", "WATI"].entries())
        server.put(lineId(no + 1), {
          scope: VILLAGE,
          table: "list_line",
          data: lineData(no + 1, { name, worker: no === 2 ? lineData(3).worker : null }),
        });
    },
  });
  const wati = flagged(3, "WATI", "name", "Wati");
  assert.deepEqual((await look(phone, "/sign")).ctx.tied, [wati]);
  const who = { lhp_chair_name: "Hj. Sri Lestari", lhp_chair_method: "wet" };
  const more = { resident_name: "Budi", resident_method: "wet" };
  const { ctx } = await fill(phone, { who: { ...who, ...more } });
  const sri = flagged(2, "SRI LESTARI", "name", "Hj. Sri Lestari");
  assert.deepEqual(ctx.tied, [sri, wati]);
});

test("whoever held the office is marked in what was said for it; what is taken back marks nobody", async () => {
  const { phone } = await setup({
    decided: false,
    term: { name: "PERATIN LAIN" },
    more(server) {
      putPeople(server);
      const office = { via: "officer_phone", on_behalf: OFFICE, author_name: "Petugas" };
      const at = "2026-11-20T03:00:00.000Z";
      const days = { starts: "2026-11-01", ends: "2026-11-20" };
      putHolder(server, 2, { name: "PERATIN UJI", ...days });
      decideElsewhere(server, 1, { verdict: "layak" }, { ...office, at });
      decideElsewhere(
        server,
        2,
        { verdict: "layak" },
        { ...office, at: "2026-11-21T03:00:00.000Z" },
      );
      decideElsewhere(server, 3, { verdict: "batal" }, { author_name: "WATI" });
      server.put(lineId(3), {
        scope: VILLAGE,
        table: "list_line",
        data: lineData(3, { name: "WATI" }),
      });
    },
  });
  const { ctx } = await look(phone, "/sign");
  const [first, second] = [1, 2].map((no) => lineData(no).name);
  assert.deepEqual(ctx.tied, [flagged(1, first, "name", "PERATIN UJI")], second);
});

test("a line that left the list marks nobody, and a village without people's records only names", async () => {
  const { phone } = await setup({
    more(server) {
      for (const [no, more] of [
        [1, { name: "PERATIN UJI", gone: "moved" }],
        [2, { name: "H. Peratin Uji" }],
      ])
        server.put(lineId(no), { scope: VILLAGE, table: "list_line", data: lineData(no, more) });
    },
  });
  const { ctx } = await look(phone, "/sign", byHead);
  assert.deepEqual(ctx.tied, [flagged(2, "H. Peratin Uji", "name")]);
});

/** A version of the very list that stands here, and what the server made of it. */
async function signedAs(state, status) {
  const { server, phone } = await setup();
  await sign(phone);
  const { id } = saveOf(phone);
  await phone.sync();
  const data = { ...server.state.rows[id].data, state, n: 1 };
  server.put(id, { scope: VILLAGE, table: "list_minutes", data });
  for (const { id: line } of (await content(phone)).lines) {
    const row = server.state.rows[line];
    server.put(line, { ...row, data: { ...row.data, status } });
  }
  phone.clock.pass(60);
  await phone.sync();
  return (await look(phone, "/sign")).ctx.ready;
}

test("the same list is signed once more only where its version failed or left somebody out", async () => {
  const left = "verifikasi_pekon";
  for (const state of ["broken", "declined", "held", "counts"])
    assert.equal(await signedAs(state, left), 1, state);
  for (const state of ["waits", "paper"]) assert.equal(await signedAs(state, left), 0, state);
});

test("the last look waits for the steps before it, typed address or not", async () => {
  const { phone } = await setup();
  for (const method of ["GET", "POST"])
    assert.equal((await ask(phone, method, at("/sign/do"))).redirect, at("/sign/meeting"));
  await ask(phone, "POST", at("/sign/meeting"), { form: MEETING });
  await ask(phone, "POST", at("/sign/who"), { form: { head_method: "thumb", head_witness: "" } });
  for (const method of ["GET", "POST"])
    assert.equal((await ask(phone, method, at("/sign/do"))).redirect, at("/sign/who"));
  assert.equal(saveOf(phone), undefined);
});

test("what changed before anything was drawn is only shown anew", async () => {
  const { phone } = await setup();
  const { ctx } = await fill(phone);
  await tap(phone, 3, "tunda");
  const again = (await look(phone, "/sign/do")).ctx;
  assert.notEqual(again.hash, ctx.hash);
  assert.equal(again.said, "");
});

test("signed with a pen on paper, too, only the list that was looked at is saved", async () => {
  const { phone } = await setup();
  const { ctx } = await fill(phone, { who: { head_method: "wet" } });
  await tap(phone, 3, "tunda");
  for (const form of [{ seen: ctx.hash }, {}]) {
    const { status } = await ask(phone, "POST", at("/sign/do"), { form });
    assert.equal(status, 422);
  }
  assert.equal(saveOf(phone), undefined);
  const { hash } = (await look(phone, "/sign/do")).ctx;
  assert.match(
    (await ask(phone, "POST", at("/sign/do"), { form: { seen: hash } })).redirect,
    /signed/,
  );
});

test("minutes that the server would refuse are not saved, whatever the form let through", async () => {
  const { phone } = await setup({ term: { name: "N".repeat(101) } });
  await assert.rejects(sign(phone), /minutes: signers\.0\.name/);
  assert.equal(saveOf(phone), undefined);
});

test("only for room are pictures let go; a fault that has no sentence is not hidden", async () => {
  const { phone } = await setup();
  const { ctx } = await fill(phone);
  const form = { seen: ctx.hash, head_strokes: await draw(phone) };
  const { save, freeSpace } = phone.store;
  let freed = 0;
  phone.store.freeSpace = async () => {
    freed += 1;
    return true;
  };
  let code = "storage_busy";
  phone.store.save = async () => {
    throw Object.assign(new Error(code), { code });
  };
  const made = await ask(phone, "POST", at("/sign/do"), { form });
  assert.deepEqual([made.ctx.said, freed], [w.t("error.storage_busy"), 0]);
  code = "unheard_of";
  await assert.rejects(ask(phone, "POST", at("/sign/do"), { form }), /unheard_of/);
  code = "storage_full";
  assert.equal(
    (await ask(phone, "POST", at("/sign/do"), { form })).ctx.said,
    w.t("field.error.full"),
  );
  assert.equal(freed, 1);
  Object.assign(phone.store, { save, freeSpace });
  assert.match((await ask(phone, "POST", at("/sign/do"), { form })).redirect, /signed/);
});

test("a letter too long for the minutes is asked for again", async () => {
  const letter = "9".repeat(61);
  const { phone } = await setup({ term: { capacity: "an", letter } });
  await ask(phone, "POST", at("/sign/meeting"), { form: MEETING });
  const form = { head_term: termId(1), head_method: "wet" };
  const { status, ctx } = await ask(phone, "POST", at("/sign/who"), { form });
  assert.equal(status, 422);
  assert.ok(ctx.fields.some(({ name, error }) => name === "head_delegation" && error));
});

test("whoever must sign has a name, and what is no answer is not kept", async () => {
  const { phone } = await setup({ list: { forum: "musyawarah_pekon" } });
  const extra = { token: "x", go: "next" };
  await ask(phone, "POST", at("/sign/meeting"), { form: { ...MEETING, ...extra } });
  const { form } = (await phone.store.draft(`sign/${LIST}`)).data;
  assert.deepEqual([form.token, form.go, form.place], [undefined, undefined, "Balai"]);
  const who = { head_term: termId(1), head_method: "wet", lhp_chair_method: "wet" };
  const said = { resident_name: "N".repeat(101), resident_method: "wet", lhp_chair_name: " " };
  const { ctx } = await ask(phone, "POST", at("/sign/who"), { form: { ...who, ...said } });
  const wrong = ctx.fields.filter(({ error }) => error).map(({ name }) => name);
  assert.deepEqual(wrong, ["lhp_chair_name", "resident_name"]);
});

test("whoever works here is not said to be unheard, without an answer of the own too", async () => {
  const { phone } = await setup({
    decided: false,
    more(server) {
      for (const no of [1, 2, 3]) decideElsewhere(server, no, { verdict: "layak" });
    },
  });
  assert.deepEqual((await look(phone, "/sign")).ctx.unheard, []);
});

test("a person who left the list is not left out by a version that counts", async () => {
  const { server, phone } = await setup();
  const { id, scope } = (await content(phone)).list;
  for (const no of [1, 2, 3]) {
    const status = no === 3 ? "verifikasi_pekon" : "terverifikasi";
    const more = { status, gone: no === 3 ? "moved" : null };
    server.put(lineId(no), { scope, table: "list_line", data: lineData(no, more) });
  }
  phone.clock.pass(60);
  await phone.sync();
  await sign(phone);
  const saved = saveOf(phone);
  await phone.sync();
  const data = { ...server.state.rows[saved.id].data, list: id, state: "counts", n: 1 };
  server.put(saved.id, { scope, table: "list_minutes", data });
  phone.clock.pass(60);
  await phone.sync();
  assert.equal((await look(phone, "/sign")).ctx.ready, 0);
});

test("who heads the village in the own right signs by no letter", async () => {
  const { phone } = await setup({ term: { letter: "800/1/2026" } });
  await sign(phone);
  const [signer] = saveOf(phone).set.signers[1];
  assert.deepEqual([signer.capacity, signer.delegation], ["definitif", undefined]);
});

test("a closed list marks nobody before a pen that nobody takes", async () => {
  const { phone } = await setup({
    list: { state: "closed" },
    decided: false,
    more(server) {
      decideElsewhere(server, 1, { verdict: "layak" }, { author_name: lineData(1).name });
    },
  });
  assert.deepEqual((await look(phone, "/sign")).ctx.tied, []);
});

for (const [lines, named] of [
  [450, true],
  [451, false],
])
  test(`of ${lines} answers a save ${named ? "names each" : "names none: there is no room"}`, async () => {
    const { phone } = await setup({
      lines,
      decided: false,
      more(server) {
        for (let no = 1; no <= lines; no += 1) decideElsewhere(server, no, { verdict: "layak" });
      },
    });
    await sign(phone);
    assert.equal(saveOf(phone).set.heads?.[1].length, named ? lines : undefined);
  });
