// One page of what the server has for this phone: first the list of each village, then changes,
// then full rows in the background.
import { applyPage, cursorOf } from "../store/replica/pulled_pages.js";
import { knownTables, pullUnknown } from "../store/replica/other_tables.js";
import { isVillage } from "../store/replica/scopes.js";
import { end } from "../store/access/ended.js";
import { noteSync } from "../store/records/sync_state.js";
import { nextPoint, takeNext } from "../vault/fetch_key.js";
import { isOpen } from "../vault/session.js";
import { ask } from "./call.js";
import { compare } from "./lineage.js";
import { asksForLogin, heed } from "./login.js";
import { backOff } from "./progress.js";
import { probe } from "./probe.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("../store/records/state.js").ScopeState} ScopeState */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */
/** @typedef {import("./answer_types.js").Pulled} Pulled */
/** @typedef {import("./answer_types.js").Said} Said */
/** @typedef {{view: "list" | "full", flag?: "deltas" | "lists", cursors: Record<string, number>}} Plan */

/** The server does not know the key that this phone fetches with: the next login here brings it. */
const NO_KEY = "fetch_key_unknown";
const ROUND_MS = 45000;
const ASKED_MS = 5000;
const MIN_ROWS = 25;
/** A page that came within this time is followed by one of twice as many rows, up to so many. */
const QUICK_MS = 1500;
const MOST = { list: 2000, full: 800 };

/**
 * Begin to ask for changes when the last time is long enough ago.
 * @param {Store} store @param {Means} means @param {boolean} force
 */
export async function startRound({ state }, means, force) {
  const now = means.now().getTime();
  const age = Math.abs(now - state.sync.pulledAt);
  if (age < (force ? ASKED_MS : ROUND_MS)) return;
  await noteSync(state, { deltas: true, lists: true, pulledAt: now });
}

/** @param {State} s @param {"list" | "full"} view @param {(state: ScopeState, scope: string) => boolean} wanted */
function cursors(s, view, wanted) {
  const chosen = Object.entries(s.base).filter(([scope, state]) => wanted(state, scope));
  return Object.fromEntries(chosen.map(([scope, state]) => [scope, cursorOf(state, view)]));
}

/** The next request of a pull, or null. @param {State} s @param {"round" | "background"} when @returns {Plan | null} */
function plan(s, when) {
  const { deltas, lists } = s.sync;
  /** @type {Plan[]} */
  const plans = [];
  if (when === "background") {
    const loading = cursors(s, "full", ({ listed, whole, fresh }) => listed && !whole && !fresh);
    plans.push({ view: "full", cursors: loading });
  }
  if (when === "round" && deltas) {
    const followed = cursors(s, "full", ({ whole, fresh }, scope) =>
      fresh ? !fresh.done : whole || !isVillage(scope),
    );
    plans.push({ view: "full", flag: "deltas", cursors: followed });
  }
  if (when === "round" && lists) {
    const listing = cursors(s, "list", ({ whole, fresh }) => !whole && !fresh);
    plans.push({ view: "list", flag: "lists", cursors: listing });
  }
  return plans.find((one) => Object.keys(one.cursors).length) ?? null;
}

/**
 * Pull one page; null when there is nothing to ask for.
 * @param {Store} store @param {Means} means @param {"round" | "background"} when
 * @returns {Promise<Result | null>}
 */
export async function pull(store, means, when) {
  const s = store.state;
  await pullUnknown(s);
  const asked = plan(s, when);
  if (!asked) return null;
  const { view, cursors: at } = asked;
  const { device } = s.head;
  const limit = s.sync.limit[view];
  const told = means.report ? { report: means.report } : {};
  const next = await nextPoint(s);
  const question = {
    device,
    epoch: s.sync.epoch,
    cursors: at,
    view,
    limit,
    tables: knownTables(),
    receipts: 2,
    ...(next && { fetch_key: next }),
    ...told,
  };
  const began = means.now().getTime();
  const answer = await ask(s, means.fetch, "/sync/v1/pull", question);
  const { status, body, timeout, retryAfter, trouble } = answer;
  if (next && (body?.fetch_key || body?.code === NO_KEY)) {
    // Taken now, or with a pull whose answer was lost.
    await takeNext(s);
    if (status !== 200) return { did: "pull", more: true };
  }
  if (status === 200 && body?.scopes)
    return apply(store, means, asked, /** @type {Pulled} */ (body), began);
  if ([403, 410].includes(status)) await noteSync(s, { refusal: body?.code ?? "device_revoked" });
  if (status === 410) {
    await end(s, "lost");
    return { did: "locked", more: true, code: body?.code };
  }
  // A phone that may not fetch still has to hear when the server went back in time.
  if (status === 403) await probe(store, means, true);
  if (status === 401 && asksForLogin(body?.code)) {
    await heed(s, /** @type {Said} */ (body));
    if (!(await isOpen(s)))
      return { did: "locked", more: false, code: /** @type {Said} */ (body).code };
  }
  if (status === 401 || status === 403) return { did: "auth", more: false, code: body?.code };
  if (body?.code === NO_KEY) return { did: "auth", more: false, code: NO_KEY };
  if (status === 426) return { did: "update", more: false, code: body?.code };
  const fewer = Math.max(MIN_ROWS, Math.floor(limit / 2));
  const change = timeout ? { limit: { ...s.sync.limit, [view]: fewer } } : {};
  await backOff(s, means.now().getTime(), means.random(), retryAfter, change);
  return { did: "offline", more: false, code: body?.code, trouble };
}

/**
 * The limit for the next page of a view. @param {State} s @param {Plan["view"]} view @param {number} took milliseconds
 */
function larger(s, view, took) {
  const { limit } = s.sync;
  if (took < 0 || took >= QUICK_MS || limit[view] >= MOST[view]) return {};
  return { limit: { ...limit, [view]: Math.min(MOST[view], limit[view] * 2) } };
}

/**
 * @param {Store} store @param {Means} means @param {Plan} asked @param {Pulled} body @param {number} began
 * @returns {Promise<Result>}
 */
async function apply(store, means, asked, body, began) {
  const s = store.state;
  const took = means.now().getTime() - began;
  const { view, flag, cursors: at } = asked;
  if ((await compare(store, body)) !== "same") return { did: "pull", more: true };
  const before = JSON.stringify(s.base);
  const rows = await applyPage(s, body, view, Object.keys(at));
  const more = Object.values(body.scopes).some((page) => page.more);
  if (more && JSON.stringify(s.base) === before) {
    await backOff(s, means.now().getTime(), means.random());
    return { did: "offline", more: false, code: "no_progress", trouble: "server" };
  }
  const again = Boolean(s.sync.refusal || s.sync.again);
  const ended = more ? {} : { ...(flag ? { [flag]: false } : {}), freshAt: means.now().getTime() };
  const next = more ? larger(s, view, took) : {};
  await noteSync(s, { fails: 0, until: 0, refusal: "", again, ...ended, ...next });
  return { did: "pull", more: true, progress: { view, rows } };
}
