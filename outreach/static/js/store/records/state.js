// The memory that one context (worker or page) has of a user's database, and how it stays true:
// every write raises a stamp, every reader compares it and reloads what somebody else changed.
import { userDatabase } from "../engine/db.js";
import { unlessLost } from "../engine/errors.js";
import { GENESIS } from "../engine/hash.js";
import { ask } from "../engine/idb.js";
import { decode } from "./payload.js";
import { unpackChunks } from "./list_index.js";

/** @typedef {import("./record_types.js").Connection} Connection */
/** @typedef {import("./record_types.js").Tx} Tx */
/** @typedef {import("./list_index.js").ListIndex} ListIndex */
/** @typedef {import("./list_index.js").Row & {scope: string, state: string}} ListedRow with own saves in view */
/** @typedef {import("../../vault/session.js").Owner} Owner */
/** @typedef {import("./record_types.js").Range} Range */
/** @typedef {import("./record_types.js").Mutation} Mutation */
/** @typedef {import("./record_types.js").Verdict} Verdict */
/** @typedef {import("./record_types.js").Entry} Entry */
/** @typedef {import("./record_types.js").ScopeState} ScopeState */
/** @typedef {import("./record_types.js").Head} Head */
/** @typedef {import("./record_types.js").SyncState} SyncState */
/** @typedef {import("./record_types.js").JournalRecord} JournalRecord */
/**
 * @typedef {object} Seen
 * @property {JournalRecord[]} records the wanted row's, in the journal, oldest first
 * @property {number} j the journal's stamp as they were read
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
 * @param {Owner} s @param {JournalRecord} rec @returns {Promise<Entry>}
 */
async function shut(s, rec) {
  const { mid, key, id, scope } = rec;
  // The first 48 bits of a key are the time it was made.
  const at = new Date(Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16)).toISOString();
  const known = { mid, key, schema: 1, table: "worker", id, scope, ver: 0, set: {}, at };
  const told = rec.verdict && unlessLost(decode(s, `verdict/${key}`, rec.verdict));
  const verdict = (await told) ?? {};
  // The chain's value lies beside whatever a key has locked.
  return /** @type {Entry} */ ({
    ...rec,
    shut: true,
    json: "",
    verdict,
    m: { ...known, op: "put" },
    rec,
  });
}

/**
 * A journal record with its opaque parts opened.
 * @param {Owner} s @param {JournalRecord} rec
 * @returns {Promise<Entry>}
 */
export async function open(s, rec) {
  return (rec.payload && (await unlessLost(opened(s, rec)))) ?? shut(s, rec);
}

/** @param {Owner} s @param {JournalRecord} rec @returns {Promise<Entry>} */
async function opened(s, rec) {
  const {
    m: json,
    h,
    st,
  } = await decode(s, `journal/${rec.key}`, /** @type {Uint8Array} */ (rec.payload));
  const verdict = rec.verdict ? await decode(s, `verdict/${rec.key}`, rec.verdict) : {};
  return {
    ...rec,
    json,
    h: /** @type {string} */ (rec.h ?? h),
    st,
    verdict,
    m: JSON.parse(json),
    rec,
  };
}

/** @param {Owner} s @param {JournalRecord[]} records @returns {Promise<Entry[]>} */
export const openAll = (s, records) => Promise.all(records.map((rec) => open(s, rec)));

/** The same writing: each draws twelve bytes by lot. @param {Uint8Array} [a] @param {Uint8Array} [b] */
const same = (a, b) => a?.subarray(0, 14).join() === b?.subarray(0, 14).join();

/** Like open(), without opening again what memory holds. @param {State} s @param {JournalRecord} rec */
function reopen(s, rec) {
  const known = s.hot.get(rec.mid);
  if (!known?.rec || !same(known.rec.payload, rec.payload)) return open(s, rec);
  if (!same(known.rec.verdict, rec.verdict)) return open(s, rec);
  const { json, h, st, verdict, m, shut: isShut } = known;
  return { ...rec, json, h: rec.h ?? h, st, verdict, m, shut: isShut, rec };
}

/** The chain's value at a journal record. @param {Owner} s @param {JournalRecord} rec @returns {Promise<string>} */
export const linkOf = async (s, rec) => rec.h ?? (await open(s, rec)).h;

/** True when screen or sender still need the record. @param {JournalRecord} rec */
export const isHot = (rec) =>
  Boolean(rec.live) || ["waiting", "sending", "held", "invalid", "returned"].includes(rec.state);

/** @typedef {import("./record_types.js").Meta} Meta */
/** @typedef {{now: Meta["stamp"] | undefined} & Pick<Meta, "head" | "sync" | "base" | "plain" | "keys">} Clear */

/** @param {Tx} tx @returns {Promise<Clear>} */
async function inClear(tx) {
  const meta = tx.objectStore("meta");
  const names = /** @type {const} */ (["stamp", "head", "sync", "base", "plain", "keys"]);
  const found = await Promise.all(names.map((name) => ask(meta.get(name))));
  /** @type {any[]} each of its own type, in the order of the names */
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
    /** @type {Map<string, unknown>} caches that live as long as both stamps */
    this.cache = new Map();
    this.cachedFor = "";
    /** Sorted lists, which outlive a save: that does not touch the base. @type {Map<string, ListedRow[]>} */
    this.sorted = new Map();
    /** Rows of features' tables, by scope and table, as they were read at a state of the base. @type {Map<string, {at: string, rows: {id: string, data: Record<string, unknown>}[]}>} */
    this.tables = new Map();
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

  /** Records in clear, which a locked phone can read too: head, sync state and server keys. */
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
    this.tables = new Map();
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
    return /** @type {T} */ (this.cache.get(name));
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

/** The stamp as a transaction finds it. @param {Tx} tx @returns {Promise<{j: number, b: number}>} */
export const stampIn = (tx) => ask(tx.objectStore("meta").get("stamp"));

/**
 * Raise the stamp inside a write; answers the one before it.
 * @param {Tx} tx @param {"j" | "b" | "jb"} what @param {{j: number, b: number}} [known] the present one
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
