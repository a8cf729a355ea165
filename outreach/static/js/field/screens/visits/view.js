/** View models of visits: the list of the day, one door, what came of it, another day. */
import { formatDateTime, formatDay, formatShortDate } from "../../../domain/formats.js";
import { fieldKit, label, mark, who } from "../../parts_of_screens/field_builders.js";
import { hamletName, occupationName } from "../../parts_of_screens/people_rows.js";
import { wordsOf } from "../list_tasks/view.js";
import { grouped, OUTCOMES, PARTS, partOf } from "./visits_read.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../context.js").Village} Village */
/** @typedef {import("../../context.js").Occupation} Occupation */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("./visits_read.js").Door} Door */
/** @typedef {import("./visits_read.js").Visit} Visit */
/** @typedef {import("./visits_read.js").Part} Part */
/** @typedef {import("./visits_read.js").Outcome} Outcome */
/**
 * @typedef {object} VisitContext
 * @property {string} today
 * @property {string} user
 * @property {Occupation[]} occupations
 * @property {(code: string) => Village} village
 * @property {Map<string, import("./open_records.js").OpenRecord>} open of the incomplete ones that are shown
 */

export const PAGE = 60;

/** @param {string | null} given @returns {Part} */
export const partIn = (given) =>
  /** @type {readonly (string | null)[]} */ (PARTS).includes(given)
    ? /** @type {Part} */ (given)
    : "todo";

/** What an outcome needs to be told, and what it may be. @type {Partial<Record<Outcome, string[]>>} */
export const ASKS = {
  pindah: ["to"],
  meninggal: ["source", "date"],
  sudah_peserta: ["kpj"],
  punya_majikan: ["employer"],
};

/** Why somebody is to be seen: "Menunggu persetujuan · Data salah: NIK". @param {Door} door @param {VisitContext} ctx @param {Words} w */
function whyWords({ row, whys, tasks }, { open, village }, w) {
  const told = whys.filter((why) => why !== "planned" && why !== "task");
  const lacks = open.get(row.id)?.lacks;
  const words = lacks
    ? lacks.map((why) => w.t(`field.revisit.${why}`))
    : told.map((why) => w.t(`field.visits.why.${why}`));
  const { kind } = village(row.scope);
  return [...words, ...tasks.map((task) => wordsOf(task, kind, w))].join(" · ");
}

/** When a record that nobody agreed to may go. @param {Door} door @param {VisitContext} ctx @param {Words} w */
function goesWords({ row }, { open, today }, w) {
  const day = open.get(row.id)?.goes;
  if (!day) return "";
  return w.t("field.visits.goes", {
    day: day <= today ? w.t("field.visits.today") : formatShortDate(day),
  });
}

/** For whom and which day: "Rab, 2-12-2026 · tugas PETUGAS UJI". @param {Door} door @param {VisitContext} ctx @param {Words} w */
function planWords({ plan }, { user, today }, w) {
  if (!plan) return "";
  const { own_day, assigned_day, assigned_to, assigned_name } = plan;
  const words = (/** @type {string} */ day) =>
    day === today ? w.t("field.visits.today") : formatShortDate(day);
  const own = own_day ? w.t("field.visits.own_day", { day: words(own_day) }) : "";
  const given = assigned_day ? w.t("field.visits.given_day", { day: words(assigned_day) }) : "";
  const whose =
    assigned_to && assigned_to !== user
      ? w.t("field.visits.given_to", { name: assigned_name ?? "" })
      : "";
  return [own, given, whose].filter(Boolean).join(" · ");
}

/** What was said last: "Tidak di rumah, 2-12-2026 09.30". @param {Visit | undefined} last @param {Words} w */
const lastWords = (last, w) =>
  last?.outcome
    ? w.t("field.visits.last", {
        outcome: w.t(`field.visits.outcome.${last.outcome}`),
        at: last.at ? formatDateTime(last.at, w.lang) : "",
      })
    : "";

/** @param {Door} door @param {VisitContext} ctx @param {Words} w */
export function rowView(door, ctx, w) {
  const { row, last, saved } = door;
  return {
    id: row.id,
    name: row.name || w.t("field.no_name"),
    who: [who(row, ctx.today, w), occupationName(ctx.occupations, row.occ, w)]
      .filter(Boolean)
      .join(" · "),
    why: whyWords(door, ctx, w),
    goes: goesWords(door, ctx, w),
    plan: planWords(door, ctx, w),
    last: saved ? w.t("field.visits.saved_here") : lastWords(last, w),
    mark: mark(row.state, w),
  };
}

/** @param {Door} door @param {VisitContext} ctx @param {Words} w */
function placeOf({ row }, { village }, w) {
  const { name, kind } = village(row.scope);
  return `${name} · ${hamletName(row, kind, w)}`;
}

/** Those planned for today stand first, the others with their neighbours. @param {Door[]} doors @param {Part} part @param {VisitContext} ctx @param {Words} w */
function groupsOf(doors, part, ctx, w) {
  /** @param {Door} door */
  const title = (door) =>
    part === "todo" && door.plan && (door.day || "9") <= ctx.today
      ? w.t("field.visits.planned")
      : placeOf(door, ctx, w);
  const groups = [...grouped(doors, title)].map(([text, rows]) => ({
    title: text,
    rows: rows.map((door) => {
      const planned = text === w.t("field.visits.planned");
      const view = rowView(door, ctx, w);
      return { ...view, place: planned ? placeOf(door, ctx, w) : "" };
    }),
  }));
  const first = w.t("field.visits.planned");
  return groups.sort((a, b) => Number(b.title === first) - Number(a.title === first));
}

/** Planned ones first, so that a short page holds them. @param {Door[]} doors @param {Pick<VisitContext, "today">} ctx */
const inOrder = (doors, { today }) => {
  const isFirst = (/** @type {Door} */ { plan, day }) => Boolean(plan && (day || "9") <= today);
  return [...doors.filter(isFirst), ...doors.filter((door) => !isFirst(door))];
};

/** The doors of a part that are shown, in their order; and how many there are of each part. @param {Door[]} doors @param {{part: Part, n: number}} asked @param {Pick<VisitContext, "today" | "user">} ctx */
export function shownDoors(doors, { part, n }, ctx) {
  const by = grouped(doors, (door) => partOf(door, ctx.today, ctx.user) ?? "");
  const counts = PARTS.map((one) => ({ part: one, n: (by.get(one) ?? []).length }));
  return { rows: inOrder(by.get(part) ?? [], ctx).slice(0, n), counts };
}

/**
 * @param {ReturnType<typeof shownDoors>} shown @param {{part: Part, n: number, said: Door | null | undefined, lacks: string}} asked @param {VisitContext} ctx @param {Words} w
 */
export function visitsView({ rows, counts }, { part, n, said, lacks }, ctx, w) {
  const all = counts.find((one) => one.part === part)?.n ?? 0;
  return {
    date: formatDay(ctx.today, w.lang),
    lacks,
    chips: counts.map((one) => ({
      part: one.part,
      label: w.t(`field.visits.part.${one.part}`),
      n: String(one.n),
      on: one.part === part ? 1 : 0,
    })),
    groups: groupsOf(rows, part, ctx, w),
    more: all > n ? String(n + PAGE) : "",
    part,
    rows_none: w.t(`field.visits.none.${part}`),
    said: said?.last?.outcome
      ? {
          id: said.row.id,
          text: w.t("field.visits.kept", {
            name: said.row.name,
            outcome: w.t(`field.visits.outcome.${said.last.outcome}`),
          }),
        }
      : "",
  };
}

/** What an officer was told beside an outcome. @param {Visit} visit @param {Words} w */
function toldWords({ detail, note }, w) {
  const told = Object.entries(detail ?? {}).map(([name, value]) =>
    w.t("field.visits.told", {
      what: w.t(`field.visits.ask.${name}`),
      value: name === "date" ? formatShortDate(value) : value,
    }),
  );
  return [...told, note ?? ""].filter(Boolean).join(" · ");
}

/** @param {Door} door @param {{can: boolean, form: boolean, house: number}} has `house`: how many live there @param {VisitContext} ctx @param {Words} w */
export function doorView(door, { can, form, house }, ctx, w) {
  const { row, visits, last, saved } = door;
  const today = partOf(door, ctx.today, ctx.user) === "done";
  const mine = last?.author === ctx.user;
  const registers = ["usulan", "draf", "tidak_bersedia"].includes(row.status);
  const status = label("status", row.status, w);
  const why = whyWords(door, ctx, w);
  return {
    id: row.id,
    name: row.name || w.t("field.no_name"),
    who: who(row, ctx.today, w),
    work: occupationName(ctx.occupations, row.occ, w),
    place: placeOf(door, ctx, w),
    status,
    why: why === status ? "" : why,
    goes: goesWords(door, ctx, w),
    plan: planWords(door, ctx, w),
    state: saved ? w.t("field.visits.saved_here") : "",
    before: visits
      .filter(({ outcome }) => outcome)
      .reverse()
      .map((visit) => ({
        text: lastWords(visit, w),
        told: toldWords(visit, w),
        by: visit.author === ctx.user ? "" : (visit.author_name ?? ""),
      })),
    undo: mine && last?.outcome && last.ended !== "met" ? last.id : "",
    outcomes: can && !today ? OUTCOMES.map((code) => outcomeView(code, w)) : [],
    moves: can ? 1 : 0,
    register: can && registers && !form ? w.t(`field.visits.register.${row.status}`) : "",
    resume: form ? 1 : 0,
    record: row.status === "usulan" ? 0 : 1,
    house: house ? w.t("field.people", { n: house }) : "",
  };
}

/** @param {Outcome} code @param {Words} w */
const outcomeView = (code, w) => ({ code, label: w.t(`field.visits.outcome.${code}`) });

/**
 * What came of it: what has to be told with it, and a note.
 * @param {Door} door @param {Outcome} outcome @param {{form: Form, errors?: Errors}} told @param {Words} w
 */
export function outcomeScreen({ row }, outcome, { form, errors }, w) {
  const kit = fieldKit(form, errors, w);
  const fields = (ASKS[outcome] ?? []).map((name) =>
    kit.text(name, {
      key: `field.visits.ask.${name}`,
      ...(name === "kpj" || name === "date" ? { mode: "numeric" } : { caps: "words" }),
      hintKey: `field.visits.hint.${name}`,
    }),
  );
  return {
    id: row.id,
    name: row.name || w.t("field.no_name"),
    outcome,
    title: w.t(`field.visits.outcome.${outcome}`),
    hint: w.t(`field.visits.does.${outcome}`),
    fields: [...fields, kit.text("note", { key: "field.visits.note", max: 500 })],
  };
}

/** @param {Door} door @param {{form: Form, errors?: Errors, after: boolean, days: {day: string, word: string}[]}} told @param {Words} w */
export function dayView({ row, plan }, { form, errors, after, days }, w) {
  const kit = fieldKit(form, errors, w);
  return {
    id: row.id,
    name: row.name || w.t("field.no_name"),
    after: after ? 1 : 0,
    given: plan?.assigned_day
      ? w.t("field.visits.given_stays", { day: formatShortDate(plan.assigned_day) })
      : "",
    days: days.map(({ day, word }) => ({ day, text: `${w.t(word)}, ${formatShortDate(day)}` })),
    clears: plan?.own_day ? 1 : 0,
    fields: [
      kit.text("day", {
        key: "field.visits.ask.day",
        mode: "numeric",
        hintKey: "field.visits.hint.date",
      }),
    ],
  };
}
