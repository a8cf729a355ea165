/** The ledger: every save in words, one save whole, people and how far they are, sums. */
import { jakartaDate } from "../../../domain/age.js";
import { allLines, oneSave } from "../../../store/books/save_log.js";
import { scopeRows } from "../../../store/books/save_counts.js";
import { route } from "../../router.js";
import { logLines, chips } from "./lines_view.js";
import { saveView } from "./one_save_view.js";
import { numbers, waiting } from "../../parts_of_screens/sent_counts.js";
import { totalsView } from "./premium_totals.js";
import { pathOf, peopleLines, peopleOf, stageChips, statusWords } from "./status_progress.js";
import { canAdd, references, today, village, waits } from "../../context.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */

/** Notices of the person's own scope, by the key of the save. @param {Open} q */
async function notes(q) {
  const rows = await scopeRows(q.store.state, `u:${q.store.userId}`);
  return new Map(rows.map(({ row, data }) => [row, data]));
}

/** @param {Map<string, import("../../../store/records/record_types.js").Notice>} said */
const disputed = (said) =>
  new Set([...said].filter(([, data]) => data.conflicts?.length).map(([key]) => key));

/** @param {Open} q @param {string} state */
async function bookContext(q, state) {
  const lines = await allLines(q.store.state);
  const [drafts, said] = await Promise.all([q.store.drafts(), notes(q)]);
  const typed = q.form.get("q") ?? "";
  const after = Number(q.form.get("after")) || 0;
  const wish = { state, query: typed.trim(), after, disputed: disputed(said) };
  return { lines, drafts, wish };
}

route("GET", "/field/outbox", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { lines, drafts, wish } = await bookContext(q, q.query.get("s") ?? "");
  const ledger = await q.store.ledger();
  const ctx = {
    ...logLines(lines, drafts, wish, q.w),
    empty: q.t(lines.length + drafts.length ? "field.book.none_here" : "field.ledger.none"),
    chips: chips(lines, drafts, wish, q.w),
    ledger_numbers: numbers(ledger, q.w, waits(ledger).photos),
    sync_words: waiting(waits(ledger), q.w),
  };
  return { view: "outbox", title: q.t("field.ledger"), ctx };
});

route("POST", "/field/outbox/lines", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { lines, drafts, wish } = await bookContext(q, q.form.get("s") ?? "");
  const none = q.t("field.book.none_here");
  return { view: "_book", ctx: { ...logLines(lines, drafts, wish, q.w), none } };
});

/** The list's facts about a worker. @param {Open} q @param {string} id */
function seen(q, id) {
  const { state } = q.store;
  const found = state.find(id);
  const live = [...state.hot.values()].filter((entry) => entry.id === id && entry.live);
  const scope = found?.scope ?? live[0]?.scope ?? "";
  return {
    name: found?.row.name ?? "",
    status: found?.row.status || (live.at(-1)?.st ?? ""),
    kind: village(scope).kind,
    known: Boolean(found || live.length),
  };
}

route("GET", "/field/outbox/{n}", async (q) => {
  const n = Number(q.params.n);
  const save = q.store && n > 0 ? await oneSave(q.store.state, n) : null;
  if (!save) return { redirect: "/field/outbox" };
  const said = await notes(/** @type {Open} */ (q));
  const { id } = save.line;
  const all = await allLines(/** @type {Open} */ (q).store.state);
  const look = seen(/** @type {Open} */ (q), id);
  const [person] = peopleOf(
    all.filter((line) => line.id === id),
    () => look,
  );
  const ctx = {
    note: said.get(save.line.key) ?? {},
    disputed: disputed(said),
    path: person ? pathOf(person, look.kind, q.w) : [],
    status: look.status ? statusWords(look.status, look.kind, q.w) : "",
    mid: n - /** @type {Open} */ (q).store.state.head.before,
    canAdd: canAdd(q),
    known: look.known && !save.line.table,
    occupations: (await references(q)).occupations,
  };
  const view = saveView(save, ctx, q.w);
  return { view: "save", title: q.t("field.operation", { n }), ctx: view };
});

/** @param {Open} q */
async function everybody(q) {
  const lines = await allLines(q.store.state);
  return peopleOf(lines, (id) => seen(q, id));
}

/** @param {Q} q @param {import("./status_progress.js").Person[]} people @param {string} stage */
const peopleContext = (q, people, stage) => ({
  ...peopleLines(
    people,
    {
      stage,
      query: (q.form.get("q") ?? "").trim(),
      after: Number(q.form.get("after")) || 0,
    },
    q.w,
  ),
  empty: q.t(people.length ? "field.book.none_here" : "field.ledger.none"),
});

route("GET", "/field/outbox/people", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const stage = q.query.get("s") ?? "";
  const people = await everybody(q);
  const ctx = { ...peopleContext(q, people, stage), chips: stageChips(people, stage, q.w) };
  return { view: "people", title: q.t("field.book.people"), ctx };
});

route("POST", "/field/outbox/people/lines", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const ctx = peopleContext(q, await everybody(q), q.form.get("s") ?? "");
  return { view: "_people", ctx };
});

route("GET", "/field/outbox/sums", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const lines = await allLines(q.store.state);
  const dated = lines.map((line) => ({ line, day: jakartaDate(line.at) }));
  return {
    view: "sums",
    title: q.t("field.book.sums"),
    ctx: { rows: totalsView(dated, today(q), q.w) },
  };
});
