/**
 * Screens that stand before all others: the PIN, the time that the app may go on without the server, and
 * the end of a phone that was called lost. Sending and files to carry need none of it.
 */
import { version } from "../../../gen/build.js";
import { dropUnused } from "../../../store/set_aside_database.js";
import { todoBlobs } from "../../../store/records/blobs.js";
import { isOver } from "../../../vault/lease.js";
import { end } from "../../../store/access/ended.js";
import { isPin, isWeak, pinState, putOff, setPin } from "../../../store/access/pin.js";
import { recall, startAnew } from "../../../store/access/reset.js";
import { leave, leftElsewhere } from "../../../vault/left.js";
import { isOpen, lock, look, touch } from "../../../vault/session.js";
import { dateConfirmed, happened, isToday } from "../../../vault/term.js";
import { unlock, waitLeft } from "../../../store/access/unlock.js";
import { register } from "../../../sync/client.js";
import { forgetAsked } from "../../asked.js";
import { onKeyMessage } from "../../open_key.js";
import { onEnter, route } from "../../router.js";
import { seenAt } from "../../seen.js";
import { loginWords } from "../../parts_of_screens/net_words.js";
import { askedAt } from "../../parts_of_screens/login_way.js";
import { pinWords, waitWords } from "../../parts_of_screens/pin_words.js";
import { numbers } from "../../parts_of_screens/sent_counts.js";
import { forget, servesAll } from "../../context.js";
import { enter, network } from "../../user_change.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../../../store/engine/errors.js").StoreError} StoreError */

const HOME = "/field/";
/** Addresses that need nothing of what the lock keeps. */
const FREE = /^\/field\/(?:_sync|login|away|carry(?:\/.*)?|pin\/(?:open|forgot))$/;
/** Each store's lease, as read since this worker began. @type {WeakMap<import("../../../store/records/state.js").State, import("../../../vault/lease.js").Lease | undefined>} */
const leases = new WeakMap();

self.addEventListener?.("message", /** @type {(event: Event) => void} */ (onKeyMessage));

/**
 * What stands before this gate: undefined lets it do its work, null lets the request through.
 * The mode of a phone that was handed over brings it.
 * @type {(q: Q) => Promise<Made | undefined>}
 */
let before = async () => undefined;

/** @param {typeof before} work */
export function standBefore(work) {
  before = work;
}

onEnter(async (q) => {
  const made = await before(q);
  if (made !== undefined) return made;
  if (!q.store || FREE.test(q.path)) return null;
  // Who has just logged in is asked after here: nothing behind the gate is reached by it.
  if (q.path === HOME && q.method === "GET" && q.query.get("u")) return entered(q);
  const { state } = q.store;
  if (q.method === "GET" && (await leftElsewhere(state))) await leave(state, true);
  if (!(await isOpen(state))) return locked(q);
  const lease = (await happened(state)) ?? leases.get(state);
  leases.set(state, lease);
  if (lease && isOver(lease)) {
    await end(state, "lease");
    leases.delete(state);
    return locked(q);
  }
  if (q.own && !q.request.headers.has("Jangkau-Again")) touch(state);
  if (q.path === "/field/pin/date") return null;
  if (lease?.doubt) return dateView(q);
  return q.path === HOME && q.method === "GET" ? asked(q) : null;
});

/**
 * Whoever is named may enter, and whoever was here before goes on where the login was asked for; a
 * person whom the server did not confirm leaves nothing here. @param {Q} q
 */
async function entered(q) {
  const before = await q.meta.currentUser();
  const made = await enter(q);
  const back = before === q.query.get("u") ? askedAt(q.query) : "";
  if (back && made.redirect === HOME) return { redirect: back };
  const { pathname, searchParams } = new URL(made.redirect, q.request.url);
  if (pathname === HOME && searchParams.get("e"))
    await dropUnused(/** @type {string} */ (q.query.get("u")));
  return made;
}

/**
 * A PIN is asked for at the first Today, and from a day later on without "Nanti saja". Not at the
 * counter's desk, which fetches nobody and stands behind the office's own lock. @param {Open} q
 */
async function asked(q) {
  if (servesAll(q)) return null;
  const { has, ask, asked: before } = await pinState(q.store.state);
  return has || (before && !ask) ? null : pinView(q, { later: !before });
}

/**
 * The work that a locked phone holds, in words: saves it sends, pictures that wait for the PIN;
 * "" for none. @param {Open} q @param {number} pending
 */
export async function leftWhileLocked(q, pending) {
  if (pending) return q.t("field.lock.waits", { n: pending });
  const photos = (await todoBlobs(q.store.state)).length;
  return photos ? q.t("field.lock.photos", { n: photos }) : "";
}

/** The locked phone: numbers, no names. @param {Open} q @param {string} [wrong] */
async function locked(q, wrong = "") {
  const { store } = q;
  store.state.wipe();
  forget();
  forgetAsked();
  const [counts, photos, left, { ended, keys, left: out }] = await Promise.all([
    store.counts(),
    todoBlobs(store.state),
    waitLeft(store.state),
    look(store.state, ["ended", "keys", "left"]),
  ]);
  const waits = await leftWhileLocked(q, counts.pending);
  // Without a PIN only the login opens what a person has logged out of.
  const login = Boolean(out && !keys?.salt);
  // A key that is gone is opened by no PIN any more: only Forgot the PIN goes on from there.
  const gone = Boolean(ended && !ended.key);
  const lease = gone ? "lease_gone" : "lease";
  const why = ended ? (ended.reason === "lost" ? "lost" : lease) : out && "left";
  const resting = left ? q.t("field.lock.resting", { wait: waitWords(left, q.w) }) : "";
  // Afterwards the same address: a form's own, where its answers were kept.
  const back = q.method === "GET" ? q.path : seenAt(q.path);
  return {
    view: "lock",
    title: q.t("field.lock"),
    status: wrong ? 422 : 200,
    at: back,
    ctx: {
      back,
      ended: why ? q.t(`field.lock.${login ? "left_login" : why}`) : "",
      login: login ? 1 : 0,
      opens: login || gone ? 0 : 1,
      said: wrong || resting,
      wrong: wrong ? 1 : 0,
      ledger_numbers: numbers(counts, q.w, photos.length),
      waits: waits,
    },
  };
}

/** @param {Q} q @param {{later?: boolean, old?: boolean, recall?: boolean, wrong?: string}} how */
function pinView(q, { later = false, old = false, recall: back = false, wrong = "" } = {}) {
  const key = back ? "recall" : old ? "change" : "make";
  return {
    view: "pin",
    title: q.t(`field.pin.${key}`),
    status: wrong ? 422 : 200,
    ctx: {
      title: q.t(`field.pin.${key}`),
      text: q.t(back ? "field.pin.recall_text" : "field.pin.text"),
      lists: later ? q.t("field.pin.lists") : "",
      wrong,
      later: later ? 1 : 0,
      old: old ? 1 : 0,
      make: back ? 0 : 1,
      to: back ? "pin_old" : "pin",
    },
  };
}

/** @param {Q} q @param {string} [wrong] */
const dateView = (q, wrong = "") => ({
  view: "date",
  title: q.t("field.lock.date"),
  status: wrong ? 422 : 200,
  at: HOME,
  ctx: { wrong },
});

/** The fault of a new PIN typed twice; "" for none. @param {Q} q @param {string} one @param {string} two */
export function fault(q, one, two) {
  if (!isPin(one)) return q.t("field.pin.six");
  if (isWeak(one)) return q.t("field.pin.weak");
  return one === two ? "" : q.t("field.pin.differ");
}

route("GET", "/field/pin", async (q) => {
  if (!q.store) return { redirect: HOME };
  return pinView(q, { old: (await pinState(q.store.state)).has });
});

route("POST", "/field/pin", async (q) => {
  if (!q.store) return { redirect: HOME };
  const { state } = q.store;
  const { has, asked: before } = await pinState(state);
  const how = { old: has, later: !has && !before };
  const [pin, again, old] = ["pin1", "pin2", "old"].map((name) => q.form.get(name) ?? "");
  const wrong = fault(q, pin, again);
  if (wrong) return pinView(q, { ...how, wrong });
  const tried = await setPin(state, pin, has ? { old } : {});
  return tried.ok ? { redirect: HOME } : pinView(q, { ...how, wrong: pinWords(tried, q.w) });
});

route("POST", "/field/pin/later", async (q) => {
  if (!q.store) return { redirect: HOME };
  await putOff(q.store.state);
  return { redirect: HOME };
});

route("POST", "/field/pin/open", async (q) => {
  if (!q.store) return { redirect: HOME };
  const tried = await unlock(q.store.state, q.form.get("pin") ?? "");
  const back = q.form.get("back") ?? "";
  if (tried.ok) return { redirect: /^\/field\/(?!\/)/.test(back) ? back : HOME };
  return locked({ ...q, path: back, method: "GET" }, pinWords(tried, q.w));
});

route("POST", "/field/pin/lock", async (q) => {
  if (!q.store) return { redirect: HOME };
  await lock(q.store.state);
  return { redirect: HOME };
});

/** The server goes on without another login for so long. */
const JUST_IN = 15 * 60_000;

/** True where a login a moment ago still stands, as far as this phone has heard. @param {Open} q */
async function isJustIn({ store: { state }, now }) {
  await state.peek();
  const { enteredAt = 0, session = true } = state.sync;
  const { ended } = await look(state, ["ended"]);
  const stands = session && enteredAt > (ended?.at ?? 0);
  return stands && Math.abs(now.getTime() - enteredAt) < JUST_IN;
}

/** @param {Q} q @param {string} [wrong] */
async function forgotView(q, wrong = "") {
  const isIn = !wrong && q.store && (await isJustIn(/** @type {Open} */ (q)));
  return {
    view: "forgot",
    title: q.t("field.pin.forgot"),
    status: wrong ? 422 : 200,
    ctx: {
      wrong,
      text: q.t(`field.pin.forgot_${isIn ? "in" : "login"}`),
      login: isIn ? "" : "/field/pin/forgot",
    },
  };
}

route("GET", "/field/pin/forgot", (q) => forgotView(q));

route("POST", "/field/pin/forgot", async (q) => {
  const { store } = q;
  if (!store) return { redirect: HOME };
  const fresh = { fetch: network, app: version, fresh_login: true };
  const answer = await register(store, fresh).catch(() => ({ ok: false, status: 0 }));
  if (!answer.ok) return forgotView(q, loginWords(q, answer));
  try {
    await startAnew(store.state);
  } catch (error) {
    if (/** @type {StoreError} */ (error).code !== "unsealed") throw error;
    return forgotView(
      q,
      q.t("field.pin.unsealed", { n: /** @type {StoreError} */ (error).params.n }),
    );
  }
  await register(store, { fetch: network, app: version });
  forget();
  return { redirect: HOME };
});

route("GET", "/field/pin/old", (q) => pinView(q, { recall: true }));

route("POST", "/field/pin/old", async (q) => {
  if (!q.store) return { redirect: HOME };
  const tried = await recall(q.store.state, q.form.get("old") ?? "");
  return tried.ok ? { redirect: HOME } : pinView(q, { recall: true, wrong: pinWords(tried, q.w) });
});

route("POST", "/field/pin/date", async (q) => {
  if (!q.store) return { redirect: HOME };
  const [day, month, year] = (q.form.get("date") ?? "").split(/\D+/).map(Number);
  const date = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const { state } = q.store;
  if (Number.isNaN(Date.parse(date))) return dateView(q, q.t("field.lock.date_form"));
  if (!isToday(state, date)) return dateView(q, q.t("field.lock.date_wrong"));
  leases.delete(state);
  if (await dateConfirmed(state)) await end(state, "lease");
  return { redirect: HOME };
});
