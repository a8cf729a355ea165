import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changesOf,
  nextStep,
  progress,
  stepFor,
  writable,
} from "../../outreach/static/js/field/screens/form/flow.js";
import { readDate, readForm } from "../../outreach/static/js/field/screens/form/form_read.js";
import "../../outreach/static/js/field/screens/form/edit_routes.js";
import { save } from "../../outreach/static/js/field/screens/form/drafts.js";
import { writeForm } from "../../outreach/static/js/field/screens/form/form_write.js";
import { check } from "../../outreach/static/js/field/screens/form/check.js";
import { countSacks } from "../../outreach/static/js/field/screens/form/sacks.js";
import { DOOR } from "../../outreach/static/js/field/screens/form/steps_door.js";
import { flat } from "../../outreach/static/js/field/parts_of_screens/field_builders.js";
import { LATER } from "../../outreach/static/js/field/screens/form/steps_later.js";
import { missingQuestions } from "../../outreach/static/js/field/parts_of_screens/missing_questions.js";
import { shown } from "../../outreach/static/js/field/screens/worker/record_view.js";
import { fields, missingForProposal } from "../../outreach/static/js/domain/rules.js";
import { translator } from "./support/words.mjs";

const today = "2026-11-22";
const village = { code: "18.04.04.2002", name: "Kubu Perahu", kind: "pekon" };
const ctx = { today, village };
const AT = "2026-11-22T06:05:00Z";
const SHA = "ab".repeat(32);

const honest = {
  nik: "180404 470880 9001",
  nik_match: "ya",
  ktp_photo: SHA,
  full_name: " Siti  Aminah ",
  domicile: "g:1|002",
  occupation_code: "TANI-KOPI",
  employment_relation: "usaha_sendiri",
  already_member: "belum",
  income: "1000000",
  no_phone: "ya",
  heir0_name: "Ahmad",
  heir0_relation: "pasangan",
  agree: "ya",
  p_wa: "ya",
  p_foto: "tidak",
  p_opd: "ya",
  p_pajang: "ya",
  signature: SHA,
};
const draft = (form, more = {}) => ({
  id: "d",
  scope: village.code,
  source: "kunjungan",
  capturedAt: AT,
  consentVersion: "consent-2026-11",
  consentLang: "id",
  consentAt: AT,
  mode: "door",
  step: "nik",
  form,
  ...more,
});

test("where somebody lives is one answer, typed or tapped, and never given for anybody", () => {
  const at = (form) => {
    const { domicile: _d, ...rest } = honest;
    const read = readForm(draft({ ...rest, ...form }), ctx);
    return [read.domicile_same_as_ktp, read.pemangku, read.rt].map((v) => v ?? null);
  };
  for (const typed of ["1/2", "1 / 002", "1 2", "1.2", "1/RT 2", "1/rt.02"])
    assert.deepEqual(at({ here_at: typed }), [true, "1", "002"], typed);
  assert.deepEqual(at({ here_at: "Way Ngison/12" }), [true, "Way Ngison", "012"]);
  assert.deepEqual(at({ here_at: "Sinar Jaya 2" }), [true, "Sinar Jaya 2", null]);
  assert.deepEqual(at({ here_at: " " }), [null, null, null]);
  // What a household carries is offered, and is no answer.
  assert.deepEqual(at({ pemangku: "1", rt: "002" })[0], null);
  assert.deepEqual(at({ pemangku: "1", rt: "002", here_at: "" })[0], null);
  assert.deepEqual(at({ domicile: "g:3|004", pemangku: "1", rt: "002" }), [true, "3", "004"]);
  assert.deepEqual(at({ domicile: "tidak", here_at: "2/3" }), [false, "2", "003"]);
  assert.deepEqual(at({ domicile: "tidak", pemangku: "5", rt: "6" }), [false, "5", "006"]);
  // A card from elsewhere: that it says this address is for a person to answer.
  const elsewhere = { nik: "180104 470880 9001" };
  assert.deepEqual(at({ ...elsewhere, here_at: "1/2" }), [null, "1", "002"]);
  assert.deepEqual(at({ ...elsewhere, here_at: "1/2", domicile: "ya" }), [true, "1", "002"]);
  assert.deepEqual(at({ domicile: "ya", pemangku: "5", rt: "6" }), [true, "5", "006"]);
  const wrong = (here_at) => {
    const d = draft({ ...honest, domicile: "", here_at }, { step: "nama" });
    return check(d, readForm(d, ctx), "officer", ctx.today).here_at;
  };
  assert.deepEqual(wrong("1/2345"), [{ code: "field.error.here" }]);
  assert.deepEqual(wrong("/2"), [{ code: "field.error.here" }]);
  assert.equal(wrong("1/2"), undefined);
  assert.equal(wrong("Pemangku 1 RT 2"), undefined);
  assert.deepEqual(wrongAt("nama", { domicile: "g:3|004", here_at: "1/2" }), {
    here_at: "field.error.here_two",
  });
  assert.deepEqual(wrongAt("nama", { domicile: "g:1|002", here_at: "RT 2 pemangku 1" }), {});
});

test("a NIK that is not as on the card is put right before going on", () => {
  const wrong = (form) => {
    const d = draft({ ...honest, nik_match: "tidak", ...form }, { step: "nik" });
    return check(d, readForm(d, ctx), "officer", ctx.today).nik_match;
  };
  assert.deepEqual(wrong({}), [{ code: "field.error.nik_match" }]);
  assert.equal(wrong({ birth_date: "8-8-1980" }), undefined);
  assert.equal(wrong({ sex: "L" }), undefined);
  assert.equal(wrong({ nik_match: "ya" }), undefined);
});

test("the honest path reads as complete data, derived facts included", () => {
  const data = readForm(draft(honest), ctx);
  assert.equal(data.nik, "1804044708809001");
  assert.equal(data.birth_date, "1980-08-07");
  assert.equal(data.sex, "P");
  assert.equal(data.full_name, "Siti Aminah");
  assert.equal(data.address_line, "Pemangku 1, RT 002, Kubu Perahu");
  assert.equal(data.work_location, "kebun");
  assert.equal(data.nik_check, "foto");
  assert.deepEqual(data.income_said, { per: "bulan" });
  assert.deepEqual(data.consent.purposes, {
    pendaftaran: true,
    hubungi_wa: true,
    pasfoto: false,
    bagi_ke_opd: true,
    pajang_nama: true,
  });
  for (const { slug } of DOOR)
    assert.deepEqual(check(draft(honest, { step: slug }), data, "officer", today), {}, slug);
});

test("a record written to the form reads back the same", () => {
  const data = readForm(
    draft({
      ...honest,
      income: "tulis",
      income_amount: "30.000.000",
      income_per: "panen",
      income_harvests: "1",
      phone: "0812 3456 7890",
    }),
    ctx,
  );
  assert.equal(data.monthly_income, 2500000);
  assert.equal(data.phone, "+6281234567890");
  const again = readForm(draft(writeForm(data)), ctx);
  assert.deepEqual(changesOf(data, again, Object.keys(fields)), {});
});

test("an empty form answers nothing that a person has to answer", () => {
  const data = readForm(draft({}), ctx);
  for (const name of [
    "nik_match",
    "employment_relation",
    "already_member",
    "monthly_income",
    "heirs",
    "consent",
    "domicile_same_as_ktp",
  ]) {
    assert.equal(data[name], undefined, name);
  }
});

test("facts from another person carry no consent", () => {
  const data = readForm(
    draft({
      ...honest,
      facts_from: "diwakili",
      informant_name: "Tono",
      informant_relation: "paman",
    }),
    ctx,
  );
  assert.equal(data.consent, undefined);
  assert.deepEqual(data.informant, { name: "Tono", relation: "paman" });
});

test("a minor heir has a guardian and neither NIK nor phone", () => {
  const form = {
    ...honest,
    heir0_minor: "ya",
    heir0_nik: "1804044708809002",
    heir0_phone: "08123456789",
    heir0_guardian: "Sri",
  };
  assert.deepEqual(readForm(draft(form), ctx).heirs, [
    { name: "Ahmad", relation: "pasangan", minor: true, guardian: "Sri" },
  ]);
});

test("each screen names what a person left out", () => {
  const missing = (step, form) =>
    Object.keys(check(draft(form, { step }), readForm(draft(form), ctx), "officer", today)).sort();
  assert.deepEqual(missing("nik", {}), ["nik"], "one missing answer, one error");
  assert.deepEqual(missing("nik", { nik: "18040447" }), ["nik", "nik_match"]);
  assert.deepEqual(
    missing("nik", { nik: honest.nik, nik_match: "ya", retype: "ya", nik_last4: "9010" }),
    ["nik_last4"],
  );
  assert.deepEqual(missing("majikan", {}), ["already_member", "employment_relation"]);
  assert.deepEqual(missing("waris", {}), ["heir0_name", "heir0_relation"]);
  assert.deepEqual(missing("setuju", {}), ["agree"]);
  assert.deepEqual(missing("setuju", { agree: "ya" }), []);
  assert.deepEqual(missing("izin", { agree: "ya" }), ["p_foto", "p_opd", "p_wa", "signature"]);
  assert.deepEqual(missing("izin", { agree: "tidak" }), ["agree"]);
  assert.deepEqual(missing("izin", { agree: "ya", facts_from: "diwakili" }), ["agree"]);
});

test("dates are read as officers write them", () => {
  for (const text of ["07-08-1980", "7/8/1980", "07081980", "7 8 1980"])
    assert.equal(readDate(text), "1980-08-07", text);
  assert.equal(readDate("kemarin"), "kemarin");
});

test("every field that a person may set has a screen", () => {
  const asked = new Set([...DOOR, ...LATER].flatMap((step) => step.data));
  const own = [
    "village_code",
    "captured_at",
    "gps",
    "source_list",
    "household_id",
    "visit_id",
    "consent_withdrawn",
    "dtsen_decile",
    "ktp_village_code",
  ];
  assert.deepEqual(
    Object.keys(fields).filter((name) => !asked.has(name) && !own.includes(name)),
    [],
    "in the `data` of no screen of steps_door.js or steps_later.js",
  );
});

test("the door has eight screens in order", () => {
  assert.deepEqual(progress("kerja"), { at: 3, of: 8 });
  assert.equal(nextStep("setuju"), "izin");
  assert.equal(nextStep("izin"), null);
  assert.equal(stepFor("consent"), "setuju");
  assert.equal(stepFor("heirs"), "waris");
});

test("every number that is typed keeps its letters and its length until the rules have seen it", () => {
  const read = (form) => readForm(draft(form), ctx);
  assert.equal(read({ nik: "1804 0447 088O 9001" }).nik, "18040447088O9001");
  assert.equal(read({ nik: "180404 470880 9001 7" }).nik, "18040447088090017");
  assert.equal(read({ kk_number: "1804-0447-0880-900l" }).kk_number, "180404470880900l");
  assert.equal(read({ kpj: "123 456 789 012" }).kpj, "123456789012");
  assert.equal(read({ postal_code: "348ll" }).postal_code, "348ll");
  assert.equal(read({ phone: "08l2 3456 7890" }).phone, "08l2 3456 7890");
  assert.equal(read({ children_school_age: "1-2" }).children_school_age, "1-2");
  const heir = read({ heir0_name: "A", heir0_relation: "anak", heir0_phone: "tidak ada" }).heirs[0];
  assert.equal(heir.phone, "tidak ada");
});

/** The errors of one screen, by input. */
const wrongAt = (step, form, more = {}) => {
  const d = draft({ ...honest, ...form }, { step, ...more });
  const found = check(d, readForm(d, ctx), "officer", ctx.today);
  return Object.fromEntries(Object.entries(found).map(([at, [{ code }]]) => [at, code]));
};

test("a doubtful answer is asked about once, and again when it changes", () => {
  assert.deepEqual(wrongAt("nama", { full_name: "O" }), { full_name: "name_letter" });
  assert.deepEqual(wrongAt("nama", { full_name: "O", sure_full_name: "O" }), {});
  assert.deepEqual(wrongAt("nama", { full_name: "U", sure_full_name: "O" }), {
    full_name: "name_letter",
  });
  assert.deepEqual(wrongAt("waris", { heir0_name: "A" }), { heir0_name: "name_letter" });
  const harvest = {
    income: "tulis",
    income_amount: "12",
    income_per: "panen",
    income_harvests: "1",
  };
  assert.deepEqual(wrongAt("hasil", harvest), { income_amount: "income_low" });
  assert.deepEqual(wrongAt("hasil", { ...harvest, sure_income_amount: "1" }), {});
  assert.deepEqual(wrongAt("hasil", { ...harvest, income: "1000000" }), {});
});

test("a sum that cannot be read is never taken for none, in no kind of edit", () => {
  const sum = { income: "tulis", income_amount: "1,5", income_per: "bulan" };
  for (const mode of ["door", "section", "continue"])
    assert.deepEqual(wrongAt("hasil", sum, { mode }), { income_amount: "field.error.money" });
  const twice = { ...sum, income_amount: "2 juta", income_per: "panen", income_harvests: "2,5" };
  assert.equal(wrongAt("hasil", twice, { mode: "section" }).income_harvests, "field.error.whole");
});

test("a stored answer goes only after a yes, and not where another answer takes its place", () => {
  const stored = { mode: "section", base: { phone: "+6281234567890", kpj: "12345678901" } };
  const empty = { phone: "", no_phone: "", kpj: "" };
  assert.deepEqual(wrongAt("kontak", empty, stored), { phone: "answer_erased" });
  assert.deepEqual(wrongAt("iuran", empty, stored), { kpj: "answer_erased" });
  assert.deepEqual(wrongAt("kontak", { ...empty, no_phone: "ya" }, stored), {});
  const home = { mode: "section", base: { pemangku: "1", rt: "002" } };
  const here = (here_at) => wrongAt("alamat", { domicile: "ya", here_at }, home);
  assert.deepEqual(here("Pemangku 1"), { here_at: "answer_erased" });
  assert.deepEqual(here("Pemangku 2"), {});
  assert.deepEqual(wrongAt("kontak", { ...empty, sure_phone: "+6281234567890" }, stored), {});
});

test("sacks and their price are the sum of a harvest", () => {
  const form = { sack_n: "12", sack_price: "2,5 juta" };
  assert.equal(countSacks(form), true);
  assert.equal(form.income_amount, "30000000");
  assert.equal(form.income_per, "panen");
  for (const [sack_n, sack_price] of [
    ["12", ""],
    ["", "5000"],
    ["1-2", "5000"],
    ["2", "1,5"],
  ])
    assert.equal(countSacks({ sack_n, sack_price }), false);
});

test("a year or an age that is not exact stays what was said, and is never a day", () => {
  const read = (birth_date, more = {}) =>
    readForm(draft({ no_nik: "ya", birth_date, ...more }), ctx);
  for (const typed of ["1970", "sekitar 1970", "± 1970", "Tahun 1970", "00-00-1970", "0/0/1970"]) {
    const data = read(typed);
    assert.deepEqual(data.birth_about, { year: 1970, said: "tahun" }, typed);
    assert.equal(data.birth_date, undefined);
  }
  for (const typed of ["56", "56 tahun", "umur 56", "kira-kira 56 th"])
    assert.deepEqual(read(typed).birth_about, { year: 1970, said: "usia", age: 56 }, typed);
  assert.equal(read("7-8-1970").birth_date, "1970-08-07");
  assert.equal(read("7-8-1970").birth_about, undefined);
  assert.equal(read("8-1970").birth_date, "8-1970");
  // The card says so, whatever the number says.
  assert.equal(read("1970", { no_nik: "", nik: honest.nik }).birth_date, undefined);
  for (const typed of ["1970", "56 tahun"]) {
    const data = read(typed);
    const again = readForm(draft(writeForm(data)), ctx);
    assert.deepEqual(changesOf(data, again, Object.keys(fields)), {});
  }
});

test("a child below 15 is stopped at the first screen, and offered as an heir", () => {
  const absent = { no_nik: "ya", nik: "", nik_status: "belum_rekam", sex: "L" };
  const at = (birth_date, more) => wrongAt("nik", { ...absent, birth_date }, more);
  assert.deepEqual(at("23-11-2011"), { birth_date: "field.age.floor" });
  assert.deepEqual(at("12 tahun"), { birth_date: "field.age.floor" });
  assert.deepEqual(at("2012"), { birth_date: "field.age.floor" });
  assert.deepEqual(at("22-11-2011"), {});
  const nik = { nik: "180404 070814 9001", ktp_photo: SHA };
  assert.deepEqual(wrongAt("nik", { ...nik, century: "2014" }), { century: "field.age.floor" });
  // Of a record that exists the true date is taken.
  assert.deepEqual(
    wrongAt("diri", { birth_date: "23-11-2011" }, { mode: "section", worker: "w" }),
    {},
  );
});

test("from 15 to 17 a guardian agrees, with a name", () => {
  const young = { birth_date: "8-8-2010" };
  for (const step of ["setuju", "izin"])
    assert.deepEqual(wrongAt(step, young), { guardian: "field.error.must_fill" });
  assert.deepEqual(wrongAt("setuju", { ...young, guardian: "Siti" }), {});
  assert.deepEqual(wrongAt("setuju", { birth_date: "22-11-2008" }), {});
  const data = readForm(draft({ ...honest, ...young, guardian: "Siti" }), ctx);
  assert.equal(data.consent.guardian, "Siti");
  assert.equal(readForm(draft(writeForm(data)), ctx).consent.guardian, "Siti");
});

/** A record with everything that a form, a desk, a file or a newer app may have stored. */
const everything = {
  ...readForm(draft(honest), ctx),
  gps: { lat: -5.03, lon: 104.08, acc: 12 },
  facts_from: "sendiri",
  birth_place: "LIWA",
  mother_name: "SUMI",
  kk_number: "1804040101900001",
  marital_status: "cerai_mati",
  face_photo: SHA,
  pemangku: "Pemangku 1",
  rw: "001",
  postal_code: "34812",
  phone: "+6281200000001",
  no_phone: undefined,
  phone_owner: "anak",
  has_whatsapp: false,
  email: "uji@example.id",
  occupation2_code: "PEDAGANG",
  occupation_text: "kopi dan lada",
  work_location: "hutan",
  work_location_text: "HKm Rigis",
  work_hours: "07.00-15.00",
  monthly_income: 250_000,
  income_said: { amount: 1_500_000, per: "panen", harvests: 2 },
  group_name: "KT Uji",
  vulnerability_flags: ["tidak_tetap", "lansia_60_64"],
  dtsen_decile: 2,
  ktp_village_code: "18.04.05.2001",
  kpj: "12345678901",
  programmes: ["JKK", "JKM", "JHT"],
  months: 6,
  funding_source: "apbpekon",
  heirs: [
    { name: "AHMAD", relation: "pasangan", nik: "1804040708809002", phone: "+6281200000002" },
    { name: "SARI", relation: "anak", minor: true, guardian: "AHMAD" },
  ],
  children_school_age: 2,
  consent_withdrawn: { hubungi_wa: AT },
  notes: "baris satu\nbaris dua",
  household_id: "01890000-0000-7000-8000-000000000001",
  visit_id: "01890000-0000-7000-8000-000000000002",
  field_of_a_newer_app: { kept: true },
};

/** What going on with a stored record and saving it writes, after these answers. */
async function written(base, answers) {
  const saved = [];
  const q = {
    now: new Date(AT),
    lang: "id",
    profile: {},
    store: { save: (mutation) => saved.push(mutation), deleteDraft() {}, asSaved() {} },
  };
  const { household_id: householdId, visit_id: visitId, consent } = base;
  const more = { worker: "w", base, mode: "continue", step: "waris", householdId, visitId };
  await save(q, draft({ ...writeForm(base), ...answers }, { ...more, consentAt: consent?.at }));
  return saved[0]?.set;
}

test("going on with a record at the door writes what was answered and leaves the rest", async () => {
  const known = Object.entries(everything).filter(([, value]) => value !== undefined);
  const absent = "no_phone nik_status informant birth_about employer_name domicile_since".split(
    " ",
  );
  const told = new Set([...known.map(([name]) => name), ...absent, "ktp_village_text"]);
  assert.deepEqual(
    Object.keys(fields).filter((name) => !told.has(name)),
    [],
    "a field that `everything` in this test has no value for",
  );
  const base = Object.fromEntries(known);
  assert.equal(await written(base, {}), undefined);
  assert.deepEqual(await written(base, { full_name: "SITI" }), {
    full_name: ["Siti Aminah", "SITI"],
  });
  assert.deepEqual(await written(base, { notes: "" }), { notes: [base.notes, null] });
});

test("a NIK that did not change stays checked when the photo of its card has been erased", async () => {
  const { ktp_photo: _photo, ...base } = everything;
  assert.equal(await written(base, {}), undefined);
  const other = { nik: "180404 470880 9005" };
  const set = await written(base, other);
  assert.deepEqual(set.nik_check, ["foto", null]);
});

const screenContext = {
  ...ctx,
  bands: [],
  occupations: [
    { code: "LAIN", id: "Lainnya", en: "Other" },
    { code: "TANI-KOPI", id: "Petani kopi", en: "Coffee farmer" },
  ],
  hamlets: [],
  fmt: { date: String },
  person: { role: "officer" },
  texts: { heirs_law: "", consent: "" },
  duplicates: [],
};

/** A record with the answers that `everything` cannot have beside its own. */
const otherwise = () => ({
  ...everything,
  employment_relation: "punya_majikan",
  employer_name: "PT UJI",
  domicile_same_as_ktp: false,
  domicile_since: "2019",
  ktp_village_text: "Suoh",
});

test("no input that is left empty takes a stored answer away unasked", () => {
  const unasked = [];
  for (const base of [everything, otherwise()]) {
    const stored = writeForm(base);
    for (const { slug: step, build, data: own } of [...DOOR, ...LATER]) {
      const more = { mode: "section", worker: "w", step, base };
      const before = readForm(draft(stored, more), ctx);
      const drawn = flat(build(draft(stored, more), base, {}, screenContext, translator("id")));
      const inputs = drawn.filter(({ kind }) => kind === "text" || kind === "area");
      for (const { name } of inputs) {
        const form = { ...stored, [name]: "" };
        const faults = () => {
          const d = draft(form, more);
          return check(d, readForm(d, ctx), "officer", today);
        };
        const data = readForm(draft(form, more), ctx);
        const gone = own.filter((one) => before[one] != null && data[one] == null);
        const found = faults();
        if (gone.length && !Object.keys(found).length) unasked.push(`${step}: ${name}`);
        for (const [at, [{ code, params }]] of Object.entries(found)) {
          assert.ok(
            drawn.some((f) => f.name === at),
            `${step}: ${at} is not on the screen`,
          );
          if (code === "answer_erased") form[`sure_${at}`] = params.value;
        }
        assert.ok(
          Object.values(faults()).every(([{ code }]) => code !== "answer_erased"),
          `${step}: ${name} is asked about for ever`,
        );
      }
    }
  }
  assert.deepEqual(unasked, []);
});

test("a telephone and a choice are shown as people say them, whatever field holds them", () => {
  const w = translator("id");
  const tried = Object.entries(fields).filter(([, { re, t }]) => re === "phone" || t === "e");
  assert.ok(tried.length > 10);
  for (const [name, { re, of }] of tried) {
    const value = re === "phone" ? "+6281234567890" : of[0];
    const said = re === "phone" ? "081234567890" : w.t(`label.${name}.${value}`);
    assert.equal(shown(name, { [name]: value }, { occupations: [] }, w), said);
  }
});

/** Every word on a screen that asks something, and its heading. */
function labelsOn(step, mode, form, data, w) {
  const built = step.build(draft(form, { mode }), data, {}, screenContext, w);
  const walk = (list) => list.flatMap((f) => [f.label, ...walk(f.fields ?? [])]).filter(Boolean);
  return [w.t(`field.section.${step.slug}`), ...walk(built)];
}

const HEIR = { name: "AHMAD", relation: "anak" };
const AGREED = { purposes: { pendaftaran: true }, method: "tanda_tangan_layar", evidence: SHA };
const RECORDS = {
  nothing: {},
  "a card from elsewhere": { nik: "1", domicile_same_as_ktp: false, occupation_code: "LAIN" },
  "an employee without a card": { nik_status: "belum_rekam", employment_relation: "punya_majikan" },
  "a representative's": { facts_from: "diwakili", informant: {} },
  "half an heir": { heirs: [{ name: "AHMAD" }] },
  "a child without a guardian": { heirs: [HEIR, { ...HEIR, minor: true }] },
  "agreed without a signature": { consent: { ...AGREED, evidence: undefined } },
  "agreed without a photo": {
    consent: { ...AGREED, evidence: undefined, method: "cap_jempol_foto" },
  },
  "agreed without a voice": {
    consent: { ...AGREED, evidence: undefined, method: "lisan_terekam" },
  },
  "agreed without a witness": { consent: { ...AGREED, method: "lisan_terekam" } },
  "agreed without a guardian": { birth_date: "2010-01-01", consent: AGREED },
  withdrawn: { consent: AGREED, consent_withdrawn: { pendaftaran: AT } },
};

for (const [what, data] of Object.entries(RECORDS)) {
  for (const lang of ["id", "en"]) {
    test(`what ${what} lacks is called as the screen asks it, and leads there (${lang})`, () => {
      const w = translator(lang);
      const names = missingForProposal(data, today);
      for (const whole of [false, true]) {
        const asked = missingQuestions(names, data, w, whole);
        assert.ok(asked.length > 2);
        assert.equal(new Set(asked.map(({ label }) => label)).size, asked.length, "each once");
        for (const { step: slug, label } of asked) {
          const step = [...DOOR, ...LATER].find((one) => one.slug === slug);
          const form = { ...writeForm(data), occupation_code: data.occupation_code };
          const labels = labelsOn(step, whole ? "section" : "continue", form, data, w);
          assert.ok(labels.includes(label), `${slug}: "${label}" is not among ${labels}`);
        }
      }
    });
  }
}

test("what comes with another answer is not called missing beside it, nor what nobody asks", () => {
  const w = translator("id");
  const asked = (data) => missingQuestions(missingForProposal(data, today), data, w);
  const labels = asked({}).map(({ label }) => label);
  for (const never of [
    "work_location",
    "address_line",
    "captured_at",
    "source_list",
    "village_code",
  ])
    assert.ok(!labels.includes(w.t(`label.${never}`)), never);
  assert.ok(labels.includes("Alamat di KTP sama dengan di sini?"));
  const elsewhere = asked({ domicile_same_as_ktp: true, occupation_code: "OJEK" });
  const steps = Object.fromEntries(elsewhere.map(({ label, step }) => [label, step]));
  assert.equal(steps[w.t("label.work_location")], "usaha", "of a record that came another way");
  assert.equal(steps[w.t("label.address_line")], "alamat");
});

test("every field that a record may lack is asked somewhere, or comes by itself", () => {
  const needed = Object.keys(fields).filter((name) => fields[name].n);
  const itself = ["village_code", "captured_at", "source_list"];
  const w = translator("id");
  const unasked = needed.filter((name) => !missingQuestions([name], {}, w).length);
  assert.deepEqual(unasked, itself);
});

test("an edit of one section writes that section alone", () => {
  const edit = { mode: "section", step: "diri" };
  assert.ok(!writable(edit, everything, "officer").includes("notes"));
  assert.deepEqual(writable({ mode: "section", step: "nama" }, everything, "head"), ["full_name"]);
});
