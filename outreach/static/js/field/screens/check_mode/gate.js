/**
 * The gate of a phone that was handed over: every address leads to the one list. Its code opens it
 * after idling or a restart; sending goes on; the officer's PIN, or the officer's own fresh login,
 * ends the mode. Whoever else logs in stays before the list.
 */
import { version } from "../../../gen/build.js";
import { end as endLease } from "../../../store/access/ended.js";
import { networkType, optionsOf, photosMayGo } from "../../../store/books/options.js";
import { ifFree } from "../../../store/engine/locks.js";
import { handOn } from "../../../store/list_store.js";
import { openUser } from "../../../store/store.js";
import { noteSync } from "../../../store/records/sync_state.js";
import { isListFile, sendPiece } from "../../../sync/blob.js";
import { register, step } from "../../../sync/client.js";
import { isOver } from "../../../vault/lease.js";
import { cameBack } from "../../../vault/left.js";
import { isOpen, touch } from "../../../vault/session.js";
import { happened } from "../../../vault/term.js";
import { handed, unreadOf } from "../../check_mode.js";
import { strictHeaders } from "../../headers.js";
import { loginWords } from "../../parts_of_screens/net_words.js";
import { find } from "../../router.js";
import { foreign } from "../../shell.js";
import { forget } from "../../context.js";
import { network } from "../../user_change.js";
import { afterDecision } from "../list_check/decide.js";
import { standBefore } from "../lock/routes.js";
import { endLogin, endMode, readUnread } from "./handing.js";
import { codeView, endView } from "./view.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../../request_types.js").View} View */
/** @typedef {import("../../check_mode.js").HandedList} HandedList */

const HOME = "/field/";
/** Pictures that were taken in the list's own store; it holds no others. */
const PICTURES = "/field/blob/";
/** What is asked for outside the list, and needs nothing of it. */
const FREE = ["/field/login", "/field/check/end", "/field/check/open"];

/** True for an address of the list. @param {string} path @param {HandedList} mode */
const isOfList = (path, { list }) =>
  path === `/field/list/${list}` || path.startsWith(`/field/list/${list}/`);

afterDecision(async (store) => {
  const mode = await handed();
  if (mode?.user === store.userId) await handOn(store, (await openUser(mode.officer)).state);
});

standBefore(async (q) => {
  const mode = await handed();
  if (mode) return inMode(q, mode);
  const back = q.store && q.method === "GET" ? await unreadOf(q.store.userId) : [];
  if (q.store && back.length && (await isOpen(q.store.state))) await readUnread(q.store);
  return undefined;
});

/** @param {Q} q @param {HandedList} mode @returns {Promise<Made>} */
async function inMode(q, mode) {
  if (FREE.includes(q.path)) return null;
  if (q.path === "/field/_sync") return q.own ? sendOn(q, mode) : foreign(q);
  const officer = await openUser(mode.officer);
  const lease = await happened(officer.state);
  if (lease && isOver(lease)) {
    await endLease(officer.state, "lease");
    await endMode(mode, false);
    return { redirect: HOME };
  }
  const list = `/field/list/${mode.list}`;
  if (q.query.get("u") === mode.officer) return officerCame(q, mode);
  if (!q.store) return endView(q, { gone: true });
  if (!(await isOpen(q.store.state))) return codeView(q, isOfList(q.path, mode) ? q.path : list);
  if (q.own && !q.request.headers.has("Jangkau-Again")) touch(q.store.state);
  const shown = isOfList(q.path, mode) || q.path.startsWith(PICTURES);
  return shown ? ofList(/** @type {Open} */ (q), mode) : { redirect: list };
}

/** A screen of the list, in its frame. @param {Open} q @param {HandedList} mode @returns {Promise<Made>} */
async function ofList(q, mode) {
  const found = find(q.method, q.path);
  if (!found) return { redirect: `/field/list/${mode.list}` };
  if (q.method === "POST" && !q.own) return foreign(q);
  const made = await found.route.handler({ ...q, params: found.params });
  if (made === null || made instanceof Response) return made;
  if ("redirect" in made) {
    const { pathname } = new URL(made.redirect, q.request.url);
    return isOfList(pathname, mode) ? made : endView(q, { gone: true });
  }
  return { ...made, ctx: { ...made.ctx, mode: q.t("field.check_mode") } };
}

/** One step of sending for the officer, whose store stays shut. @param {Q} q @param {HandedList} mode */
async function sendOn(q, mode) {
  const officer = await openUser(mode.officer);
  await endLogin(mode);
  const open = Boolean(q.store && (await isOpen(q.store.state)));
  if (q.store && open) await handOn(q.store, officer.state);
  const asked = Boolean(q.form.get("now"));
  const done = await step(officer, { fetch: network, force: asked });
  const { sync, head } = officer.state;
  // A file goes once the saves that name it are there.
  const idle = done.did === "locked" && sync.received >= head.mid;
  const sent = q.store && open && idle ? await sendFile(officer, q.store, asked) : null;
  const { did, more, wait = 0 } = sent ?? done;
  const answer = { did, more, wait, locked: open ? 0 : 1, login: 0 };
  const headers = strictHeaders({ "Content-Type": "application/json" });
  return new Response(JSON.stringify(answer), { headers });
}

/**
 * A piece of a signed list, or of what was drawn and photographed for it: it lies in the list's
 * store, and the officer's device sends it. @param {Store} officer @param {Store} list @param {boolean} asked
 */
async function sendFile(officer, list, asked) {
  const photos = photosMayGo(await optionsOf(officer.state), networkType(), asked);
  const means = { fetch: network, now: () => new Date(), random: Math.random };
  const which = { from: list.state, ...(!photos && { wanted: isListFile }) };
  return ifFree(`jk-${officer.userId}-sync`, () => sendPiece(officer, means, which));
}

/** The officer has logged in here: with a password given just now the mode ends. @param {Q} q @param {HandedList} mode */
async function officerCame(q, mode) {
  const officer = await openUser(mode.officer);
  const fresh = { fetch: network, app: version, login: true, fresh_login: true };
  const answer = await register(officer, fresh).finally(forget);
  if (!answer.ok) return endView(q, { wrong: loginWords(q, answer) });
  await endMode(mode, false);
  await cameBack(officer.state);
  await noteSync(officer.state, { enteredAt: q.now.getTime() });
  return { redirect: HOME };
}
