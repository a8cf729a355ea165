// What one context (worker or page) holds in memory of a user's database, and how it stays true:
// every write raises a stamp, every reader compares it and reloads what somebody else changed.
import { userDatabase } from "../engine/db.js";
import { unlessLost } from "../engine/errors.js";
import { GENESIS } from "../engine/hash.js";
import { ask } from "../engine/idb.js";
import { decode } from "./payload.js";
import { unpackChunks } from "./list_index.js";

/** @typedef {import("../engine/idb.js").Connection} Connection */
/** @typedef {import("./list_index.js").ListIndex} ListIndex */
/** @typedef {import("../../vault/session.js").Owner} Owner */
/** @typedef {[from: number, to: number, settled?: 1]} Range numbers of saves */
/**
 * @typedef {object} Mutation what travels, as an object
 * @property {number} mid
 * @property {string} key
 * @property {number} schema
 * @property {"put" | "delete"} op
 * @property {string} table
 * @property {string} id
 * @property {string} scope
 * @property {number} ver
 * @property {Record<string, [unknown, unknown]>} set
 * @property {string} at
 * @property {string} [on_behalf]
 */
/**
 * @typedef {object} Verdict the server's answer to one mutation, kept opaque
 * @property {string} [status]
 * @property {string} [scope]
 * @property {number} [ver]
 * @property {string} [into]
 * @property {string} [waits_for]
 * @property {string} [reason]
 * @property {{key: string, status: string, scope?: string, ver?: number}[]} [released]
 * @property {Record<string, {code: string, params?: object}[]>} [errors]
 * @property {{field: string, base: unknown, mine: unknown, theirs: unknown}[]} [conflicts]
 * @property {string[]} [skip] fields that a later own save has put right
 * @property {boolean} [resolved]
 */
/**
 * @typedef {object} Entry one journal record, decoded
 * @property {number} mid
 * @property {string} key
 * @property {string} id
 * @property {string} scope
 * @property {string} state waiting | sending | arrived | conflict | held | returned | invalid | resolved
 * @property {number} [ver] the row's version after it, once answered
 * @property {number} [live] 1 while the screen replays it
 * @property {number} [hot] 1 while screen or sender need it
 * @property {Mutation} m
 * @property {string} json
 * @property {string} h
 * @property {string} [st] status derived when it was saved
 * @property {Verdict} verdict
 * @property {boolean} [shut] the key that it was written with is gone
 * @property {string} [kid] the server key that `sealed` is for
 * @property {Uint8Array} [sealed]
 * @property {any} rec the record as it lies on the disk
 */
/**
 * @typedef {object} ScopeState how much of a scope is here
 * @property {number} gen which generation of pages is shown
 * @property {number} list cursor of the list view
 * @property {number} full cursor of the full rows
 * @property {boolean} listed the list view is complete
 * @property {boolean} whole full rows are complete
 * @property {boolean} drained the last page said nothing more
 * @property {{gen: number, cursor: number, done: boolean} | null} fresh a base being rebuilt
 */
/**
 * @typedef {object} Seen
 * @property {any[]} records the wanted row's, in the journal, oldest first
 * @property {number} j the journal's stamp as they were read
 */
/**
 * @typedef {object} Head
 * @property {string} device
 * @property {number} mid last number given out
 * @property {string} hash chain at `mid`
 * @property {string} key key of `mid`
 * @property {{mid: number, hash: string, key: string}} floor last operation no longer kept
 * @property {number} before operations of earlier devices that are safe and no longer numbered
 * @property {string} [was] the device this one continues
 * @property {{device: string, mid: number, at?: number, seen?: string, after?: string | null, missing?: Range[]}} [lost]
 *   what the cookie remembers and storage does not: `at` when the last was saved; `missing` and
 *   `after` what the server said of it; seen once somebody has read it
 */
/**
 * @typedef {object} SyncState
 * @property {number} epoch
 * @property {number} received the server's last_mid
 * @property {number} durable
 * @property {number} batch mutations in one push
 * @property {number} badUntil end of the range that a refused push lies in, 0 when none
 * @property {number} fives 500s in a row
 * @property {number} fails
 * @property {number} until do not call before (ms)
 * @property {number} pulledAt
 * @property {boolean} deltas this round still has to ask for changes
 * @property {boolean} lists this round still has to ask for list rows
 * @property {{list: number, full: number}} limit
 * @property {Range[]} [missing] ranges up to `received` that the server lacks; a
 *   third 1 where somebody has settled what became of them
 * @property {string} [offered] the life of the server and the missing ranges that were offered again
 * @property {any} [before] this person's phone before this one, which began empty; see store/books/lost_numbers.js
 * @property {string} [serverTime]
 * @property {number} [enteredAt] when this person last logged in here (ms)
 * @property {boolean} [session] this browser's login is this person's, as the server last said
 * @property {number} [heardAt] the phone's clock when serverTime was told (ms)
 * @property {string} [challenge] the server's last one, signed with the next request
 * @property {string} [receipt] the newest signed receipt
 * @property {string} [refusal] why the server last refused to give rows, "" when it gives
 * @property {boolean} [again] it gives rows after it had refused, and nobody has read that yet
 * @property {number} [freshAt] when the last page of a round came (ms)
 * @property {number} [raw] number of the save that goes as raw text, 0 when none
 * @property {boolean} [proven] a login has just given the server this phone's keys; see store/journal/unproven.js
 * @property {string} [app] version of the app, as registered
 * @property {string} [fork] new device id while a fork is under way
 */

export const NEW_SYNC = Object.freeze({
  epoch: 0,
  received: 0,
  durable: 0,
  batch: 50,
  badUntil: 0,
  fives: 0,
  fails: 0,
  until: 0,
  pulledAt: 0,
  deltas: false,
  lists: false,
  limit: { list: 1000, full: 400 },
});

/** @param {string} device @returns {Head} */
export const newHead = (device) => ({
  device,
  mid: 0,
  hash: GENESIS,
  key: "",
  floor: { mid: 0, hash: GENESIS, key: "" },
  before: 0,
});

/**
 * A save that this phone cannot read any more, because its key is gone; the sealed copy goes on.
 * @param {Owner} s @param {any} rec @returns {Promise<Entry>}
 */
async function shut(s, rec) {
  const { mid, key, id, scope } = rec;
  // The first 48 bits of a key are the time it was made.
  const at = new Date(Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16)).toISOString();
  const known = { mid, key, schema: 1, table: "worker", id, scope, ver: 0, set: {}, at };
  const told = rec.verdict && unlessLost(decode(s, `verdict/${key}`, rec.verdict));
  const verdict = (await told) ?? {};
  return { ...rec, shut: true, json: "", verdict, m: { ...known, op: "put" }, rec };
}

/**
 * A journal record with its opaque parts opened.
 * @param {Owner} s @param {any} rec
 * @returns {Promise<Entry>}
 */
export async function open(s, rec) {
  return (rec.payload && (await unlessLost(opened(s, rec)))) ?? shut(s, rec);
}

/** @param {Owner} s @param {any} rec @returns {Promise<Entry>} */
async function opened(s, rec) {
  const { m: json, h, st } = await decode(s, `journal/${rec.key}`, rec.payload);
  const verdict = rec.verdict ? await decode(s, `verdict/${rec.key}`, rec.verdict) : {};
  return { ...rec, json, h: rec.h ?? h, st, verdict, m: JSON.parse(json), rec };
}

/** @param {Owner} s @param {any[]} records @returns {Promise<Entry[]>} */
export const openAll = (s, records) => Promise.all(records.map((rec) => open(s, rec)));

/** The same writing: each draws twelve bytes by lot. @param {Uint8Array} [a] @param {Uint8Array} [b] */
const same = (a, b) => a?.subarray(0, 14).join() === b?.subarray(0, 14).join();

/** Like open(), without opening again what memory holds. @param {State} s @param {any} rec */
function reopen(s, rec) {
  const known = s.hot.get(rec.mid);
  if (!known?.rec || !same(known.rec.payload, rec.payload)) return open(s, rec);
  if (!same(known.rec.verdict, rec.verdict)) return open(s, rec);
  const { json, h, st, verdict, m, shut: isShut } = known;
  return { ...rec, json, h: rec.h ?? h, st, verdict, m, shut: isShut, rec };
}

/** The chain's value at a journal record. @param {Owner} s @param {any} rec @returns {Promise<string>} */
export const linkOf = async (s, rec) => rec.h ?? (await open(s, rec)).h;

/** True when screen or sender still need the record. @param {any} rec */
export const isHot = (rec) =>
  Boolean(rec.live) || ["waiting", "sending", "held", "invalid", "returned"].includes(rec.state);

/** @param {IDBTransaction} tx */
async function inClear(tx) {
  const meta = tx.objectStore("meta");
  const names = ["stamp", "head", "sync", "base", "plain", "keys"];
  const found = await Promise.all(names.map((name) => ask(meta.get(name))));
  const [now, head, sync, base, plain, keys] = found;
  return { now, head, sync, base, plain, keys };
}

/** One user's database as this context sees it. */
export class State {
  /** @param {string} userId @param {() => Date} [clock] @param {Connection} [conn] */
  constructor(userId, clock = () => new Date(), conn = userDatabase(userId)) {
    this.userId = userId;
    this.clock = clock;
    this.conn = conn;
    /** @type {{j: number, b: number}} */
    this.stamp = { j: -1, b: -1 };
    /** @type {Head} */
    this.head = newHead("");
    /** @type {SyncState} */
    this.sync = { ...NEW_SYNC };
    /** Something of an earlier version still lies in clear. */
    this.plain = false;
    /** The server's public keys. @type {import("../../vault/seal.js").ServerKey[]} */
    this.keys = [];
    /** @type {Record<string, ScopeState>} */
    this.base = {};
    /** @type {Map<number, Entry>} */
    this.hot = new Map();
    /** @type {Map<string, ListIndex>} */
    this.indexes = new Map();
    /** @type {Map<string, any>} caches that live as long as both stamps */
    this.cache = new Map();
    this.cachedFor = "";
    /** Sorted lists, which outlive a save: that does not touch the base. @type {Map<string, any[]>} */
    this.sorted = new Map();
  }

  /**
   * Make memory agree with the disk; reads only a stamp when nobody else wrote.
   * @param {boolean} [index] whether the packed lists are needed; the ledger does without them
   * @param {string} [id] a row whose journal records are wanted too
   * @returns {Promise<Seen>}
   */
  async refresh(index = true, id = "") {
    const { userId, conn, stamp } = this;
    const raw = await conn.run(["meta", "journal", "index"], "readonly", async (tx) => {
      const journal = tx.objectStore("journal");
      const [clear, records] = await Promise.all([
        inClear(tx),
        id ? ask(journal.index("id").getAll(id)) : [],
      ]);
      const { now } = clear;
      const hot = now?.j === stamp.j ? null : await ask(journal.index("hot").getAll());
      const known = now?.b === stamp.b;
      const chunks = known || !index ? null : await ask(tx.objectStore("index").getAll());
      return { ...clear, records, hot, known, chunks };
    });
    if (!raw.now) throw new Error(`no database for ${userId}`);
    const hot = raw.hot && (await Promise.all(raw.hot.map((rec) => reopen(this, rec))));
    const indexes = raw.chunks && (await unpackChunks(this, raw.chunks));
    this.#learn(raw);
    if (hot) this.hot = new Map(hot.map((entry) => [entry.mid, entry]));
    if (!raw.known) {
      this.indexes = indexes ?? new Map();
      this.base = raw.base;
    }
    this.stamp = indexes || raw.known ? raw.now : { ...raw.now, b: -1 };
    return { records: raw.records, j: raw.now.j };
  }

  /** What lies in clear, which a locked phone can read too: head, sync state and server keys. */
  async peek() {
    this.#learn(await this.conn.run(["meta"], "readonly", inClear));
  }

  /** @param {Awaited<ReturnType<typeof inClear>>} clear */
  #learn({ head, sync, plain, keys }) {
    this.head = head;
    this.sync = sync;
    this.plain = Boolean(plain);
    this.keys = keys ?? [];
  }

  /** Forget everything personal that memory holds. */
  wipe() {
    this.forget();
    this.indexes = new Map();
    this.cache = new Map();
    this.sorted = new Map();
  }

  /** Distrust memory: the next refresh() reads everything. */
  forget() {
    this.stamp = { j: -1, b: -1 };
    this.hot = new Map();
  }

  /**
   * A value computed once for the present content.
   * @template T
   * @param {string} name @param {() => T} make
   * @returns {T}
   */
  once(name, make) {
    const at = `${this.stamp.j}.${this.stamp.b}`;
    if (this.cachedFor !== at) {
      this.cache = new Map();
      this.cachedFor = at;
    }
    if (!this.cache.has(name)) this.cache.set(name, make());
    return this.cache.get(name);
  }

  /** The shown pages of a scope. @param {string} scope @returns {ListIndex | undefined} */
  index(scope) {
    const state = this.base[scope];
    return state && this.indexes.get(`${scope}|${state.gen}`);
  }

  /**
   * Where a row lies in the pulled base; rows of a person's own scope are notes about others.
   * @param {string} id
   * @returns {{scope: string, row: import("./list_index.js").Row} | null}
   */
  find(id) {
    for (const scope of Object.keys(this.base)) {
      if (scope.startsWith("u:")) continue;
      const row = this.index(scope)?.rows.get(id);
      if (row) return { scope, row };
    }
    return null;
  }
}

/** The stamp as a transaction finds it. @param {IDBTransaction} tx @returns {Promise<{j: number, b: number}>} */
export const stampIn = (tx) => ask(tx.objectStore("meta").get("stamp"));

/**
 * Raise the stamp inside a write; answers the one before it.
 * @param {IDBTransaction} tx @param {"j" | "b" | "jb"} what @param {{j: number, b: number}} [known] the present one
 * @returns {Promise<{j: number, b: number}>}
 */
export async function raise(tx, what, known) {
  const before = known ?? (await stampIn(tx));
  const after = { ...before };
  if (what.includes("j")) after.j += 1;
  if (what.includes("b")) after.b += 1;
  tx.objectStore("meta").put(after, "stamp");
  return before;
}
