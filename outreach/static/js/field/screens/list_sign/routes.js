/** Signing a list: what blocks it, the minutes step by step, and the save itself. */
import { counts, overFor, remainingLines } from "../../../domain/village_decisions.js";
import { GLASS, minutesFault } from "../../../domain/list_signers.js";
import { LIST_FILE } from "../../../sync/blob.js";
import { nameSaves } from "../../parts_of_screens/other_saves.js";
import { route } from "../../router.js";
import { follow } from "../list_check/decide.js";
import { whoDecides, withList } from "../list_check/list_context.js";
import { MINUTES } from "../list_check/versions_read.js";
import { exactList, rootOf } from "./exact_list.js";
import {
  answered,
  draftId,
  inksId,
  keepForm,
  loadForm,
  meetingErrors,
  minutesIn,
  signerErrors,
  signersIn,
} from "./minutes_form.js";
import { leftOut, obstaclesOf, presentHolders } from "./obstacles.js";
import { selfMarks } from "./self_marks.js";
import { lastLookView, onceOf, signView, stepView } from "./sign_view.js";
import "./signed_routes.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {"meeting" | "who"} Step */

nameSaves(MINUTES, "field.minutes.save");

/** Ids that a save has room for beside its signers. */
const MOST_HEADS = 450;
/** What another signature may take the place of. */
const FAILED_STATES = ["broken", "declined", "held"];
/** Sentences of a save that the phone's storage refused; the form stays. @type {Record<string, string>} */
const REFUSED = {
  storage_full: "field.error.full",
  storage_busy: "error.storage_busy",
  storage_failed: "error.storage_failed",
};

/** @param {ListContent} content @param {string} [rest] */
const sign = ({ list }, rest = "") => `/field/list/${list.id}/sign${rest}`;

/**
 * A version of this very list that still stands. One that counted and left somebody out, since an
 * answer clashed or a name had changed, is signed anew though the answers are the same again.
 * @param {ListContent} content @param {string} hash
 */
const sameIn = (content, hash) =>
  content.versions.find(
    ({ hash: signed, state }) =>
      signed === hash &&
      !FAILED_STATES.includes(state) &&
      !(state === "counts" && leftOut(content).length),
  );

/**
 * A handler of the form; whoever may not sign yet sees why.
 * @param {(q: Open, content: ListContent, ctx: ListScreen & {user: string}, form: Form) => Made | Promise<Made>} handler
 */
const whoSigns = (handler) =>
  whoDecides(async (q, content, ctx) => {
    if (obstaclesOf(content, ctx.today).length) return { redirect: sign(content) };
    const form = await loadForm(q, content, ctx.today);
    return handler(q, content, { ...ctx, user: q.store.userId }, form);
  });

route(
  "GET",
  "/field/list/{id}/sign",
  withList(async (q, content, ctx) => {
    const told = ctx.can || (ctx.works && content.list.state === "closed");
    if (!told) return { redirect: `/field/list/${content.list.id}` };
    const same = sameIn(content, (await exactList(content)).hash);
    const here = { user: q.store.userId, freshAt: q.store.state.sync.freshAt };
    const [first] = presentHolders(content.holders, ctx.today, q.store.userId);
    const tied = ctx.can ? await selfMarks(q, content, first ? [first.name] : []) : [];
    return {
      view: "list_sign",
      title: q.t("field.minutes"),
      ctx: { ...signView(content, ctx, here, same, q.w), tied },
    };
  }),
);

/** @param {Open} q @param {Step} step @param {ListContent} content @param {Form} form @param {ListScreen & {user: string}} ctx @param {Errors} [errors] */
const stepScreen = (q, step, content, form, ctx, errors) => ({
  view: "list_sign_step",
  title: q.t("field.minutes"),
  status: errors ? 422 : 200,
  at: sign(content, `/${step}`),
  ctx: stepView(step, content, form, errors, ctx, q.w),
});

/** What is wrong with a step. @type {Record<Step, (content: ListContent, form: Form, today: string) => Errors>} */
const ERRORS = {
  meeting: ({ list }, form, today) => meetingErrors(list, form, today),
  who: signerErrors,
};
const NEXT = { meeting: "/who", who: "/do" };

for (const step of /** @type {Step[]} */ (["meeting", "who"])) {
  route(
    "GET",
    `/field/list/{id}/sign/${step}`,
    whoSigns((q, content, ctx, form) => stepScreen(q, step, content, form, ctx)),
  );
  route(
    "POST",
    `/field/list/{id}/sign/${step}`,
    whoSigns(async (q, content, ctx, kept) => {
      const form = answered(kept, q.form);
      await keepForm(q, content.list, form);
      const errors = ERRORS[step](content, form, ctx.today);
      if (Object.keys(errors).length) return stepScreen(q, step, content, form, ctx, errors);
      return { redirect: sign(content, NEXT[step]) };
    }),
  );
}

/** The step that still lacks something, before the last look. @param {ListContent} content @param {Form} form @param {string} today @returns {Step | undefined} */
const lacking = (content, form, today) =>
  /** @type {Step[]} */ (["meeting", "who"]).find(
    (step) => Object.keys(ERRORS[step](content, form, today)).length,
  );

/** What was drawn over another list counts no more. @param {Form} form @param {string} hash @returns {{form: Form, changed: boolean}} */
function overThis(form, hash) {
  const drawn = Object.keys(form).filter((name) => name.endsWith("_strokes") && form[name]);
  const changed = form.seen !== hash && drawn.length > 0;
  const rest = Object.entries(form).filter(([name]) => !changed || !drawn.includes(name));
  return { form: { ...Object.fromEntries(rest), seen: hash }, changed };
}

/** @param {Open} q @param {ListContent} content @param {Form} form @param {string} hash @param {ListScreen & {user: string}} ctx @param {{errors?: Errors, said?: string}} [wrong] */
async function lastLook(q, content, form, hash, ctx, wrong = {}) {
  const signers = signersIn(content, form).map(({ name }) => name);
  const tied = await selfMarks(q, content, signers);
  return {
    view: "list_sign_do",
    title: q.t("field.minutes"),
    status: wrong.said || wrong.errors ? 422 : 200,
    at: sign(content, "/do"),
    ctx: { ...lastLookView(content, form, hash, wrong, ctx, q.w), tied },
  };
}

route(
  "GET",
  "/field/list/{id}/sign/do",
  whoSigns(async (q, content, ctx, kept) => {
    const step = lacking(content, kept, ctx.today);
    if (step) return { redirect: sign(content, `/${step}`) };
    const { hash } = await exactList(content);
    const { form, changed } = overThis(kept, hash);
    await keepForm(q, content.list, form);
    const view = await lastLook(q, content, form, hash, ctx);
    const said = changed ? q.t("field.minutes.changed") : "";
    return { ...view, ctx: { ...view.ctx, said } };
  }),
);

/** Signers on glass whose signature is not on this phone. @param {Open} q @param {ReturnType<typeof minutesIn>} minutes @returns {Promise<Errors>} */
async function missingInk(q, { signers }) {
  /** @type {Errors} */
  const errors = {};
  for (const { role, method, strokes } of signers)
    if (method === GLASS && !(await q.store.blob(strokes ?? "")))
      errors[`${role}_strokes`] = [{ code: "field.minutes.error.strokes" }];
  return errors;
}

/** Save; where the room is full, let go of pictures the server has long had, and try again. @param {Open} q @param {Parameters<Open["store"]["save"]>[0]} request */
const saved = (q, request) =>
  q.store.save(request).catch(async (error) => {
    if (error.code !== "storage_full" || !(await q.store.freeSpace(true))) throw error;
    return q.store.save(request);
  });

/**
 * The decisions on which the signed list rests, known to the server or not. Too many for one save
 * are left out: then the server goes by what it knows.
 * @param {ListContent["lines"]} lines @param {ListContent["resolved"]} resolved
 */
function headsOf(lines, resolved) {
  const ids = remainingLines(lines).map(({ id }) => id);
  const heads = overFor(resolved, ids);
  return heads.length <= MOST_HEADS && { heads };
}

/**
 * One save: the list itself, what was drawn and photographed, and the minutes, or nothing of it.
 * @param {Open} q @param {ListContent} content @param {Form} form
 * @param {import("./exact_list.js").ExactList} exact @param {ReturnType<typeof minutesIn>} minutes
 */
async function signList(
  q,
  { list, lines, resolved, decisions },
  form,
  { document, bytes, hash },
  minutes,
) {
  const root = await rootOf(document);
  const once = onceOf(decisions);
  const sums = { ...counts(lines, resolved), ...(once && { once }) };
  const said = { list: list.id, hash, root, counts: sums, ...headsOf(lines, resolved), ...minutes };
  const fault = minutesFault(said, list.forum ?? null);
  if (fault) throw new Error(`minutes: ${fault}`);
  const inks = minutes.signers.flatMap(({ role, strokes }) => (strokes ? [[role, strokes]] : []));
  const drawn = { scope: list.scope, data: { form: Object.fromEntries(inks) }, blank: true };
  await q.store.putDraft(inksId(form.id), drawn);
  await saved(q, {
    table: MINUTES,
    id: form.id,
    scope: list.scope,
    changes: said,
    draftId: draftId(list.id),
    blobs: [{ sha: hash, bytes, mime: LIST_FILE }],
  });
  await follow(q.store);
}

route(
  "POST",
  "/field/list/{id}/sign/do",
  whoSigns(async (q, content, ctx, kept) => {
    const step = lacking(content, kept, ctx.today);
    if (step) return { redirect: sign(content, `/${step}`) };
    const exact = await exactList(content);
    const { form } = overThis(answered(kept, q.form), exact.hash);
    await keepForm(q, content.list, form);
    const again = (/** @type {{errors?: Errors, said?: string}} */ wrong) =>
      lastLook(q, content, form, exact.hash, ctx, wrong);
    if (q.form.get("seen") !== exact.hash) return again({ said: q.t("field.minutes.changed") });
    const minutes = minutesIn(content, form);
    const errors = await missingInk(q, minutes);
    if (Object.keys(errors).length) return again({ errors, said: q.t("field.mend") });
    try {
      await signList(q, content, form, exact, minutes);
    } catch (error) {
      const words = REFUSED[/** @type {{code: string}} */ (error).code];
      if (!words) throw error;
      return again({ said: q.t(words) });
    }
    return { redirect: `/field/list/${content.list.id}/signed/${form.id}` };
  }),
);
