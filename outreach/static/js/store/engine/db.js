// The schema of both databases, and the only module that knows it.
//
// `jangkau` knows who uses this phone; each user has a database `jk-<user id>`, or `jk-<user id>.n`
// where n earlier ones could not be used any more and were put aside. In clear lie only
// ids, scopes, versions and states; no index touches personal data. An upgrade adds, it never
// deletes what is unsent.
import { ask, Connection } from "./idb.js";

/**
 * @typedef {object} PhoneMeta of the phone's own database; each is absent until somebody needs it
 * @property {string | null} [user] whose turn it is
 * @property {"id" | "en"} [lang]
 * @property {Record<string, {id: string, unsent: number, name?: string}>} [users]
 * @property {Record<string, string>} [tokens] by user
 * @property {CryptoKey} [namesKey]
 * @property {Record<string, {iv: Uint8Array<ArrayBuffer>, body: Uint8Array<ArrayBuffer>}>} [names] by user
 * @property {Record<string, number>} [aside] how many databases of a user were put aside
 * @property {HandedList} [check] a list that this phone was handed over with, see handed_list.js
 * @property {HandedList[]} [back] lists that came back without the officer's PIN
 */
/**
 * @typedef {object} HandedList
 * @property {string} user whose store holds the list and nothing else
 * @property {string} officer who handed the phone over
 * @property {string} list
 * @property {{gen: number, shut: Uint8Array<ArrayBuffer>}} key see vault/list_key.js
 * @property {boolean} [out] the browser's login is ended on the server too
 */
/** @typedef {{meta: import("./idb_types.js").Named<PhoneMeta>}} PhoneStores */

export const USER_VERSION = 2;
const META_VERSION = 1;

/** Where the rewriting of what lay in clear begins. */
export const PLAIN = { store: "meta", after: null, clean: true };

/** Steps from one version to the next; step n makes version n + 1. */
/** @type {((db: IDBDatabase, tx: IDBTransaction, from: number) => void)[]} */
const USER_STEPS = [
  (db) => {
    db.createObjectStore("meta");
    const journal = db.createObjectStore("journal", { keyPath: "mid" });
    journal.createIndex("id", "id");
    // Only operations that still matter to the screen or the sender carry `hot`.
    journal.createIndex("hot", "hot");
    db.createObjectStore("index", { keyPath: ["scope", "gen", "n"] });
    db.createObjectStore("pages", { keyPath: ["scope", "gen", "n"] });
    db.createObjectStore("drafts", { keyPath: "id" });
    const blobs = db.createObjectStore("blobs", { keyPath: "sha" });
    blobs.createIndex("todo", "todo");
    blobs.createIndex("mid", "mid");
    db.createObjectStore("bytes");
  },
  (db, tx, from) => {
    // Keys, session, waits and lease; see vault/session.js.
    db.createObjectStore("vault");
    // What was written before lies in clear until store/access/migrate.js has rewritten it.
    if (from) tx.objectStore("meta").put(PLAIN, "plain");
  },
];

/** The database of the phone itself: current user, known users, language. */
/** @type {Connection<PhoneStores>} */
const phone = new Connection("jangkau", META_VERSION, (db, _tx, from) => {
  if (from < 1) db.createObjectStore("meta");
});

/** The connection of this context. */
export const phoneDatabase = () => phone;

/** @param {string} userId @param {number} n how many were put aside before it */
export const nameOf = (userId, n) => (n ? `jk-${userId}.${n}` : `jk-${userId}`);

/** How many databases of each user were put aside. @returns {Promise<Record<string, number>>} */
export const putAside = async () =>
  (await phone.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get("aside")))) ?? {};

/**
 * The database of one user.
 * @template S what its stores hold, as whoever opens it knows; see ../records/record_types.js
 * @param {string} userId @param {number} [n] the one that so many others are put aside before
 * @returns {Connection<S>}
 */
export function userDatabase(userId, n) {
  const name = async () => nameOf(userId, n ?? (await putAside())[userId] ?? 0);
  /** @type {import("./idb.js").Upgrade} */
  const upgrade = (db, tx, from) => {
    for (const step of USER_STEPS.slice(from)) step(db, tx, from);
  };
  return new Connection(name, USER_VERSION, upgrade, true);
}
