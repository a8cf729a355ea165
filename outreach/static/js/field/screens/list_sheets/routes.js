/** "Isi dari kertas": a sheet is typed by line number, twice, and then counts; offline. */
import {
  KEYS,
  differences,
  leftToSettle,
  deathsIn,
  finalAnswers,
  mayEnterAgain,
  sameName,
} from "../../../domain/paper_entry.js";
import { decisionFault } from "../../../domain/village_decisions.js";
import { equal } from "../../../domain/merge.js";
import { route } from "../../router.js";
import { withList } from "../list_check/list_context.js";
import { detailIn } from "../list_check/reason_routes.js";
import { detailView, membersOf } from "../list_check/reason_view.js";
import {
  beginSheet,
  changeSheet,
  countSheet,
  enteredElsewhere,
  hasEnded,
  sheetOf,
  sheetsOf,
  timesLocked,
  turnOf,
  withAnswer,
} from "./sheet_drafts.js";
import {
  betweenView,
  lineBox,
  lineOfNo,
  nextNumber,
  sheetsView,
  typingView,
  warnings,
} from "./sheet_view.js";
import { hasCounted, whichSheet } from "./which_sheet.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").Line} Line */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {import("./sheet_drafts.js").Sheet} Sheet */

const ALL = "/field/list/{id}/sheets";
const ONE = `${ALL}/{sheet}`;
const NOT_DETAIL = ["no", "shown", "key", "replace", "line", "seen", "word"];

/** @param {ListContent} content @param {string} [rest] */
const at = ({ list }, rest = "") => `/field/list/${list.id}/sheets${rest}`;

/** For who may enter what the village wrote: whoever works in it. @param {Parameters<typeof withList>[0]} handler */
const whoEnters = (handler) =>
  withList((q, content, ctx) =>
    ctx.works && content.list.state !== "closed"
      ? handler(q, content, ctx)
      : { redirect: `/field/list/${content.list.id}` },
  );

/** A handler that has the sheet of its address. @param {(q: Open, sheet: Sheet, content: ListContent, ctx: ListScreen) => Made | Promise<Made>} handler */
const withSheet = (handler) =>
  whoEnters(async (q, content, ctx) => {
    const sheet = await sheetOf(q.store, content.list.id, q.params.sheet);
    if (!sheet) return { redirect: at(content) };
    if (!hasEnded(sheet)) return handler(q, sheet, content, ctx);
    await countSheet(q.store, content, sheet); // it was killed while it counted
    return { redirect: at(content) };
  });

/** @param {Open} q @param {ListContent} content @param {ListScreen} ctx @param {Record<string, string>} [form] @param {string} [wrong] */
async function sheetsScreen(q, content, ctx, form = {}, wrong = "") {
  const sheets = await sheetsOf(q.store, content.list.id);
  return {
    view: "list_sheets",
    title: q.t("field.sheets"),
    status: wrong ? 422 : 200,
    at: at(content),
    ctx: sheetsView(content, sheets, form, wrong, ctx, q.w),
  };
}

route(
  "GET",
  ALL,
  whoEnters(async (q, content, ctx) => {
    for (const sheet of (await sheetsOf(q.store, content.list.id)).filter(hasEnded))
      await countSheet(q.store, content, sheet);
    return sheetsScreen(q, content, ctx);
  }),
);

route(
  "POST",
  ALL,
  whoEnters(async (q, content, ctx) => {
    const form = Object.fromEntries(q.form);
    const found = whichSheet(content, q.form);
    const stop = (/** @type {string} */ code) =>
      sheetsScreen(q, content, ctx, form, q.t(`field.sheets.wrong.${code}`));
    if ("wrong" in found) return stop(found.wrong);
    const { which } = found;
    const begun = (await sheetsOf(q.store, content.list.id)).find(({ n, page, label }) =>
      equal([n, page, label], [which.n, which.page, which.label]),
    );
    if (!begun && hasCounted(content, which)) return stop("counted");
    const sheet = begun ?? (await beginSheet(q.store, content.list, which));
    return { redirect: at(content, `/${sheet.id}`) };
  }),
);

/** @param {Open} q @param {Sheet} sheet @param {ListContent} content @param {ListScreen} ctx @param {number} no @param {Parameters<typeof typingView>[3]} [said] */
const typingScreen = async (q, sheet, content, ctx, no, said = {}) => ({
  view: "list_sheet",
  title: q.t("field.sheets"),
  status: said.wrong || said.twice ? 422 : 200,
  at: at(content, `/${sheet.id}`),
  ctx: typingView(
    content,
    sheet,
    no,
    said,
    { ...ctx, warnings: await warnings(content, sheet, q.w) },
    q.w,
  ),
});

/** @param {Open} q @param {Sheet} sheet @param {ListContent} content */
async function mayAgain(q, sheet, content) {
  const sheets = await sheetsOf(q.store, content.list.id);
  const newLogin = (await timesLocked(q.store)) !== sheet.opened;
  const otherSheet = enteredElsewhere(sheet, sheets, content);
  return mayEnterAgain({ wroteFirst: true, newLogin, otherSheet });
}

/** @param {Open} q @param {Sheet} sheet @param {ListContent} content @param {Parameters<typeof betweenView>[2]} [said] */
async function betweenScreen(q, sheet, content, said = {}) {
  const may = {
    again: sheet.state === "first_done" && (await mayAgain(q, sheet, content)),
    signs: q.profile.role === "head",
    warnings: await warnings(content, sheet, q.w),
  };
  return {
    view: "list_sheet_end",
    title: q.t("field.sheets"),
    status: said.wrong ? 422 : 200,
    at: at(content, `/${sheet.id}`),
    ctx: betweenView(content, sheet, said, may, q.w),
  };
}

route(
  "GET",
  ONE,
  withSheet((q, sheet, content, ctx) => {
    if (!turnOf(sheet)) return betweenScreen(q, sheet, content);
    const no = Number(q.query.get("no")) || nextNumber(content, sheet);
    return typingScreen(q, sheet, content, ctx, no);
  }),
);

/** @param {URLSearchParams} form */
const numberIn = (form) => Number((form.get("no") ?? "").trim()) || 0;

route(
  "POST",
  `${ONE}/find`,
  withSheet((q, sheet, content, ctx) => ({
    view: "_sheet_line",
    ctx: lineBox(content, sheet, numberIn(q.form), ctx, q.w),
  })),
);

/** What of an answer was typed beside its key. @param {URLSearchParams} form */
const typedDetail = (form) =>
  Object.fromEntries([...form].filter(([name, value]) => value && !NOT_DETAIL.includes(name)));

/** @param {Open} q @param {Sheet} sheet @param {ListContent} content @param {Line} line @param {string} key @param {string} [wrong] */
function whyScreen(q, sheet, content, line, key, wrong) {
  const [verdict, reason] = KEYS[content.list.purpose][key];
  const errors = wrong ? { [wrong]: [{ code: `field.lists.error.${wrong}` }] } : undefined;
  const said = { form: typedDetail(q.form), errors, seen: "" };
  return {
    view: "list_sheet_why",
    title: q.t("field.sheets"),
    status: wrong ? 422 : 200,
    at: at(content, `/${sheet.id}/why/${line.no}/${key}`),
    ctx: {
      ...detailView(content, line, reason ?? verdict, said, q.w),
      sheet: sheet.id,
      no: line.no,
      key,
    },
  };
}

route(
  "GET",
  `${ONE}/why/{no}/{key}`,
  withSheet((q, sheet, content) => {
    const line = lineOfNo(content, Number(q.params.no));
    const { key } = q.params;
    if (!line || line.gone || !KEYS[content.list.purpose][key] || !turnOf(sheet))
      return { redirect: at(content, `/${sheet.id}`) };
    return whyScreen(q, sheet, content, line, key);
  }),
);

/** Keep an answer; false where this entry has another one and nobody said to replace it. @param {Open} q @param {Sheet} sheet @param {ListContent} content @param {Line} line @param {{verdict: string, reason: string | null, detail: Record<string, unknown>}} said */
async function keep(q, sheet, content, line, said) {
  let kept = true;
  const at = q.store.clock().toISOString();
  await changeSheet(q.store, content.list, sheet.id, (now) => {
    const turn = turnOf(now);
    if (!turn) return null;
    const before = now.turns[turn].find((one) => one.line === line.id);
    const same =
      before && equal([before.verdict, before.reason, before.detail], Object.values(said));
    if (before && !same && q.form.get("replace") !== "1") kept = false;
    if (same || !kept) return null;
    const id = before?.id ?? q.store.newId();
    return withAnswer(now, turn, { id, line: line.id, no: Number(line.no), ...said, at });
  });
  return kept;
}

route(
  "POST",
  `${ONE}/say`,
  withSheet(async (q, sheet, content, ctx) => {
    const no = numberIn(q.form);
    const key = q.form.get("key") ?? "";
    const found = KEYS[content.list.purpose][key];
    const line = lineOfNo(content, no);
    if (!turnOf(sheet) || !found) return { redirect: at(content, `/${sheet.id}`) };
    if (!line || line.gone || q.form.get("shown") !== String(no)) {
      const seen =
        line && !line.gone
          ? q.t("field.sheets.wrong.look")
          : lineBox(content, sheet, no, ctx, q.w).wrong;
      return typingScreen(q, sheet, content, ctx, no, {
        wrong: seen || q.t("field.sheets.wrong.number"),
      });
    }
    const [verdict, reason] = found;
    const word = reason ?? verdict;
    const detail = detailIn(content, word, q.form) ?? {};
    const said = { verdict, reason, detail };
    const wrong = decisionFault(content.list.purpose, line.part, said);
    const asks = membersOf(word).length && !q.form.has("word");
    if (wrong || asks)
      return asks
        ? { redirect: at(content, `/${sheet.id}/why/${no}/${key}`) }
        : whyScreen(q, sheet, content, line, key, /** @type {string} */ (wrong));
    if (await keep(q, sheet, content, line, said)) return { redirect: at(content, `/${sheet.id}`) };
    const twice = { key, detail: typedDetail(q.form) };
    return typingScreen(q, sheet, content, ctx, no, { twice });
  }),
);

/** The state that an entry ends in; null for one with nothing in it. @param {Sheet} sheet @returns {Sheet["state"] | null} */
function stateAfter({ state, turns }) {
  if (state === "first") return turns[1].length ? "first_done" : null;
  if (state === "second" && !turns[2].length) return null;
  if (state === "second") return differences(turns[1], turns[2]).length ? "differs" : "done";
  return leftToSettle(turns[1], turns[2], turns[3]).length ? null : "done";
}

route(
  "POST",
  `${ONE}/finish`,
  withSheet(async (q, sheet, content, ctx) => {
    if (sheet.state === "first_done") return { redirect: at(content, `/${sheet.id}`) };
    const opened = await timesLocked(q.store);
    const firstDone = q.store.clock().toISOString();
    const done = await changeSheet(q.store, content.list, sheet.id, (now) => {
      const state = now.state === sheet.state ? stateAfter(now) : null;
      return state && { ...now, state, ...(state === "first_done" && { opened, firstDone }) };
    });
    if (done?.state === sheet.state) {
      const wrong = q.t(`field.sheets.wrong.${turnOf(sheet) ? "nothing" : "open"}`);
      return turnOf(sheet)
        ? typingScreen(q, sheet, content, ctx, nextNumber(content, sheet), { wrong })
        : betweenScreen(q, sheet, content, { wrong });
    }
    return { redirect: at(content, `/${sheet.id}`) };
  }),
);

route(
  "POST",
  `${ONE}/second`,
  withSheet(async (q, sheet, content) => {
    const may = sheet.state === "first_done" && (await mayAgain(q, sheet, content));
    if (!may) return betweenScreen(q, sheet, content, { wrong: q.t("field.sheets.wrong.same") });
    await changeSheet(q.store, content.list, sheet.id, (now) => ({ ...now, state: "second" }));
    return { redirect: at(content, `/${sheet.id}`) };
  }),
);

route(
  "POST",
  `${ONE}/settle`,
  withSheet(async (q, sheet, content) => {
    const turn = q.form.get("turn") === "2" ? 2 : 1;
    const line = q.form.get("line") ?? "";
    await changeSheet(q.store, content.list, sheet.id, (now) => {
      const { turns, state } = now;
      if (state !== "differs" || !differences(turns[1], turns[2]).includes(line)) return null;
      const known =
        turns[1].find((one) => one.line === line) ?? turns[2].find((one) => one.line === line);
      const taken = turns[turn].find((one) => one.line === line);
      const none = { verdict: null, reason: null, detail: {} };
      return known ? withAnswer(now, 3, { ...known, ...(taken ?? none), id: known.id }) : null;
    });
    return { redirect: at(content, `/${sheet.id}`) };
  }),
);

route(
  "POST",
  `${ONE}/waive`,
  withSheet(async (q, sheet, content) => {
    if (sheet.state !== "first_done" || q.profile.role !== "head")
      return { redirect: at(content, `/${sheet.id}`) };
    const shown = new Map(content.lines.map(({ id, name }) => [id, name ?? ""]));
    const deaths = deathsIn(finalAnswers(sheet.turns[1], []));
    const names = Object.fromEntries(
      deaths.map(({ line }) => [line, (q.form.get(`name.${line}`) ?? "").trim()]),
    );
    if (!deaths.every(({ line }) => sameName(names[line], shown.get(line) ?? "")))
      return betweenScreen(q, sheet, content, { wrong: q.t("error.paper_death_name"), names });
    await changeSheet(q.store, content.list, sheet.id, (now) =>
      now.state === "first_done" ? { ...now, state: "once", names } : null,
    );
    return { redirect: at(content, `/${sheet.id}`) };
  }),
);
