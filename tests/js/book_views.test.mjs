import assert from "node:assert/strict";
import { test } from "node:test";
import { translator } from "./support/words.mjs";
import {
  logLines,
  chips,
  stateOf,
} from "../../outreach/static/js/field/screens/saves/lines_view.js";
import { saveView } from "../../outreach/static/js/field/screens/saves/one_save_view.js";
import {
  periods,
  totalsView,
} from "../../outreach/static/js/field/screens/saves/premium_totals.js";
import {
  pathOf,
  peopleOf,
  stageOf,
} from "../../outreach/static/js/field/screens/saves/status_progress.js";

const w = translator("id");
const line = (n, more = {}) => ({
  n,
  at: "2026-11-22T06:05:00Z",
  id: `w${n}`,
  key: `k${n}`,
  name: `ORANG ${n}`,
  what: "new",
  fields: [],
  photos: 0,
  missing: 0,
  state: "arrived",
  ...more,
});
const wish = (more = {}) => ({ state: "", query: "", after: 0, disputed: new Set(), ...more });

test("a line says number, person, what, state, what is missing and when", () => {
  const lines = [
    line(3, { state: "held", what: "change", fields: ["rt", "notes", "rw", "pemangku", "kpj"] }),
    line(2, { photos: 3, missing: 1 }),
  ];
  const { items } = logLines(lines, [], wish(), w);
  assert.equal(items[0].what, "diubah: RT, Catatan petugas, RW + 2 lagi");
  assert.deepEqual(items[0].mark, { cls: "mark mark-fix", word: "ditahan" });
  assert.equal(items[1].missing, "2 dari 3 foto sampai");
  assert.equal(items[1].when, "22 November 2026 13.05");
  assert.deepEqual([items[1].n, items[1].name, items[1].what], ["2", "ORANG 2", "didaftarkan"]);
});

test("five thousand lines come fifty at a time, each once", () => {
  const lines = Array.from({ length: 5000 }, (_, i) => line(5000 - i));
  const seen = [];
  for (let after = 0, more = true; more; ) {
    const page = logLines(lines, [], wish({ after }), w);
    assert.ok(page.items.length <= 50);
    seen.push(...page.items.map((item) => Number(item.n)));
    more = Boolean(page.after);
    after = Number(page.after);
  }
  assert.deepEqual(
    seen,
    lines.map(({ n }) => n),
  );
});

test("a filter shows its own, the chips count them", () => {
  const lines = [
    line(5, { state: "waiting", photos: 1, missing: 1 }),
    line(4, { state: "conflict" }),
    line(3, { state: "conflict" }),
    line(2, { state: "resolved" }),
    line(1, { photos: 2, missing: 2 }),
  ];
  const disputed = new Set(["k4"]);
  const of = (state) =>
    logLines(lines, [], wish({ state, disputed }), w).items.map((item) => item.n);
  assert.deepEqual(of("waiting"), ["5"]);
  assert.deepEqual(of("conflict"), ["4"]);
  assert.deepEqual(of("arrived"), ["3", "2", "1"]);
  assert.deepEqual(of("photos"), ["5", "1"]);
  const shown = chips(lines, [{}], wish({ state: "held", disputed }), w);
  assert.deepEqual(
    shown.map((c) => [c.state, c.n, c.on]),
    [
      ["", "6", 0],
      ["draft", "1", 0],
      ["waiting", "1", 0],
      ["photos", "2", 0],
      ["conflict", "1", 0],
      ["held", "0", 1],
      ["arrived", "3", 0],
    ],
  );
});

test("search finds words anywhere in a name, as lists do, or a number", () => {
  const lines = [line(12, { name: "SITI AMINAH" }), line(2, { name: "AMIN SITOMPUL" })];
  const of = (query) => logLines(lines, [], wish({ query }), w).items.map((item) => item.n);
  assert.deepEqual(of("amin sit"), ["12", "2"]);
  assert.deepEqual(of("aminah"), ["12"]);
  assert.deepEqual(of("2"), ["2"]);
  assert.deepEqual(of("minah"), ["12"]);
  assert.deepEqual(of("sitiaminah"), ["12"]);
  assert.deepEqual(of("%"), []);
});

test("a begun form stands first and leads on", () => {
  const draft = { id: "d", at: "2026-11-22T06:05:00Z", data: { step: "kerja", form: {} } };
  const { items } = logLines([line(1)], [draft], wish(), w);
  assert.deepEqual([items[0].draft, items[0].step, items[0].mark.word], ["d", "kerja", "konsep"]);
  assert.equal(logLines([line(1)], [draft], wish({ state: "held" }), w).items.length, 0);
});

test("a conflict is open while it is in view or a note speaks of it", () => {
  const one = line(1, { state: "conflict" });
  assert.equal(stateOf(one, new Set()), "settled");
  assert.equal(stateOf(one, new Set(["k1"])), "conflict");
  assert.equal(stateOf({ ...one, open: 1 }, new Set()), "conflict");
});

const shown = (state, more = {}, note = {}) =>
  saveView(
    {
      line: line(7, { state, open: 1, id: "w7" }),
      entry: { m: { set: { ktp_photo: [null, "a".repeat(64)] } }, verdict: {} },
      photos: [{ sha: "a".repeat(64), todo: 1, ...more }],
    },
    {
      note,
      disputed: new Set(),
      path: [],
      status: "",
      mid: 7,
      canAdd: true,
      known: true,
      occupations: [],
    },
    w,
  );

test("one save says why it came back, what its pictures do, and the way on", () => {
  const faults = { errors: { birth_date: [{ code: "required" }] } };
  const wrong = shown("invalid", { refused: "blob_too_big" }, faults);
  assert.deepEqual(
    wrong.steps.map(({ step }) => step),
    ["nik"],
  );
  assert.match(wrong.reasons[0], /^Tanggal lahir: /);
  assert.equal(wrong.photos[0].word, "ditolak server");
  assert.match(wrong.photos[0].why, /terlalu besar/);
  const returned = shown("returned", {}, { words: "NIK-nya milik orang lain" });
  assert.ok(returned.reasons.includes("Pesan pengawas: NIK-nya milik orang lain"));
  assert.equal(returned.photos[0].label, "Foto KTP");
  assert.equal(shown("waiting").send, 1);
  assert.deepEqual(shown("waiting").steps, []);
  assert.equal(shown("arrived", { todo: undefined, gone: 1 }).photos[0].word.slice(0, 6), "sampai");
});

test("a person's way goes as far as the server says", () => {
  const path = (status, arrived = true) =>
    pathOf({ status, arrived }, "kelurahan", w).map((step) => (step.done ? 1 : 0) + step.now * 2);
  assert.deepEqual(path("calon", false), [0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(path("calon"), [3, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(path("diusulkan"), [1, 1, 1, 3, 0, 0, 0, 0]);
  assert.deepEqual(path("gagal_bpjs"), [1, 1, 1, 1, 1, 3, 0, 0]);
  assert.deepEqual(path("meninggal"), [3, 0, 0, 0, 0, 0, 0, 0]);
  const words_ = pathOf({ status: "calon", arrived: true }, "kelurahan", w);
  assert.equal(words_[1].label, "Diperiksa kelurahan");
  assert.equal(stageOf({ status: "meninggal", arrived: true }), "off");
});

test("people are counted once, as far as the best known of them", () => {
  const lines = [
    line(3, { id: "a", state: "waiting", name: "" }),
    line(2, { id: "b", state: "waiting" }),
    line(1, { id: "a" }),
  ];
  const look = (id) => ({
    name: "",
    status: id === "a" ? "diusulkan" : "calon",
    kind: "pekon",
    known: true,
  });
  assert.deepEqual(
    peopleOf(lines, look).map((p) => [p.id, p.n, p.name, p.stage]),
    [
      ["a", 3, "ORANG 1", "diusulkan"],
      ["b", 2, "ORANG 2", "here"],
    ],
  );
});

test("weeks begin on Monday and months end where they end", () => {
  assert.deepEqual(
    periods("2027-03-01").map((p) => p.join(" ")),
    [
      "today 2027-03-01 2027-03-01",
      "week 2027-03-01 2027-03-07",
      "last_week 2027-02-22 2027-02-28",
      "month 2027-03-01 2027-03-31",
      "last_month 2027-02-01 2027-02-28",
      "all  9",
    ],
  );
  assert.equal(periods("2026-11-22")[1].join(" "), "week 2026-11-16 2026-11-22");
  assert.equal(periods("2027-01-03")[4].join(" "), "last_month 2026-12-01 2026-12-31");
});

test("sums tell recorded, arrived and complete apart", () => {
  const on = (day, more) => ({ day, line: line(1, more) });
  const dated = [
    on("2026-11-22", { state: "waiting" }),
    on("2026-11-22", { photos: 1, missing: 1, what: "change" }),
    on("2026-11-22"),
    on("2026-11-22", { state: "held" }),
    on("2026-10-31"),
  ];
  const rows = totalsView(dated, "2026-11-22", w).map((r) => [
    r.people,
    r.recorded,
    r.arrived,
    r.whole,
  ]);
  assert.deepEqual(rows[0], ["3", "4", "3", "1"]);
  assert.deepEqual(rows[4], ["1", "1", "1", "1"]);
  assert.deepEqual(rows[5], ["4", "5", "4", "2"]);
});
