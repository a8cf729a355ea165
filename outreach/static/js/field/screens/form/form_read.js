/**
 * From what was typed to the worker's data, and back. The typed answers are the only truth of a
 * draft; data is read from them each time, so nothing derived can go stale.
 */
import { age } from "../../../domain/age.js";
import { readMoney } from "../../../domain/money.js";
import { birthFromNik, parse } from "../../../domain/nik.js";
import { readPlace } from "../../../domain/places.js";
import { captureDay, normaliseField } from "../../../domain/rules.js";
import { proofOf, WITNESSED } from "./proof.js";

/** @typedef {import("./form_types.js").Form} Form */
/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("../../context.js").Village} Village */
/** @typedef {NonNullable<Answers["birth_about"]>} BirthAbout */

/** @type {[RegExp, string][]} */
const PLACE_OF_WORK = [
  [/^(TANI-KOPI|BURUH-KEBUN|TANI-LADA|SAWIT|TANI-SAYUR|TERNAK)$/, "kebun"],
  [/^TANI-PADI$/, "sawah"],
  [/^TANI-HKM$/, "hutan"],
  [/^NELAYAN/, "danau"],
  [/^(PEDAGANG|BURUH-HARIAN)$/, "pasar"],
  [/^(OJEK|SOPIR|KURIR|SAMPAH)$/, "jalan"],
  [/^(PRT|PENJAHIT|UMKM-OLAH)$/, "rumah"],
  [/^(TUKANG|PENAMBANG)/, "proyek"],
];

/** A number as it is stored: what stands between digits is gone, letters stay to be named. @param {string} name @param {string|undefined} text @returns {string|null} */
const number = (name, text) => normaliseField(name, text ?? "");
/** The digits of a NIK as typed. @param {string|undefined} text */
export const digits = (text) => number("nik", text) ?? "";
const words = (/** @type {string|undefined} */ text) =>
  (text ?? "").trim().replace(/\s+/g, " ") || null;
const yes = (/** @type {string|undefined} */ text) => (text ? text === "ya" : null);
/** A whole number; anything else stays as typed, so that the rules refuse it. @param {string|undefined} text */
export const int = (text) => (/^\s*\d{1,4}\s*$/.test(text ?? "") ? Number(text) : words(text));

/**
 * A typed date as YYYY-MM-DD: 07-08-1980, 7/8/1980 and 07081980 alike. What is no date comes
 * back as typed, so that the rules can name the mistake. @param {string|undefined} text
 */
export function readDate(text) {
  const typed = (text ?? "").trim();
  if (!typed) return null;
  const m =
    typed.match(/^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$/) ?? typed.match(/^(\d{2})(\d{2})(\d{4})$/);
  return m ? `${m[3]}-${m[2].padStart(2, "0")}-${m[1].padStart(2, "0")}` : typed;
}

const ABOUT = /^(?:sekitar|kira-kira|kurang lebih|lebih kurang|about|±|~)?\s*/;

/**
 * Somebody's birth as far as known: a day of the calendar, or only a year or an age, which stays
 * what it is: "1970", "sekitar 1970", "00-00-1970", "umur 55", "55 tahun".
 * @param {string|undefined} text @param {string} day the visit's, from which an age counts
 */
export function readBirth(text, day) {
  const typed = (text ?? "").toLowerCase().trim().replace(ABOUT, "");
  const year = /^(?:(?:thn?\.?|tahun|year)\s*|0?0\D+0?0\D+)?((?:19|20)\d\d)$/.exec(typed);
  const years = /^(?:umur|usia|age)?\s*(\d{1,3})\s*(?:th\.?|thn\.?|tahun|years?)?$/.exec(typed);
  const about = year
    ? { year: Number(year[1]), said: "tahun" }
    : years && {
        year: Number(day.slice(0, 4)) - Number(years[1]),
        said: "usia",
        age: Number(years[1]),
      };
  return about ? { about, date: null } : { about: null, date: readDate(text) };
}

/** An approximate birth as it was said. @param {BirthAbout} about */
export const writeAbout = (about) =>
  about.said === "usia" ? `${about.age} tahun` : String(about.year);

/** A date as officers write it, 07-08-1980. @param {string|null|undefined} iso */
export const writeDate = (iso) => (iso ? iso.split("-").reverse().join("-") : "");

/** The first likely place of work of an occupation; changeable later. @param {string|null} code */
export function placeOfWork(code) {
  if (!code) return null;
  return PLACE_OF_WORK.find(([pattern]) => pattern.test(code))?.[1] ?? "lain";
}

/**
 * The facts in the NIK, with the century the officer chose; null while it says nothing.
 * @param {Form} form @param {string} today
 */
export function fromNik(form, today) {
  const nik = digits(form.nik);
  const said = parse(nik);
  if (typeof said === "string") return null;
  const certain = birthFromNik(nik, today);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const chosen = said.years.includes(Number(form.century)) ? Number(form.century) : null;
  const asked = chosen ? `${chosen}-${pad(said.month)}-${pad(said.day)}` : null;
  return { sex: said.sex, years: said.years, ask: !certain, date: certain ?? asked };
}

/** Hamlet and RT as typed, or as an earlier draft or a record has it. @param {Form} form */
export const hereAt = ({ here_at, domicile, pemangku, rt }) =>
  here_at ?? (/^(?:ya|tidak)$/.test(domicile) ? [pemangku, rt].filter(Boolean).join("/") : "");

/**
 * The NIK of somebody from another regency: whether the card's address is here has to be asked.
 * @param {Form} form @param {string} scope
 */
const fromElsewhere = (form, scope) =>
  !!form.nik && digits(form.nik).slice(0, 4) !== scope.slice(0, 2) + scope.slice(3, 5);

/** @param {Form} form @param {string} scope */
function readDomicile(form, scope) {
  const [known, ...tapped] = /^g:(.*)\|(\d*)$/.exec(form.domicile ?? "") ?? [];
  const typed = hereAt(form).trim();
  // Who types where somebody lives has answered: as on the card, unless the card is from elsewhere.
  const same = typed && !fromElsewhere(form, scope) ? true : null;
  const here = form.domicile ? form.domicile !== "tidak" : same;
  const [pemangku, rt] = known ? tapped : [form.pemangku, form.rt];
  // A place that is stored and was not typed again stays as it is.
  const told = form.here_at === undefined;
  const place = (!told && typed && readPlace(typed)) || (told || known ? { pemangku, rt } : {});
  return {
    domicile_same_as_ktp: here,
    pemangku: words(place.pemangku),
    rt: number("rt", place.rt),
    rw: number("rw", place.rw ?? form.rw),
    domicile_since: here === false ? words(form.domicile_since) : null,
    ktp_village_text: here === false ? words(form.ktp_village_text) : null,
  };
}

/** A band's button carries the band's base, which is the monthly figure. @param {Form} form */
function readIncome(form) {
  if (form.income === "tidak_tahu")
    return { monthly_income: null, income_said: { per: "tidak_tahu" } };
  if (form.income && form.income !== "tulis") {
    return { monthly_income: Number(form.income), income_said: { per: "bulan" } };
  }
  const amount = readMoney(form.income_amount ?? "");
  const times = form.income_per === "panen" ? (int(form.income_harvests) ?? 1) : 1;
  if (form.income !== "tulis" || amount === null || !form.income_per || !Number.isInteger(times))
    return { monthly_income: null, income_said: null };
  const monthly = form.income_per === "bulan" ? amount : Math.round((amount * Number(times)) / 12);
  const said = {
    amount,
    per: form.income_per,
    ...(form.income_per === "panen" ? { harvests: /** @type {number} */ (times) } : {}),
  };
  return { monthly_income: monthly, income_said: said };
}

/**
 * A child below 15 is no worker yet; of a record that exists the truth is taken all the same.
 * @param {Answers} data @param {Pick<Draft, "worker">} draft @param {string} today
 */
export function tooYoung(data, draft, today) {
  const day = captureDay(data, today);
  const years = data.birth_about
    ? Number(day.slice(0, 4)) - /** @type {number} */ (data.birth_about.year)
    : age(data.birth_date, day);
  return !draft.worker && years !== null && years >= 0 && years < 15;
}

/** How many heirs the form shows, at least one. @param {Form} form */
export const heirCount = (form) => Math.min(10, Math.max(1, Number(form.heirs) || 1));

/** @param {Form} form */
function readHeirs(form) {
  const heirs = [];
  for (let i = 0; i < heirCount(form); i++) {
    const get = (/** @type {string} */ part) => form[`heir${i}_${part}`];
    if (!words(get("name")) && !get("relation")) continue;
    const minor = get("minor") === "ya";
    heirs.push(
      tidy({
        name: words(get("name")),
        relation: get("relation") || null,
        minor: minor || null,
        guardian: minor ? words(get("guardian")) : null,
        nik: minor ? null : number("nik", get("nik")),
        phone: minor ? null : number("phone", get("phone")),
      }),
    );
  }
  return heirs.length ? heirs : null;
}

/** @param {Form} form @param {Partial<Draft>} draft */
function readConsent(form, draft) {
  if (!form.agree) return null;
  const method = form.method || (form.signature ? "tanda_tangan_layar" : null);
  const evidence = method ? form[proofOf(method)] : "";
  return tidy({
    version: draft.consentVersion,
    lang: draft.consentLang,
    method,
    evidence: evidence || null,
    witness: WITNESSED.includes(method ?? "") ? words(form.witness) : null,
    guardian: words(form.guardian),
    purposes: tidy({
      pendaftaran: form.agree === "ya",
      hubungi_wa: yes(form.p_wa),
      pasfoto: yes(form.p_foto),
      bagi_ke_opd: yes(form.p_opd),
      pajang_nama: yes(form.p_pajang),
    }),
    at: draft.consentAt ?? null,
  });
}

/**
 * The object without empty parts.
 * @template T
 * @param {T & Record<string, unknown>} object
 * @returns {{[K in keyof T]?: NonNullable<T[K]>}}
 */
export function tidy(object) {
  return /** @type {{[K in keyof T]?: NonNullable<T[K]>}} */ (
    Object.fromEntries(
      Object.entries(object).filter(([, v]) => v !== null && v !== undefined && v !== ""),
    )
  );
}

/** @param {Form} form @param {ReturnType<typeof readDomicile>} data @param {Village | undefined} village */
function addressLine(form, data, village) {
  if (words(form.address_line)) return words(form.address_line);
  if (data.domicile_same_as_ktp === null) return null;
  const hamlet = village?.kind === "kelurahan" ? "Lingkungan" : "Pemangku";
  const named =
    data.pemangku && /^\d+$/.test(data.pemangku) ? `${hamlet} ${data.pemangku}` : data.pemangku;
  return [named, data.rt && `RT ${data.rt}`, village?.name].filter(Boolean).join(", ");
}

/**
 * How a NIK was checked. One that did not change stays checked when its photo has been erased.
 * @param {string|undefined} photo @param {unknown} retyped @param {string} nik @param {Answers | undefined} base
 */
const checked = (photo, retyped, nik, base) =>
  photo ? "foto" : retyped ? "ketik_ulang" : base?.nik === nik ? base.nik_check : null;

/**
 * All the worker's data that the form says. Fields nobody answered are absent.
 * @param {Pick<Draft, "form"> & Partial<Draft>} draft @param {{today: string, village: Village | undefined}} ctx
 * @returns {Answers}
 */
export function readForm(draft, ctx) {
  const form = /** @type {Form} */ (draft.form);
  const nik = number("nik", form.nik);
  const said = fromNik(form, ctx.today);
  const diwakili = form.facts_from === "diwakili";
  const retyped = nik && form.nik_last4 && digits(form.nik_last4) === nik.slice(-4);
  const domicile = readDomicile(form, draft.scope ?? "");
  const born = readBirth(form.birth_date, draft.capturedAt ?? ctx.today);
  const data = {
    village_code: draft.scope,
    captured_at: draft.capturedAt,
    gps: form.gps ? JSON.parse(form.gps) : null,
    source_list: draft.source,
    facts_from: form.facts_from || "sendiri",
    informant: diwakili
      ? tidy({ name: words(form.informant_name), relation: words(form.informant_relation) })
      : null,
    nik,
    nik_status: nik ? "ada" : form.nik_status || null,
    nik_match: nik ? yes(form.nik_match) : null,
    nik_check: nik ? checked(form.ktp_photo, retyped, nik, draft.base) : null,
    ktp_photo: form.ktp_photo || null,
    full_name: words(form.full_name),
    birth_date: born.date ?? (born.about ? null : (said?.date ?? null)),
    birth_about: born.about,
    sex: form.sex || said?.sex || null,
    birth_place: words(form.birth_place),
    mother_name: words(form.mother_name),
    kk_number: number("kk_number", form.kk_number),
    marital_status: form.marital_status || null,
    face_photo: form.face_photo || null,
    ...domicile,
    address_line: addressLine(form, domicile, ctx.village),
    postal_code: number("postal_code", form.postal_code),
    phone: number("phone", form.phone),
    no_phone: form.no_phone === "ya" && !words(form.phone) ? true : null,
    phone_owner: form.phone_owner || null,
    has_whatsapp: yes(form.has_whatsapp),
    email: words(form.email),
    occupation_code: form.occupation_code || null,
    occupation2_code: form.occupation2_code || null,
    occupation_text: words(form.occupation_text),
    employment_relation: form.employment_relation || null,
    employer_name: form.employment_relation === "punya_majikan" ? words(form.employer_name) : null,
    work_location: form.work_location || placeOfWork(form.occupation_code || null),
    work_location_text: words(form.work_location_text),
    work_hours: words(form.work_hours),
    ...readIncome(form),
    group_name: words(form.group_name),
    vulnerability_flags: form.vulnerability_flags ? form.vulnerability_flags.split(",") : null,
    already_member: form.already_member || null,
    kpj: number("kpj", form.kpj),
    programmes: form.programmes === "ya" ? ["JKK", "JKM", "JHT"] : ["JKK", "JKM"],
    months: int(form.months),
    funding_source: form.funding_source || null,
    heirs: readHeirs(form),
    children_school_age: int(form.children_school_age),
    consent: diwakili ? null : readConsent(form, draft),
    notes: (form.notes ?? "").trim() || null,
    household_id: draft.householdId ?? null,
    visit_id: draft.visitId ?? null,
  };
  return tidy(data);
}
