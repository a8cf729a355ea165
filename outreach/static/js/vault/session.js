// Who may read what lies on this phone now: the open data key of a person. It lives in the memory of
// the worker and of its pages, which hand it to each other, and nowhere else: what lies in the
// browser's files stays readable there, also after it was taken away. It ends after fifteen idle
// minutes or on lock.
import { StoreError } from "../store/engine/errors.js";
import { ask } from "../store/engine/idb.js";
import { makeKeys, olderKey, openKey } from "./keys.js";

/** @typedef {import("./keys.js").Keys} Keys */
/** @typedef {import("./vault_types.js").VaultRecords} VaultRecords */
/**
 * @typedef {{userId: string, conn: import("../store/engine/idb.js").Connection<import("./vault_types.js").VaultStores>, clock?: () => Date, mono?: () => number}} Owner
 *   mono: milliseconds of a clock that nobody sets
 */
/** @typedef {{wall: number, mono: number}} Moment by the phone's clock and by one that nobody sets */
/**
 * @typedef {object} Session
 * @property {CryptoKey} key
 * @property {number} gen which data key it is
 * @property {number} [turn] how often the phone had been locked when it was opened
 * @property {Moment} [at] last time the person did something; none where no PIN was given
 */
/** @typedef {{key: CryptoKey, gen: number, turn?: number, wall: number, idle: number}} Handed
 *   wall: the last time by the phone's clock; idle: milliseconds since, by the other */

const IDLE = 15 * 60_000;
/** The phone's clock may fall behind the other by so much. */
const BEHIND = 60_000;

/** The session that this context holds. @type {WeakMap<Owner, Session>} */
const held = new WeakMap();

/** @param {Owner} s */
export const nowOf = (s) => (s.clock?.() ?? new Date()).getTime();
/** @param {Owner} s */
const monoOf = (s) => s.mono?.() ?? performance.now();
/** @param {Owner} s @returns {Moment} */
const moment = (s) => ({ wall: nowOf(s), mono: monoOf(s) });

/**
 * Another context's open key, of those that fit; null when none has one.
 * @type {(s: Owner, fits: (given: Handed) => boolean) => Promise<Handed | null>}
 */
let elsewhere = async () => null;

/** @param {typeof elsewhere} find */
export function findElsewhere(find) {
  elsewhere = find;
}

/** Tells the other contexts that what they hold counts no more. @type {(s: Owner) => void} */
let tellOthers = () => {};

/** @param {typeof tellOthers} tell */
export function onForgotten(tell) {
  tellOthers = tell;
}

/**
 * Some records of the vault.
 * @template {keyof VaultRecords} K
 * @param {Owner} s @param {K[]} names @returns {Promise<Pick<VaultRecords, K>>}
 */
export async function look(s, names) {
  const found = await s.conn.run(["vault"], "readonly", (tx) =>
    Promise.all(names.map((name) => ask(tx.objectStore("vault").get(name)))),
  );
  return /** @type {VaultRecords} */ (
    /** @type {{[name: string]: unknown}} */ (
      Object.fromEntries(names.map((name, i) => [name, found[i]]))
    )
  );
}

/**
 * Change records of the vault in one strict transaction; `undefined` takes one away.
 * @param {Owner} s @param {Partial<VaultRecords>} records
 */
export const keep = (s, records) =>
  s.conn.run(
    ["vault"],
    "readwrite",
    (tx) => {
      const vault = tx.objectStore("vault");
      for (const [name, record] of Object.entries(records)) {
        if (record === undefined) vault.delete(name);
        else vault.put(record, /** @type {keyof VaultRecords} */ (name));
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

/**
 * The larger of both clocks' elapsed times counts, so that setting one back opens nothing; a clock
 * that was set back by more than a minute ends it too.
 * @param {Session} session @param {Owner} s
 */
function isFresh({ at }, s) {
  if (!at) return true;
  const [wall, mono] = [nowOf(s) - at.wall, monoOf(s) - at.mono];
  return Math.max(wall, mono) <= IDLE && wall >= mono - BEHIND;
}

/** @param {Handed} given @param {Owner} s @returns {Session} */
const received = ({ key, gen, turn, wall, idle }, s) => ({
  key,
  gen,
  turn,
  at: { wall, mono: monoOf(s) - idle },
});

/**
 * The key that this context may hand to another; null without a key that a PIN opened and that still counts.
 * @param {Owner} s @returns {Handed | null}
 */
export function handed(s) {
  const mine = held.get(s);
  if (!mine?.at || !isFresh(mine, s)) return null;
  const { key, gen, turn = 0, at } = mine;
  return { key, gen, turn, wall: at.wall, idle: monoOf(s) - at.mono };
}

/**
 * The open data key.
 * @param {Owner} s @returns {Promise<Session>}
 * @throws {StoreError} locked, until the person gives the PIN
 */
export async function keyOf(s) {
  const mine = held.get(s);
  if (mine && isFresh(mine, s)) return mine;
  held.delete(s);
  const there = await look(s, ["keys", "ended", "left", "turn", "session"]);
  // An earlier version left it in the files: taken once, and away.
  if (there.session) await keep(s, { session: undefined });
  if (there.ended) throw new StoreError("locked");
  const { keys } = there;
  // They are made with the store; a page makes none.
  if (!keys) throw new StoreError("locked");
  if (there.left && !keys.salt) throw new StoreError("locked");
  const found = keys.salt ? await withPinGiven(s, keys, there) : await withoutPin(keys);
  if (!found) throw new StoreError("locked");
  held.set(s, found);
  return found;
}

/**
 * The data key that something was written under: the open one, or an earlier one that it opens.
 * @param {Owner} s @param {number} gen @returns {Promise<CryptoKey>}
 * @throws {StoreError} locked; key_lost when only a forgotten PIN opens it
 */
export async function keyFor(s, gen) {
  const mine = await keyOf(s);
  if (mine.gen === gen) return mine.key;
  const { keys } = await look(s, ["keys"]);
  // A newer one than this context has heard of.
  if (mine.gen < Math.min(gen, keys.gen) && held.delete(s)) return keyFor(s, gen);
  return olderKey(keys, gen, mine);
}

/** @param {Owner} s @param {Keys} keys @param {Pick<VaultRecords, "turn" | "session">} there */
async function withPinGiven(s, keys, { turn = 0, session }) {
  const fits = (/** @type {Handed} */ given) =>
    given.gen === keys.gen && (given.turn ?? 0) === turn && isFresh(received(given, s), s);
  const left = session && leftBehind(session, s);
  const found = left && fits(left) ? left : await elsewhere(s, fits);
  return found && received(found, s);
}

/** The session of a version that kept it. @param {NonNullable<VaultRecords["session"]>} session @param {Owner} s @returns {Handed} */
const leftBehind = ({ key, gen, at }, s) => ({ key, gen, wall: at, idle: Math.abs(nowOf(s) - at) });

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
 * The PIN was given: this context holds the key, and hands it to the others.
 * @param {Owner} s @param {Pick<Session, "key" | "gen">} opened
 */
export async function begin(s, opened) {
  const { turn = 0 } = await look(s, ["turn"]);
  held.set(s, { ...opened, turn, at: moment(s) });
  tellOthers(s);
}

/** This context alone may use a key for now. @param {Owner} s @param {Pick<Session, "key" | "gen">} opened */
export const beginHere = (s, { key, gen }) => void held.set(s, { key, gen });

/** The person did something: the fifteen minutes begin again. @param {Owner} s */
export function touch(s) {
  const mine = held.get(s);
  if (mine?.at && isFresh(mine, s)) mine.at = moment(s);
}

/** From here on no key that was opened before counts. @param {IDBObjectStore} vault */
export async function raiseTurn(vault) {
  vault.put(((await ask(vault.get("turn"))) ?? 0) + 1, "turn");
}

/** Forget the open key, everywhere. @param {Owner} s */
export async function lock(s) {
  await s.conn.run(["vault"], "readwrite", (tx) => raiseTurn(tx.objectStore("vault")), "strict");
  letGo(s);
}

/** Forget the open key in every context. @param {Owner} s */
export function letGo(s) {
  held.delete(s);
  tellOthers(s);
}

/** Forget the open key in this context only. @param {Owner} s */
export const forgetKey = (s) => void held.delete(s);
