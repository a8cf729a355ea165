/**
 * POST /field/_sync: one step of work with the server, answered as JSON with the ledger and the
 * words for the screen. The page asks again while there is more.
 */
import { version } from "../../../gen/build.js";
import { todoBlobs } from "../../../store/records/blobs.js";
import { register, step } from "../../../sync/client.js";
import { asksForLogin } from "../../../sync/login.js";
import { isOpen } from "../../../vault/session.js";
import { strictHeaders } from "../../headers.js";
import { route } from "../../router.js";
import { netWords } from "../../parts_of_screens/net_words.js";
import { numbers, waiting } from "../../parts_of_screens/sent_counts.js";
import { forget, waits } from "../../context.js";
import { justEntered, network } from "../../user_change.js";

/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../../sync/step_types.js").Stepped} Stepped */
/** @typedef {import("../../../sync/step_types.js").Means} Means */
/** @typedef {Pick<Means, "fetch"> & Partial<Means>} More */
/** @typedef {import("../../../store/books/save_counts.js").Counts} Counts */

/** @param {unknown} answer */
const json = (answer) =>
  new Response(JSON.stringify(answer), {
    headers: strictHeaders({ "Content-Type": "application/json", "Cache-Control": "no-store" }),
  });

/**
 * A step with what the second part adds to it: a report, whether pictures may go, bytes counted.
 * @type {(q: Open, work: (more: More) => Promise<Stepped>) => Promise<Stepped & {words?: string, asks?: number}>}
 */
let around = (_q, work) => work({ fetch: network });

/** @param {typeof around} work */
export function aroundSteps(work) {
  around = work;
}

/** Sending is named where something waits for it. @param {Stepped} done @param {Counts} ledger */
function toLogin({ code }, { pending }) {
  if (asksForLogin(code)) return "field.sync.again";
  return pending ? "field.sync.auth" : "field.login_again";
}

/** The sentence for the person while or after a step. @param {Q} q @param {Stepped} done @param {Counts} ledger */
function said(q, done, ledger) {
  if (done.did === "auth") return q.t(toLogin(done, ledger));
  if (done.did === "update") return q.t("field.sync.update");
  if (done.did === "offline") return withoutServer(q, done.trouble, ledger.pending);
  if (done.more && done.did === "pull")
    return q.t("field.sync.pull", {
      n: /** @type {{rows?: number} | undefined} */ (done.progress)?.rows ?? 0,
    });
  if (done.more) return q.t("field.sync.push");
  return waiting(waits(ledger), q.w);
}

/**
 * Why nothing came of it: no signal, a network that wants a login, or no word of our server; and
 * what is safe here. @param {Q} q @param {import("../../../sync/wire.js").Trouble | undefined} trouble @param {number} n
 */
function withoutServer(q, trouble, n) {
  const why = netWords(q, trouble);
  return n ? `${why} ${q.t("field.sync.safe", { n })}` : why;
}

/** @param {Q} q */
function about(q) {
  const used = Number(q.form.get("used"));
  const quota = Number(q.form.get("quota"));
  const persisted = q.form.get("persisted");
  return {
    app: version,
    persisted: persisted ? persisted === "yes" : undefined,
    storage: quota ? { usage: used, quota } : undefined,
  };
}

route("POST", "/field/_sync", async (q) => {
  if (!q.store)
    return json({ did: "auth", more: false, words: q.t("field.no_user_text"), login: 1 });
  const done = await around(q, async (more) => {
    const entered = await justEntered(q.store.state, q.now);
    // A store that the server does not know yet makes itself known as soon as there is signal.
    const due = q.form.get("open") || !q.store.state.sync.epoch;
    if (due && !entered && navigator.onLine)
      await register(q.store, { ...about(q), fetch: more.fetch, report: more.report }).finally(
        forget,
      );
    return step(q.store, { ...more, force: Boolean(q.form.get("now")) });
  });
  const open = await isOpen(q.store.state);
  const ledger = open ? await q.store.ledger() : done.ledger;
  const inbox = done.more || !open ? null : await q.store.inbox();
  return json({
    did: done.did,
    more: done.more,
    wait: done.wait ?? 0,
    ledger: numbers(ledger, q.w, (await todoBlobs(q.store.state)).length),
    words: done.words ?? said(q, done, ledger),
    locked: open ? 0 : 1,
    login: done.did === "auth" ? 1 : 0,
    asks: done.asks ?? 0,
    fix: inbox ? inbox.length : -1,
  });
});
