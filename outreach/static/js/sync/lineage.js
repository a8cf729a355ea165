// Who this phone is to the server: registration, the check that both remember the same history,
// going on as another device when they do not, and another life of the server.
import { offerBlobsAgain } from "../store/records/blobs.js";
import { mine } from "../store/journal/chain.js";
import { offerAgain } from "../store/journal/settle.js";
import { newId } from "../store/engine/ids.js";
import { rebuildAll } from "../store/replica/scopes.js";
import { ask } from "../store/engine/idb.js";
import { noteSync } from "../store/records/sync_state.js";
import { fetchPoint } from "../vault/fetch_key.js";
import { isOpen, keysOf } from "../vault/session.js";
import { renew } from "../vault/term.js";
import { ask as askServer } from "./call.js";
import { heed } from "./login.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("./wire.js").Fetch} Fetch */
/** @typedef {import("./answer_types.js").Device} Device */
/**
 * @typedef {object} About what the phone tells of itself
 * @property {string} [name]
 * @property {string} [app] version
 * @property {boolean} [persisted]
 * @property {StorageEstimate | null} [storage] the browser's storage estimate
 * @property {import("./report.js").Report | null} [report]
 * @property {boolean} [fresh_login] the person has just logged in
 * @property {boolean} [login] refuse unless this browser's login is this person's
 */
/** @typedef {{ok: boolean, status: number, code?: string, trouble?: import("./wire.js").Trouble, told?: import("./answer_types.js").Told}} Registered */

const DEVICE = "/sync/v1/device";
export const OTHER_KEY = "device_key_differs";

/**
 * Make this phone known to the server, or tell it news of itself; profile and scopes follow.
 * @param {Store} store @param {{fetch: Fetch} & About} options
 * @returns {Promise<Registered>} status 401: log in first; 410: this phone was called lost; code
 *   wrong_user: somebody else is
 */
export async function register(store, { fetch, ...about }) {
  const s = store.state;
  await s.peek();
  const { device, mid, lost } = s.head;
  // Told each time: a server that came back from a backup may have forgotten whose successor I am,
  // and what went with a storage before.
  const itself = lost?.device === device;
  const was = s.head.was ?? (itself ? undefined : lost?.device);
  const answer = await tell(s, fetch, {
    device,
    was,
    recorded: mid,
    was_empty: Boolean(lost && (itself || !s.head.was)),
    was_recorded: lost?.mid,
    lost_device: lost?.device,
    ...(await keysToBring(s)),
    ...about,
  });
  // The server knows this device id with another key: this is not that installation any more.
  if (answer.body?.code === OTHER_KEY)
    await noteSync(s, { fork: s.sync.fork ?? newId(store.clock()) });
  if (answer.status !== 200) return failed(answer);
  const { epoch, ...profile } = /** @type {Device} */ (answer.body);
  const userId = profile.user?.id ?? profile.user;
  if (userId !== store.userId) return { ok: false, status: 200, code: "wrong_user" };
  await learnKeys(s, profile.keys ?? []);
  await renew(s, profile.lease_days);
  await heed(s, profile);
  if (await isOpen(s)) await store.setProfile({ ...profile, name: profile.user?.name ?? "" });
  // A changed epoch is left to the next answer that also says what the server still has.
  const known = { app: about.app ?? "", ...heard(s, profile) };
  await noteSync(s, s.sync.epoch ? known : { ...known, epoch });
  return { ok: true, status: 200, told: profile };
}

/** The public halves that the server is to know. @param {State} s */
export const keysToBring = async (s) => ({
  public_key: (await keysOf(s)).public,
  fetch_key: await fetchPoint(s),
});

/** Remember what to seal with. @param {State} s @param {import("../vault/seal.js").ServerKey[]} keys */
async function learnKeys(s, keys) {
  s.keys = keys;
  await s.conn.run(["meta"], "readwrite", (tx) => ask(tx.objectStore("meta").put(keys, "keys")));
}

/** @param {import("./call.js").Answer} answer @returns {Registered} */
export const failed = ({ status, body, trouble }) => ({
  ok: false,
  status,
  code: body?.code,
  trouble,
});

/**
 * Tell the server of this phone. A phone that knows no key of the server believes the first one
 * that it is told, unless that calls it lost: it could check nothing before. After a login it also
 * believes another one that takes it in.
 * @param {State} s @param {Fetch} fetch @param {{fresh_login?: boolean, login?: boolean} & Record<string, unknown>} body
 */
export function tell(s, fetch, body) {
  const known = s.keys.some(({ kind }) => kind === "sign");
  const mayTell = (/** @type {number} */ status) =>
    known ? (body.fresh_login || body.login) && status === 200 : status !== 410;
  /** @type {import("./call.js").Trust} */
  const trust = (told, status) => (mayTell(status) ? [...s.keys, ...(told?.keys ?? [])] : s.keys);
  const whole = { name: "", app: "", persisted: null, storage: null, ...body };
  return askServer(s, fetch, DEVICE, whole, trust);
}

/**
 * Bring my books in line with what an answer says of the server's. Answers what happened.
 * @param {Store} store
 * @param {import("./answer_types.js").Standing} answer
 * @returns {Promise<"same" | "epoch" | "fork">}
 */
export async function compare(store, answer) {
  const s = store.state;
  const { last_mid, last_key, receipt, missing } = answer;
  await renew(s);
  if (answer.fork || (await differs(s, last_mid, last_key))) {
    await noteSync(s, { fork: s.sync.fork ?? newId(store.clock()) });
    return "fork";
  }
  if (answer.epoch !== s.sync.epoch) {
    await rebuildAll(s);
    await offerAgain(s, last_mid);
    await offerBlobsAgain(s);
    const again = { epoch: answer.epoch, received: last_mid, durable: 0, deltas: true };
    await noteSync(s, { ...again, ...heard(s, answer) });
    return "epoch";
  }
  if (last_mid < s.sync.received) await offerAgain(s, last_mid);
  const durable = answer.durable_mid ?? s.sync.durable;
  const signed = receipt ? { receipt } : {};
  await noteSync(s, { received: last_mid, durable, missing, ...heard(s, answer), ...signed });
  return "same";
}

/** The server's time, and the phone's clock beside it. @param {State} s @param {{server_time?: string}} answer */
export const heard = (s, { server_time: serverTime }) =>
  serverTime ? { serverTime, heardAt: s.clock().getTime() } : {};

/**
 * True when the server knows a history that is not mine: my storage went back in time.
 * @param {State} s @param {number} lastMid @param {string | null} lastKey
 */
async function differs(s, lastMid, lastKey) {
  if (!lastMid) return false;
  if (lastMid > s.head.mid) return true;
  const own = await mine(s, lastMid);
  return Boolean(own && lastKey && own.key !== lastKey);
}
