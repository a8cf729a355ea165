/**
 * The eight screens at the door, each a list of fields. Nothing here is answered in advance:
 * whether the card agrees, domicile, whom they work for, membership, income, heir, each purpose
 * and the signature stay empty until a person answers.
 */
import { age, nearing65, needsGuardian } from "../../../domain/age.js";
import { captureDay } from "../../../domain/rules.js";
import { warnings } from "../../../domain/nik.js";

import { fromNik, heirCount, hereAt, tooYoung } from "./form_read.js";
import { bandOptions, harvest } from "./income.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { METHODS, proofOf, WITNESSED } from "./proof.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** @typedef {import("./form_types.js").StepContext} StepContext */
/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Answers} Answers */
/** @typedef {import("./form_types.js").Errors} Errors */
/** @typedef {import("./form_types.js").Field} Field */
/** @typedef {import("./form_types.js").Hamlet} Hamlet */
/** @typedef {import("./form_types.js").Build} Build */
/** @typedef {import("../../parts_of_screens/field_builders.js").Kit} Kit */

const RELATIONS = [
  "pasangan",
  "anak",
  "orang_tua",
  "cucu",
  "kakek_nenek",
  "saudara_kandung",
  "mertua",
  "pihak_yang_ditunjuk",
];
const EMPLOYMENT = [
  "usaha_sendiri",
  "bagi_hasil",
  "harian_ganti",
  "bantu_keluarga",
  "punya_majikan",
];
const COMMON = 6;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The facts in the NIK, in words, and every warning about it. @param {Draft} draft @param {Answers} data @param {StepContext} ctx @param {Words} w */
export function nikFacts(draft, data, ctx, w) {
  const said = fromNik(draft.form, ctx.today);
  const notes = [];
  if (said) {
    const born = said.date ? ctx.fmt.date(said.date ?? "") : said.years.join(" / ");
    const years = said.date ? w.t("field.years", { n: age(said.date, ctx.today) ?? 0 }) : "";
    const sex = w.t(`label.sex.${said.sex}`);
    notes.push({
      kind: "note",
      cls: "note note-good",
      text: `✓ ${[sex, born, years].filter(Boolean).join(" · ")}`,
    });
    const codes = warnings(
      /** @type {string} */ (data.nik),
      data.village_code,
      null,
      null,
      ctx.today,
    );
    if (codes.includes("nik_luar_daerah"))
      notes.push({ kind: "note", cls: "note", text: w.t("field.nik.elsewhere") });
    else if (codes.includes("nik_kode_lama"))
      notes.push({ kind: "note", cls: "note", text: w.t("field.nik.old_code") });
  }
  return [...notes, ...ageNotes(draft, data, ctx, w)];
}

/** Where the card's date or sex is not the NIK's. @param {Draft} draft @param {Answers} data @param {StepContext} ctx @param {Words} w */
export function cardDiffers(draft, data, ctx, w) {
  const said = fromNik(draft.form, ctx.today);
  const notes = [];
  // A date that is still being typed is none, and differs from nothing.
  if (
    said?.date &&
    DAY.test(/** @type {string} */ (data.birth_date)) &&
    data.birth_date !== said.date
  )
    notes.push(warn(w.t("field.nik.date_differs", { nik: ctx.fmt.date(said.date) })));
  if (said && data.sex !== said.sex)
    notes.push(warn(w.t("field.nik.sex_differs", { sex: w.t(`label.sex.${said.sex}`) })));
  return notes;
}

/** The meaning of somebody's age for the programme. @param {Draft} draft @param {Answers} data @param {StepContext} ctx @param {Words} w */
function ageNotes(draft, data, ctx, w) {
  if (tooYoung(data, draft, ctx.today))
    return [
      warn(w.t("field.age.floor")),
      { kind: "step", value: "as_heir", label: w.t("field.age.as_heir") },
    ];
  if (data.birth_about) return [{ kind: "note", cls: "note", text: w.t("field.age.about") }];
  if (!DAY.test(/** @type {string} */ (data.birth_date))) return [];
  const years = age(data.birth_date, ctx.today) ?? 0;
  const turns = nearing65(data.birth_date, ctx.today);
  if (years >= 65) return [warn(w.t("field.age.over"))];
  if (turns) return [warn(w.t("field.age.soon", { date: ctx.fmt.date(turns) }))];
  return years < 18 ? [warn(w.t("field.age.under"))] : [];
}

const warn = (/** @type {string} */ text) => ({ kind: "note", cls: "note note-warn", text });

/** @param {StepContext} ctx @param {Words} w */
export function twins(ctx, w) {
  return (ctx.duplicates ?? []).map((d) => ({
    kind: "twin",
    id: d.id,
    text: w.t(d.why === "nik" ? "field.twin.nik" : "field.twin.name", { name: d.name }),
    link: w.t("field.twin.open"),
  }));
}

/** @param {Draft} draft @param {Answers} data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepNik(draft, data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const form = draft.form;
  const absent = form.no_nik === "ya";
  const child = draft.asHeir ? [k.note(w.t("field.age.parent"))] : [];
  if (absent) {
    return [
      ...child,
      k.labels("nik_status", "nik_status", ["belum_rekam", "hilang_dicari", "tidak_terbaca"]),
      k.text("birth_date", {
        mode: "numeric",
        live: draft.id,
        hintKey: "field.hint.birth",
        key: "label.birth_date",
      }),
      { kind: "live", id: "live", fields: ageNotes(draft, data, ctx, w) },
      k.pick("sex", sexes(w), { cols: "duo", key: "label.sex" }),
      k.step("nik_ada", "field.nik.have"),
    ];
  }
  const said = fromNik(form, ctx.today);
  const retype = form.retype === "ya" || Boolean(form.nik_last4) || Boolean(errors?.nik_last4);
  return [
    ...child,
    k.text("nik", {
      mode: "numeric",
      keypad: "nik",
      live: draft.id,
      smallKey: "field.hint.nik",
    }),
    {
      kind: "live",
      id: "live",
      fields: [...nikFacts(draft, data, ctx, w), ...century(k, said), ...twins(ctx, w)],
    },
    k.yesNo("nik_match"),
    k.when("nik_match", "tidak", [k.note(w.t("field.nik.mend"), "note-warn")]),
    retype
      ? k.text("nik_last4", { mode: "numeric", hintKey: "field.hint.last4" })
      : k.photo("ktp_photo", { button: "field.photo.ktp" }),
    k.step(retype ? "foto" : "retype", retype ? "field.nik.by_photo" : "field.nik.by_retype"),
    k.more(
      "field.nik.correct",
      [
        k.text("birth_date", {
          mode: "numeric",
          live: draft.id,
          hintKey: "field.hint.date",
          key: "label.birth_date",
        }),
        { kind: "live", id: "differs", fields: cardDiffers(draft, data, ctx, w) },
        k.pick("sex", sexes(w), { cols: "duo", live: draft.id, key: "label.sex" }),
      ],
      Boolean(form.birth_date || form.sex || errors?.birth_date || errors?.sex),
    ),
    k.step("nik_tiada", "field.nik.absent"),
  ];
}

/** @param {Kit} k @param {ReturnType<typeof fromNik>} said */
export function century(k, said) {
  if (!said?.ask) return [];
  const options = said.years.map((y) => ({
    value: String(y),
    label: String(y),
  }));
  return [k.pick("century", options, { cols: "duo" })];
}

/** @param {Words} w */
export const sexes = (w) =>
  ["L", "P"].map((value) => ({ value, label: w.t(`label.sex.${value}`) }));

/** Hamlets to tap: the household's own first, then the commonest of the village. @param {Record<string, string>} form @param {Hamlet[]} met */
function carried({ pemangku, rt, domicile }, met) {
  if (!pemangku || domicile === "tidak") return met.slice(0, 4);
  const own = { pemangku, rt: rt ?? "" };
  const others = met.filter((h) => h.pemangku !== pemangku || h.rt !== own.rt);
  return [own, ...others].slice(0, 4);
}

/** @param {Draft} draft @param {Answers} _data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepName(draft, _data, errors, ctx, w) {
  const form = { ...draft.form, here_at: hereAt(draft.form) };
  const k = fieldKit(form, errors, w);
  const urban = ctx.village?.kind === "kelurahan";
  const hamlet = (/** @type {Hamlet} */ h) => w.t(urban ? "field.hamlet.urban" : "field.hamlet", h);
  const known = carried(draft.form, ctx.hamlets).map((h) => ({
    value: `g:${h.pemangku}|${h.rt}`,
    label: w.t("field.here_in", { place: hamlet(h) }),
  }));
  const options = [
    ...known,
    { value: "ya", label: w.t("field.here_yes") },
    { value: "tidak", label: w.t("field.here_no") },
  ];
  const since = [
    k.text("domicile_since", { mode: "numeric" }),
    k.text("ktp_village_text", { caps: "words" }),
  ];
  return [
    k.text("full_name", {
      caps: "characters",
      complete: "off",
      key: "label.full_name",
      hintKey: "field.hint.name",
    }),
    ...twins(ctx, w),
    k.pick("domicile", options, { cols: "wide" }),
    k.text("here_at", {
      caps: "words",
      key: urban ? "field.ask.here_urban" : "field.ask.here",
      hintKey: "field.hint.here",
    }),
    k.when("domicile", "tidak", since),
  ];
}

/** @param {Draft} draft @param {Answers} _data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepWork(draft, _data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const chosen = draft.form.occupation_code;
  const common = ctx.occupations.slice(0, COMMON);
  const shown =
    common.some((o) => o.code === chosen) || !chosen
      ? common
      : [
          ...common.slice(0, COMMON - 1),
          ctx.occupations.find((o) => o.code === chosen) ?? common[COMMON - 1],
        ];
  return [
    k.pick(
      "occupation_code",
      shown.map((o) => occupation(o, w)),
      { cols: "wide near", key: "label.occupation_code", smallKey: "field.work.main" },
    ),
    {
      kind: "find",
      draft: draft.id,
      label: w.t("field.work.search"),
      hint: w.t("field.work.search_hint"),
    },
    k.when("occupation_code", "LAIN", [
      k.text("occupation_text", { key: "label.occupation_text" }),
    ]),
  ];
}

/** One occupation as a button. @param {import("../../context.js").Occupation} o @param {Words} w */
export const occupation = (o, w) => ({
  value: o.code,
  label: o[w.lang] ?? o.id,
  small: (o.local ?? "").split(", ")[0],
});

/** @param {Draft} draft @param {Answers} _data @param {Errors | undefined} errors @param {StepContext} _ctx @param {Words} w */
function stepEmployer(draft, _data, errors, _ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  return [
    k.labels("employment_relation", "employment_relation", EMPLOYMENT),
    k.when("employment_relation", "punya_majikan", [
      k.note(w.t("field.referred"), "note-warn"),
      k.text("employer_name", { caps: "words", key: "label.employer_name" }),
    ]),
    k.labels("already_member", "already_member", ["belum", "ya_pu", "ya_bpu", "tidak_tahu"]),
  ];
}

/** @param {Draft} draft @param {Answers} _data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepMoney(draft, _data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const form = draft.form;
  const bands = bandOptions(ctx.bands, form.income, w, ctx.fmt.money);
  const unknown = { value: "tidak_tahu", label: w.t("field.income.unknown") };
  const exact = { value: "tulis", label: w.t("field.income.exact") };
  const pers = ["bulan", "tahun", "panen"].map((value) => ({
    value,
    label: w.t(`field.income.per.${value}`),
  }));
  const income = k.pick("income", [...bands.few, unknown, exact], { cols: "wide" });
  return [
    income,
    k.when("income", "tulis", [
      k.text("income_amount", { mode: "decimal", keypad: "money", hintKey: "field.hint.money" }),
      k.pick("income_per", pers, { cols: "" }),
      k.when("income_per", "panen", [k.text("income_harvests", { mode: "numeric" })]),
      ...harvest.fields(k, form),
    ]),
    {
      ...k.more(
        "field.income.more",
        [
          {
            ...k.pick("income", bands.more, { cols: "wide", key: "field.income.more" }),
            bare: true,
            error: "",
          },
        ],
        bands.moreOpen,
      ),
    },
    k.text("phone", { mode: "tel", complete: "off", enter: "done", key: "label.phone" }),
    k.pick("no_phone", [{ value: "ya", label: w.t("field.phone.none") }], {
      cols: "wide",
      several: true,
      key: "field.phone.none",
      bare: true,
    }),
  ];
}

/** @param {Draft} draft @param {Answers} _data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepHeir(draft, _data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const fields = [];
  for (let i = 0; i < heirCount(draft.form); i++)
    fields.push(...heirFields(k, i, draft.form, w, false));
  return [k.note(ctx.texts.heirs_law), ...fields, k.step("heir_add", "field.heir.add")];
}

/** The questions about one heir. @param {Kit} k @param {number} i @param {Record<string, string>} form @param {Words} w @param {boolean} later */
export function heirFields(k, i, form, w, later) {
  const name = (/** @type {string} */ part) => `heir${i}_${part}`;
  const relations = RELATIONS.map((value) => ({
    value,
    label: w.t(`label.heir_relation.${value}`),
  }));
  const minor = form[name("minor")] === "ya";
  /** @type {Field[]} */
  const fields = [
    k.text(name("name"), { caps: "words", key: "label.heir_name" }),
    k.pick(name("relation"), relations, { cols: "", key: "label.heir_relation" }),
    k.pick(name("minor"), [{ value: "ya", label: w.t("field.heir.minor") }], {
      cols: "wide",
      several: true,
      key: "field.heir.minor",
      bare: true,
    }),
    k.when(name("minor"), "ya", [
      k.text(name("guardian"), {
        caps: "words",
        key: "label.heir_guardian",
        hintKey: "field.heir.minor_hint",
      }),
    ]),
  ];
  if (later && !minor) {
    fields.push(
      k.text(name("nik"), {
        mode: "numeric",
        keypad: "nik",
        key: "label.heir_nik",
        hintKey: "field.heir.permission",
      }),
      k.text(name("phone"), {
        mode: "tel",
        key: "label.heir_phone",
        hintKey: "field.heir.permission",
      }),
    );
  }
  if (i > 0) fields.push({ kind: "step", value: `heir_drop_${i}`, label: w.t("field.heir.drop") });
  return fields;
}

/** The text read out, and whether the worker agrees. @param {Draft} draft @param {Answers} data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepConsent(draft, data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const form = draft.form;
  const whole = draft.mode === "section";
  const step = (/** @type {string} */ value) =>
    whole ? [] : [{ kind: "step", value, label: w.t(`field.consent.${value}`) }];
  if (form.facts_from === "diwakili")
    return [k.note(w.t("field.consent.represented"), "note-warn"), ...step("here")];
  const minor = needsGuardian(data.birth_date, captureDay(data, ctx.today));
  return [
    ...step("away"),
    { kind: "read", label: w.t("field.consent.aloud"), text: ctx.texts.consent },
    ...(draft.consentNote ? [k.note(draft.consentNote, "")] : []),
    k.yesNo("agree", { yes: "field.consent.agree", no: "field.consent.refuse" }),
    k.when("agree", "tidak", [k.note(w.t("field.consent.refused"), "note-warn")]),
    k.when("agree", "ya", [
      ...(minor
        ? [
            k.note(w.t("field.guardian.consent"), "note-warn"),
            k.text("guardian", { caps: "words" }),
          ]
        : []),
      ...(whole ? stepProof(draft, data, errors, ctx, w) : []),
    ]),
  ];
}

/** The other purposes one by one, and the proof. @param {Draft} draft @param {Answers} _data @param {Errors | undefined} errors @param {StepContext} ctx @param {Words} w */
function stepProof(draft, _data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const method = draft.form.method || "";
  const methods = METHODS.map((value) => ({ value, label: w.t(`field.method.${value}`) }));
  const proof = proofOf(method);
  return [
    { ...k.yesNo("p_wa"), label: ctx.texts.consent_hubungi_wa },
    { ...k.yesNo("p_foto"), label: ctx.texts.consent_pasfoto },
    { ...k.yesNo("p_opd"), label: ctx.texts.consent_bagi_ke_opd },
    { ...k.yesNo("p_pajang"), label: ctx.texts.consent_pajang_nama },
    k.when("method", " tanda_tangan_layar", [
      { ...k.text("signature", { hintKey: "field.sign.hint" }), kind: "pen" },
    ]),
    k.more(
      "field.method.other",
      [
        k.pick("method", methods, { cols: "wide" }),
        k.when("method", "cap_jempol_foto formulir_kertas_foto", [
          k.photo("evidence_photo", { button: "field.photo.evidence" }),
        ]),
        k.when("method", "lisan_terekam", [
          { ...k.text("voice", { hintKey: "field.voice.hint" }), kind: "voice" },
        ]),
        k.when("method", WITNESSED.join(" "), [k.text("witness", { caps: "words" })]),
      ],
      proof !== "signature" || Boolean(errors?.method),
    ),
  ];
}

const CONSENT = ["consent", "consent_withdrawn"];

/** The door's screens in order: name, what it asks, which data it may change, which answers it reads. */
export const DOOR = [
  {
    slug: "nik",
    build: stepNik,
    data: [
      "nik",
      "nik_status",
      "nik_match",
      "nik_check",
      "ktp_photo",
      "birth_date",
      "birth_about",
      "sex",
    ],
  },
  {
    slug: "nama",
    build: stepName,
    data: [
      "full_name",
      "domicile_same_as_ktp",
      "pemangku",
      "rt",
      "domicile_since",
      "ktp_village_text",
      "address_line",
    ],
  },
  { slug: "kerja", build: stepWork, data: ["occupation_code", "occupation_text", "work_location"] },
  {
    slug: "majikan",
    build: stepEmployer,
    data: ["employment_relation", "employer_name", "already_member"],
  },
  { slug: "hasil", build: stepMoney, data: ["monthly_income", "income_said", "phone", "no_phone"] },
  { slug: "waris", build: stepHeir, data: ["heirs"] },
  { slug: "setuju", build: stepConsent, data: CONSENT },
  { slug: "izin", build: stepProof, data: CONSENT },
];
