// Who may read what lies on this phone now: the open data key of a person, handed from one context
// to the next by a record in their database, and taken away after fifteen idle minutes or on lock.
import { StoreError } from "../store/errors.js";
import { ask } from "../store/idb.js";
import { makeKeys, openKey } from "./keys.js";

/** @typedef {import("./keys.js").Keys} Keys */
/** @typedef {{userId: string, conn: import("../store/idb.js").Connection, clock?: () => Date}} Owner */
/**
 * @typedef {object} Session
 * @property {CryptoKey} key
 * @property {number} gen which data key it is
 * @property {number} [at] last time the person did something; none while there is no PIN
 */

const IDLE = 15 * 60_000;
const NOTED = 60_000;

/** What this context holds. @type {WeakMap<Owner, Session>} */
const held = new WeakMap();

/** @param {Owner} s */
export const nowOf = (s) => (s.clock?.() ?? new Date()).getTime();

/**
 * Some records of the vault.
 * @template {string} K
 * @param {Owner} s @param {K[]} names @returns {Promise<Record<K, any>>}
 */
export async function look(s, names) {
  const found = await s.conn.run(["vault"], "readonly", (tx) =>
    Promise.all(names.map((name) => ask(tx.objectStore("vault").get(name)))),
  );
  return /** @type {any} */ (Object.fromEntries(names.map((name, i) => [name, found[i]])));
}

/**
 * Change records of the vault in one strict transaction; `undefined` takes one away.
 * @param {Owner} s @param {Record<string, unknown>} records
 */
export const keep = (s, records) =>
  s.conn.run(
    ["vault"],
    "readwrite",
    (tx) => {
      const vault = tx.objectStore("vault");
      for (const [name, record] of Object.entries(records)) {
        if (record === undefined) vault.delete(name);
        else vault.put(record, name);
      }
    },
    "strict",
  );

/** The person's keys, made at the first start. @param {Owner} s @returns {Promise<Keys>} */
export async function keysOf(s) {
  const { keys } = await look(s, ["keys"]);
  if (keys) return keys;
  const made = await makeKeys();
  return s.conn.run(
    ["vault"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const other = await ask(vault.get("keys"));
      if (!other) vault.put(made, "keys");
      return other ?? made;
    },
    "strict",
  );
}

/** @param {Session} session @param {number} now */
const isFresh = ({ at }, now) => at === undefined || Math.abs(now - at) <= IDLE;

/**
 * The open data key.
 * @param {Owner} s @returns {Promise<Session>}
 * @throws {StoreError} locked, until the person gives the PIN
 */
export async function keyOf(s) {
  const mine = held.get(s);
  if (mine && isFresh(mine, nowOf(s))) return mine;
  held.delete(s);
  const there = await look(s, ["keys", "session", "ended", "left"]);
  if (there.ended) throw new StoreError("locked");
  const keys = there.keys ?? (await keysOf(s));
  if (there.left && !keys.salt) throw new StoreError("locked");
  const found = keys.salt ? there.session : await withoutPin(keys);
  if (found?.gen !== keys.gen || !isFresh(found, nowOf(s))) throw new StoreError("locked");
  held.set(s, found);
  return found;
}

/** @param {Keys} keys @returns {Promise<Session | null>} */
async function withoutPin(keys) {
  const key = await openKey(keys);
  return key && { key, gen: keys.gen };
}

/** True when what lies here can be read now. @param {Owner} s */
export const isOpen = (s) =>
  keyOf(s).then(
    () => true,
    () => false,
  );

/**
 * Hand an open key to every context of this phone; one without `at` stays with this context.
 * @param {Owner} s @param {Session} session
 */
export async function begin(s, session) {
  if (session.at !== undefined) await keep(s, { session });
  held.set(s, session);
}

/** The person did something: the fifteen minutes begin again. @param {Owner} s */
export async function touch(s) {
  const mine = held.get(s);
  const now = nowOf(s);
  if (mine?.at === undefined || Math.abs(now - mine.at) < NOTED || !isFresh(mine, now)) return;
  mine.at = now;
  await s.conn.run(["vault"], "readwrite", async (tx) => {
    const vault = tx.objectStore("vault");
    // Locked meanwhile by another context: that stays.
    if (await ask(vault.get("session"))) vault.put(mine, "session");
    else held.delete(s);
  });
}

/** Forget the open key here and on the disk. @param {Owner} s */
export async function lock(s) {
  held.delete(s);
  await keep(s, { session: undefined });
}

/** Forget the open key in this context only. @param {Owner} s */
export const letGo = (s) => held.delete(s);
