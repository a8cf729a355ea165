/**
 * Screens of the phone itself: notes on Today, "Siap berangkat?", and who works on it.
 */
import { version } from "../../../gen/build.js";
import { clockFault } from "../../../store/engine/clock.js";
import { namesHere, rememberName } from "../../../store/engine/user_names.js";
import { losses, lostSeen } from "../../../store/books/lost_numbers.js";
import { readFreeSpace } from "../../../store/engine/free_space.js";
import { noteSync } from "../../../store/records/sync_state.js";
import { DEFAULT_DAYS, daysLeft, newLease } from "../../../vault/lease.js";
import { countShut } from "../../../store/access/reset.js";
import { look } from "../../../vault/session.js";
import { restIsWhole } from "../../lifecycle.js";
import { route } from "../../router.js";
import { featureCards, featureLinks } from "../../parts_of_screens/feature_links.js";
import { deviceNotes } from "./notes_view.js";
import { readyView } from "./ready_view.js";
import { todayLinks } from "./today_links.js";
import { usersView } from "./users_view.js";
import { ownVillages, person, references, servesAll, village, waits } from "../../context.js";
import { onToday } from "../home/routes.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../../store/books/save_counts.js").Counts} Counts */
/** @typedef {Awaited<ReturnType<import("../../../store/store.js").Store["ledger"]>>} Ledger */
/** @typedef {import("../../context.js").Refs} Refs */

const BEHIND = 5 * 60_000;

/** Everybody who works on this phone, with their names. @param {Open} q */
async function everybody(q) {
  // For the list of people alone: a full phone shows this screen all the same.
  await rememberName(q.store.userId, person(q).name).catch(() => {});
  const [users, names] = await Promise.all([q.meta.knownUsers(), namesHere()]);
  return users.map((one) => ({ ...one, name: names[one.id] ?? "" }));
}

/** The facts of this phone now. @param {Open} q @param {Pick<Counts, "pending">} ledger */
async function facts(q, ledger) {
  const { state } = q.store;
  const { sync } = state;
  const [room, users, { keys }] = await Promise.all([
    readFreeSpace(),
    everybody(q),
    look(state, ["keys"]),
  ]);
  return {
    ...losses(state),
    shut: keys?.old?.length ? await countShut(state) : null,
    refusal: sync.refusal ?? "",
    again: Boolean(sync.again),
    pending: ledger.pending,
    clock: clockFault(sync, Date.now()),
    room,
    others: users.filter((one) => one.id !== q.store.userId),
  };
}

/** Whom to ask for an assignment. @param {Q} q @param {Refs} refs */
const whomToAsk = (q, refs) =>
  [person(q).office, refs.settings.contact?.[q.lang]].filter(Boolean).join(", ");

/** How old lists are; a clock that went back cannot tell, so they count as never brought up to date. @param {number | undefined} at @param {number} now */
const ageOf = (at, now) => (at && now >= at - BEHIND ? Math.max(0, now - at) : null);

const UNSENT = ["waiting", "sending"];

/**
 * How many saves the phone did not send although the server has answered since; those of a storage
 * put aside count, for nobody knows their time. @param {Ledger} ledger @param {number} [heardAt]
 */
function stuckOf({ items, pending }, heardAt = 0) {
  const own = items.filter(({ state }) => UNSENT.includes(state));
  const before = own.filter(({ at }) => Date.parse(at) < heardAt);
  return before.length + Math.max(0, pending - own.length);
}

/** @param {Open} q @param {Ledger} ledger @param {Pick<Awaited<ReturnType<typeof facts>>, "room" | "clock">} known */
async function readiness(q, ledger, known) {
  const [scopes, refs, complete, { keys, lease }] = await Promise.all([
    q.store.scopes(),
    references(q),
    restIsWhole(),
    look(q.store.state, ["keys", "lease"]),
  ]);
  const { freshAt, heardAt } = q.store.state.sync;
  const waiting = waits(ledger);
  return readyView(
    {
      villages: ownVillages(q).map((code) => ({
        listed: false,
        whole: false,
        rows: 0,
        .../** @type {Partial<typeof scopes[string]>} */ (scopes[code]),
        name: village(code).name,
      })),
      whole_regency: servesAll(q),
      age: ageOf(freshAt, Date.now()),
      ask: whomToAsk(q, refs),
      room: known.room,
      pin: Boolean(keys?.salt),
      clock: known.clock,
      unsent: waiting.records,
      stuck: stuckOf(ledger, heardAt),
      photos: waiting.photos,
      lease: daysLeft(lease ?? newLease(q.now.getTime(), DEFAULT_DAYS)),
      complete,
      update: Boolean(
        /** @type {{registration?: ServiceWorkerRegistration}} */ (self).registration?.waiting,
      ),
      version,
    },
    q.w,
  );
}

onToday(async (q, ledger) => {
  const known = await facts(q, ledger);
  const inbox = await q.store.inbox();
  // A desk goes nowhere.
  const leaving = servesAll(q) ? null : await readiness(q, ledger, known);
  const counts = { leaving, fix: inbox.length };
  const news = (await featureLinks(q)).filter(({ word }) => word);
  const links = todayLinks(counts, q.w, news);
  return { cards: await featureCards(q), notes: deviceNotes(known, q.w), links };
});

route("GET", "/field/ready", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const ledger = await q.store.ledger();
  const ctx = await readiness(q, ledger, await facts(q, ledger));
  return { view: "ready", title: q.t("field.ready"), ctx };
});

route("POST", "/field/seen", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const what = q.form.get("what");
  if (what === "lost") await lostSeen(q.store.state, q.now);
  if (what === "before") await noteSync(q.store.state, { before: null });
  if (what === "again") await noteSync(q.store.state, { again: false });
  return { redirect: "/field/" };
});

route("GET", "/field/users", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const ctx = usersView({ people: await everybody(q), now: q.store.userId }, q.w);
  return { view: "users", title: q.t("field.users"), ctx };
});
