// The identity of the server to this phone, and of this phone to the server, where either has to be
// settled before anything else can be said.
import { mirror } from "../store/engine/cookie_mirror.js";
import { renumber } from "../store/journal/renumber.js";
import { noteSync } from "../store/records/sync_state.js";
import { isOpen } from "../vault/session.js";
import { register } from "./client.js";
import { tellLetGo } from "./let_go.js";
import { failed, keysToBring, tell } from "./lineage.js";
import { backOff, waitLeft } from "./progress.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */

/**
 * A phone that knows no key of the server believes no answer, so it asks for the keys first; null
 * where it knows one. @param {Store} store @param {Means} means @param {boolean} force
 * @returns {Promise<Result | null>}
 */
export async function meet(store, means, force) {
  const s = store.state;
  await s.peek();
  if (!s.sync.epoch || s.keys.some(({ kind }) => kind === "sign")) return null;
  const now = means.now().getTime();
  const wait = waitLeft(s, now);
  if (wait > 0 && !force) return { did: "idle", more: false, wait };
  const { ok, status, code, trouble } = await register(store, {
    fetch: means.fetch,
    app: s.sync.app,
  });
  if (ok) return null;
  if (status === 401 || status === 403) return { did: "auth", more: false, code };
  await backOff(s, now, means.random());
  return { did: "offline", more: false, code, trouble };
}

/** @param {Store} store @param {Means} means @returns {Promise<Result>} */
export async function fork(store, means) {
  const { ok, status, code, trouble } = await goOnAsAnother(store, means.fetch);
  if (ok) {
    await noteSync(store.state, { fails: 0, until: 0 });
    return { did: "push", more: true };
  }
  if (status === 401 || status === 403) return { did: "auth", more: false, code };
  await backOff(store.state, means.now().getTime(), means.random());
  return { did: "offline", more: false, code, trouble };
}

/**
 * The same at once, for a registration; false while the phone is locked, and where it came to
 * nothing. @param {Store} store @param {import("./wire.js").Fetch} fetch
 */
export const another = async (store, fetch) =>
  (await isOpen(store.state)) && (await goOnAsAnother(store, fetch)).ok;

/**
 * Go on as a new device that says which one it was; every kept save is numbered anew.
 * @param {Store} store @param {import("./wire.js").Fetch} fetch
 * @returns {Promise<import("./lineage.js").Registered>}
 */
async function goOnAsAnother(store, fetch) {
  const s = store.state;
  const device = /** @type {string} */ (s.sync.fork);
  const was = s.head.device;
  const answer = await tell(s, fetch, {
    device,
    was,
    recorded: s.head.mid - s.head.floor.mid,
    ...(await keysToBring(s)),
  });
  if (answer.status !== 200) return failed(answer);
  await renumber(s, device);
  await mirror(s.userId, device, s.head.mid);
  await tellLetGo(s, fetch);
  return { ok: true, status: 200 };
}
