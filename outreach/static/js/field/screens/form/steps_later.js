/** "Lengkapi data": the fields that are not asked at the door, by section; also for editing later. */
import { heirCount, hereAt } from "./form_read.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { cardDiffers, heirFields, nikFacts, occupation, sexes } from "./steps_door.js";

/** @typedef {import("./form_types.js").Build} Build */
/** @typedef {import("./form_types.js").Field} Field */

/** @type {Build} */
function self(draft, data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  /** @type {Field[]} */
  const fields = [
    k.text("birth_place", { caps: "words", key: "label.birth_place" }),
    k.text("birth_date", {
      mode: "numeric",
      live: draft.id,
      hintKey: "field.hint.birth",
      key: "label.birth_date",
    }),
    { kind: "live", id: "differs", fields: cardDiffers(draft, data, ctx, w) },
    k.pick("sex", sexes(w), { cols: "duo", live: draft.id, key: "label.sex" }),
    { kind: "live", id: "live", fields: nikFacts(draft, data, ctx, w) },
    k.labels("marital_status", "marital_status", [
      "belum_kawin",
      "kawin_tercatat",
      "kawin_belum_tercatat",
      "cerai_hidup",
      "cerai_mati",
    ]),
    k.text("kk_number", { mode: "numeric", keypad: "nik", key: "label.kk_number" }),
  ];
  if (data.employment_relation === "punya_majikan") {
    fields.push(
      k.text("mother_name", {
        caps: "words",
        key: "label.mother_name",
        hintKey: "field.hint.mother",
      }),
    );
  }
  return fields;
}

/** Who gave the facts. @type {Build} */
function informant(draft, _data, errors, _ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  return [
    k.labels("facts_from", "facts_from", ["sendiri", "diwakili"], {
      hintKey: "field.represented.hint",
    }),
    k.when("facts_from", "diwakili", [
      k.text("informant_name", { caps: "words" }),
      k.text("informant_relation", { caps: "sentences" }),
    ]),
  ];
}

/** @type {Build} */
function address(draft, _data, errors, ctx, w) {
  const k = fieldKit({ ...draft.form, here_at: hereAt(draft.form) }, errors, w);
  const urban = ctx.village?.kind === "kelurahan";
  /** @type {Field[]} */
  const fields = [
    k.text("address_line", { caps: "words", key: "label.address_line" }),
    k.text("here_at", {
      caps: "words",
      key: urban ? "field.ask.here_urban" : "field.ask.here",
      hintKey: "field.hint.here",
    }),
    k.text("rw", { mode: "numeric", key: "label.rw" }),
    k.text("postal_code", { mode: "numeric", key: "label.postal_code" }),
  ];
  if (ctx.person.role === "head") return fields;
  fields.push(
    k.yesNo("domicile", { yes: "field.here_yes", no: "field.here_no", cols: "wide" }),
    k.when("domicile", "tidak", [
      k.text("domicile_since", { mode: "numeric" }),
      k.text("ktp_village_text", { caps: "words" }),
    ]),
  );
  return fields;
}

/** @type {Build} */
function contact(draft, _data, errors, _ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  return [
    k.text("phone", { mode: "tel", key: "label.phone" }),
    k.pick("no_phone", [{ value: "ya", label: w.t("field.phone.none") }], {
      cols: "wide",
      several: true,
      key: "field.phone.none",
      bare: true,
    }),
    k.labels("phone_owner", "phone_owner", [
      "sendiri",
      "pasangan",
      "anak",
      "tetangga",
      "perangkat_pekon",
    ]),
    k.yesNo("has_whatsapp", { key: "label.has_whatsapp" }),
    k.text("email", { mode: "email", key: "label.email" }),
  ];
}

/** @type {Build} */
function work(draft, _data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const places = ["kebun", "sawah", "danau", "pasar", "jalan", "rumah", "proyek", "hutan", "lain"];
  const list = (/** @type {string} */ name) => ({
    ...k.pick(
      name,
      ctx.occupations.map((o) => occupation(o, w)),
      { key: `label.${name}` },
    ),
    kind: "choose",
    empty: w.t("field.choose"),
  });
  return [
    list("occupation_code"),
    list("occupation2_code"),
    k.text("occupation_text", { key: "label.occupation_text" }),
    k.labels("work_location", "work_location", places, { cols: "" }),
    k.text("work_location_text", { key: "label.work_location_text" }),
    k.text("work_hours", { key: "label.work_hours", hintKey: "field.hint.hours" }),
    k.text("group_name", { caps: "words", key: "label.group_name" }),
  ];
}

/** @type {Build} */
function criteria(draft, _data, errors, _ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const codes = [
    "penghasilan_di_bawah_umk",
    "tidak_tetap",
    "risiko_tinggi",
    "disabilitas",
    "lansia_60_64",
    "perempuan_kepala_keluarga",
  ];
  return [
    k.labels("vulnerability_flags", "vulnerability_flags", codes, {
      several: true,
      hintKey: "field.hint.criteria",
    }),
  ];
}

/** @type {Build} */
function dues(draft, _data, errors, _ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  const funds = [
    "mandiri",
    "apbd_kab",
    "apbd_prov",
    "dbh_sawit",
    "dbh_cht",
    "apbpekon",
    "csr",
    "donatur",
    "baznas",
    "apbn",
  ];
  const months = [1, 2, 3, 6, 12].map((n) => ({
    value: String(n),
    label: w.t("field.months", { n }),
  }));
  return [
    k.text("kpj", { mode: "numeric", key: "label.kpj", hintKey: "field.hint.kpj" }),
    k.yesNo("programmes", { hintKey: "field.hint.jht" }),
    k.pick("months", months, { key: "label.months" }),
    { ...k.labels("funding_source", "funding_source", funds, { hintKey: "field.hint.fund" }) },
  ];
}

/** @type {Build} */
function heirs(draft, _data, errors, ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  /** @type {Field[]} */
  const fields = [k.note(ctx.texts.heirs_law)];
  for (let i = 0; i < heirCount(draft.form); i++)
    fields.push(...heirFields(k, i, draft.form, w, true));
  fields.push({ kind: "step", value: "heir_add", label: w.t("field.heir.add") });
  fields.push(
    k.text("children_school_age", {
      mode: "numeric",
      key: "label.children_school_age",
      hintKey: "field.hint.children",
    }),
  );
  return fields;
}

/** @type {Build} */
function face(draft, data, errors, _ctx, w) {
  const k = fieldKit(draft.form, errors, w);
  if (!data.consent?.purposes?.pasfoto || data.consent_withdrawn?.pasfoto) {
    return [k.note(w.t("field.face.not_agreed"), "note-warn")];
  }
  return [
    k.photo("face_photo", {
      button: "field.photo.face",
      face: true,
      key: "label.face_photo",
      hintKey: "field.face.hint",
    }),
  ];
}

/** @type {Build} */
function notes(draft, _data, errors, _ctx, w) {
  return [fieldKit(draft.form, errors, w).area("notes", { key: "label.notes" })];
}

/** Sections of the worker page beyond the door: name, what it asks, which data it may change. */
export const LATER = [
  {
    slug: "diri",
    build: self,
    data: [
      "birth_place",
      "birth_date",
      "birth_about",
      "sex",
      "marital_status",
      "kk_number",
      "mother_name",
    ],
  },
  {
    slug: "alamat",
    build: address,
    data: [
      "address_line",
      "pemangku",
      "rt",
      "rw",
      "postal_code",
      "domicile_same_as_ktp",
      "domicile_since",
      "ktp_village_text",
    ],
  },
  {
    slug: "kontak",
    build: contact,
    data: ["phone", "no_phone", "phone_owner", "has_whatsapp", "email"],
  },
  {
    slug: "usaha",
    build: work,
    data: [
      "occupation_code",
      "occupation2_code",
      "occupation_text",
      "work_location",
      "work_location_text",
      "work_hours",
      "group_name",
    ],
  },
  { slug: "kriteria", build: criteria, data: ["vulnerability_flags"] },
  { slug: "iuran", build: dues, data: ["kpj", "programmes", "months", "funding_source"] },
  { slug: "keluarga", build: heirs, data: ["heirs", "children_school_age"] },
  { slug: "pasfoto", build: face, data: ["face_photo"] },
  { slug: "catatan", build: notes, data: ["notes"] },
  { slug: "keterangan", build: informant, data: ["facts_from", "informant"] },
];
