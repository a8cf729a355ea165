/**
 * Additions of the second part to sending: the phone's report, pictures only where the officer wants
 * them sent, the bytes that left this month, and in words why nothing is fetched.
 */
import { version } from "../../../gen/build.js";
import { jakartaDate } from "../../../domain/age.js";
import { networkType, optionsOf, photosMayGo, setOptions } from "../../../store/books/options.js";
import { todoBlobs } from "../../../store/records/blobs.js";
import { reportOf } from "../../../sync/report.js";
import { counting } from "../../../sync/traffic.js";
import { pinState } from "../../../store/access/pin.js";
import { isOpen } from "../../../vault/session.js";
import { route } from "../../router.js";
import { allSent } from "../../parts_of_screens/sent_counts.js";
import { leftWhileLocked } from "../lock/routes.js";
import { network } from "../../user_change.js";
import { servesAll } from "../../context.js";
import { aroundSteps } from "./routes.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../../store/books/options.js").Options["photos"]} Photos */

const EVERY = 5 * 60_000;
const REFUSALS = ["device_revoked", "user_inactive", "device_ended"];
const CHOICES = ["any", "wifi", "tap"];

/** When each person's phone last told of itself; a worker that starts anew tells again. @type {Map<string, number>} */
const toldAt = new Map();

/**
 * True once this person has chosen a PIN, or has put it off: what is fetched before lies here under
 * a key that no PIN guards, and stays in the browser's files like that. @param {Open} q
 */
async function mayFetch(q) {
  return (await pinState(q.store.state)).chosen || servesAll(q);
}

/** The report, when it is time for one. @param {Open} q */
async function due(q) {
  const { store } = q;
  const now = q.now.getTime();
  const since = now - (toldAt.get(store.userId) ?? 0);
  const opened = Boolean(q.form.get("open"));
  if ((since >= 0 && since < EVERY && !opened) || !(await isOpen(store.state))) return null;
  await store.state.refresh(false);
  const report = await reportOf(store, {
    now: new Date(), // as the phone shows it, right or wrong
    app: version,
    pin: (await pinState(store.state)).has,
  });
  toldAt.set(store.userId, now);
  return report;
}

/** Sentences about a step that only this part has. @param {Open} q @param {import("../../../sync/step_types.js").Stepped} done @param {boolean} photos */
async function words(q, done, photos) {
  if (done.did === "locked" && !done.more) {
    return (await leftWhileLocked(q, done.ledger.pending)) || allSent(done.ledger, q.w);
  }
  if (done.did === "auth" && REFUSALS.includes(/** @type {string} */ (done.code)))
    return q.t(`error.${done.code}`);
  if (photos || done.more || done.did !== "idle" || done.ledger.pending) return undefined;
  const left = (await todoBlobs(q.store.state)).length;
  return left ? q.t("field.photos.wait", { n: left }) : undefined;
}

aroundSteps(async (q, work) => {
  const { state } = q.store;
  const asked = Boolean(q.form.get("photos"));
  const photos = photosMayGo(await optionsOf(state), networkType(), asked);
  const { fetch, flush } = counting(network);
  try {
    const rows = await mayFetch(q);
    const done = await work({ fetch, photos, rows, report: await due(q) });
    return { ...done, asks: rows ? 0 : 1, words: await words(q, done, photos) };
  } finally {
    // What was counted is only told; a full disk must not make a finished step fail.
    await flush(state, jakartaDate(q.now.getTime()).slice(0, 7)).catch(() => {});
  }
});

route("POST", "/field/phone/photos", async (q) => {
  const photos = q.form.get("photos") ?? "";
  if (q.store && CHOICES.includes(photos))
    await setOptions(q.store.state, { photos: /** @type {Photos} */ (photos) });
  return { redirect: "/field/phone" };
});
