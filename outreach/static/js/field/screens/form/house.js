/**
 * A form in a house: begun where somebody of it was saved, with its place to look at and to change;
 * and the people of the house by name, as heirs and guardians of each other.
 */
import { age } from "../../../domain/age.js";
import { nameKey } from "../../../domain/names.js";
import { houseAround, peopleOfHouse } from "../../../store/books/houses.js";
import { today, village } from "../../context.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { hamletName } from "../../parts_of_screens/people_rows.js";
import { CARRIED, house } from "./drafts.js";
import "./edit_routes.js";
import { stepOf } from "./flow.js";
import { readForm } from "./form_read.js";
import { TURNS } from "./routes.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./form_types.js").Draft} Draft */
/** @typedef {import("./form_types.js").Form} Form */
/** @typedef {import("./form_types.js").Field} Field */
/** @typedef {import("./form_types.js").Build} Build */
/** @typedef {import("./form_types.js").StepContext} StepContext */
/** @typedef {import("./drafts.js").Hit} Hit */
/** @typedef {import("../../../domain/merge.js").Keyed} Keyed */

const ASKED_ON = ["nik", "nama", "waris", "keluarga", "setuju"];
/** Whom nobody can name as heir or guardian. */
const NOT_HERE = ["meninggal", "pindah"];
const SHOWN = 6;
const TOLD = 3;
const ADULT = 18;

house.begin = async (q, draft, id) => {
  const mate = await q.store.worker(id);
  if (!mate || mate.scope !== draft.scope) return;
  const { household_id, visit_id, address_line } = mate.data;
  draft.householdId = household_id ?? id;
  draft.visitId = visit_id ?? draft.visitId;
  const held = CARRIED.filter((name) => /** @type {Keyed} */ (mate.data)[name]);
  for (const name of held) draft.form[name] = String(/** @type {Keyed} */ (mate.data)[name]);
  // An address that only says the hamlet follows the answer about the hamlet.
  if (address_line === plainAddress(q, draft)) delete draft.form.address_line;
};

/** The address that hamlet and RT alone make. @param {Open} q @param {Draft} draft */
function plainAddress(q, draft) {
  const { address_line: _own, ...place } = draft.form;
  const asked = { ...draft, form: { ...place, domicile: "ya" } };
  return readForm(asked, { today: today(q), village: village(draft.scope) }).address_line;
}

house.people = async (q, draft) => {
  if (!ASKED_ON.includes(draft.step ?? "")) return [];
  const { state } = q.store;
  await state.refresh();
  const own = draft.worker ?? draft.id;
  const { householdId } = draft;
  const people = householdId
    ? await peopleOfHouse(state, draft.scope, householdId)
    : await houseAround(state, draft.scope, own);
  return people.filter(({ id, name, status }) => id !== own && name && !NOT_HERE.includes(status));
};

/** @typedef {{draft: Draft, ctx: StepContext, w: Words}} Shown */

/** Draw a screen with more on it. @param {string} slug @param {(fields: Field[], shown: Shown) => Field[]} more */
function around(slug, more) {
  const step = stepOf(slug);
  if (!step) return;
  const { build } = step;
  /** @type {Build} */
  step.build = (draft, data, errors, ctx, w) => {
    const fields = build(draft, data, errors, ctx, w);
    return ctx.house?.length ? more(fields, { draft, ctx, w }) : fields;
  };
}

/** True for a form that was begun in a house, and is not saved yet. @param {Draft} draft */
const isNew = ({ worker, mode }) => !worker && mode === "door";

around("nik", (fields, { draft, ctx, w }) => {
  if (!isNew(draft)) return fields;
  const k = fieldKit(draft.form, undefined, w);
  const names = ctx.house
    .map(({ name }) => name)
    .slice(0, TOLD)
    .join(", ");
  const place = [hamletName(draft.form, ctx.village?.kind, w), ctx.village?.name].join(", ");
  return [
    k.note(w.t("field.house.with", { names, place })),
    k.step("apart", "field.house.apart"),
    ...fields,
  ];
});

TURNS.apart = (form, draft) => {
  draft.householdId = draft.id;
  draft.visitId = draft.id;
  for (const name of CARRIED) delete form[name];
};

around("nama", (fields, { draft, w }) => {
  if (!isNew(draft) || draft.form.address_line === undefined) return fields;
  const k = fieldKit(draft.form, undefined, w);
  return [...fields, k.text("address_line", { key: "label.address_line" })];
});

/** Whom a day of birth, or the year alone, makes an adult for certain. @param {string} birth @param {string} day */
const isAdult = (birth, day) => (age(birth, day) ?? 0) - (birth[4] ? 0 : 1) >= ADULT;

/** Those of a house who may be named at an input: adults as guardians; nobody twice. @param {string} at @param {Shown} shown */
function offered(at, { draft, ctx }) {
  const taken = Object.entries(draft.form).filter(([name]) => /^heir\d+_name$/.test(name));
  const keys = new Set(taken.map(([, value]) => nameKey(value)));
  const fits = at.endsWith("_name")
    ? (/** @type {Hit} */ { name }) => !keys.has(nameKey(name))
    : (/** @type {Hit} */ { birth }) => isAdult(birth, ctx.today);
  return ctx.house.filter(fits).slice(0, SHOWN);
}

/** The buttons under an input that takes a name. @param {string} at @param {Shown} shown @returns {Field[]} */
function namesFor(at, shown) {
  const { draft, w } = shown;
  if (draft.form[at]?.trim()) return [];
  return offered(at, shown).map(({ name }) => ({
    kind: "step",
    value: `name:${at}:${name}`,
    label: w.t("field.house.name", { name }),
  }));
}

const TAKES_NAME = /^(heir\d+_name|heir\d+_guardian|guardian)$/;

/** @param {Field[]} fields @param {Shown} shown @returns {Field[]} */
const withNames = (fields, shown) =>
  fields.flatMap((f) => {
    const inner = f.fields ? { ...f, fields: withNames(f.fields, shown) } : f;
    const at = f.name ?? "";
    return TAKES_NAME.test(at) && f.kind === "text" ? [inner, ...namesFor(at, shown)] : [inner];
  });

for (const slug of ["waris", "keluarga", "setuju"]) around(slug, withNames);

/** A name is all that comes from the house: how they are related is asked, as of anybody. */
TURNS.name = (form, _draft, go) => {
  const [, at, ...name] = go.split(":");
  if (TAKES_NAME.test(at)) form[at] = name.join(":");
};
