// Promises around IndexedDB: opening with retries, and transactions that count only once complete.
// Nothing here knows a table; db.js does.
import { asStoreError, StoreError } from "./errors.js";

/** @typedef {(db: IDBDatabase, tx: IDBTransaction, from: number) => void} Upgrade */

const RETRY_AFTER_MS = [30, 150, 600];
const BLOCKED_MS = 4000;

/** @type {(() => void)[]} */
const losses = [];

/**
 * Do this when the browser has closed a database by itself. It may have deleted it, so nothing that
 * memory holds of any database can be trusted.
 * @param {() => void} work
 */
export const onLoss = (work) => losses.push(work);

/**
 * The result of one request.
 * @template T
 * @param {IDBRequest<T>} req
 * @returns {Promise<T>}
 */
export const ask = (req) =>
  new Promise((resolve, reject) => {
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });

/** @param {IDBTransaction} tx @returns {Promise<void>} */
const completed = (tx) =>
  new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new DOMException("aborted", "AbortError"));
  });

/** Nothing more will be asked of it: end without one more round. @param {IDBTransaction} tx */
function hasten(tx) {
  try {
    tx.commit();
  } catch {
    // An older browser, or nothing was asked: it ends by itself.
  }
}

/**
 * One attempt to open. A connection that stands in the way of a newer version closes itself.
 * @param {string} name @param {number | undefined} version @param {Upgrade} upgrade
 * @returns {Promise<IDBDatabase>}
 */
function openOnce(name, version, upgrade) {
  return new Promise((resolve, reject) => {
    const req = indexedDB.open(name, version);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let late = false;
    req.onupgradeneeded = (event) => {
      upgrade(req.result, /** @type {IDBTransaction} */ (req.transaction), event.oldVersion);
    };
    req.onblocked = () => {
      timer = setTimeout(() => {
        late = true;
        reject(new StoreError("storage_blocked"));
      }, BLOCKED_MS);
    };
    req.onerror = () => {
      clearTimeout(timer);
      reject(req.error);
    };
    req.onsuccess = () => {
      clearTimeout(timer);
      if (late) req.result.close();
      else resolve(req.result);
    };
  });
}

/**
 * A database that reopens itself when the browser or a newer version closed it.
 * @template S what its stores hold; see idb_types.js
 */
export class Connection {
  /**
   * @param {string | (() => Promise<string>)} name
   * @param {number | undefined} version the one it has, when undefined
   * @param {Upgrade} upgrade
   * @param {boolean} [once] it stays closed once the browser has closed it: what opens then may be
   *   another, empty one, and whoever had this one in memory must write nothing into that
   */
  constructor(name, version, upgrade, once = false) {
    this.name = name;
    this.version = version;
    this.upgrade = upgrade;
    this.once = once;
    this.gone = false;
    /** @type {Promise<IDBDatabase> | null} */
    this.opening = null;
  }

  /** The open database. @returns {Promise<IDBDatabase>} */
  async open() {
    if (this.gone) throw new StoreError("storage_busy");
    this.opening ??= this.#retry().catch((error) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  async #retry() {
    const name = typeof this.name === "string" ? this.name : await this.name();
    for (let attempt = 0; ; attempt++) {
      try {
        const db = await openOnce(name, this.version, this.upgrade);
        db.onversionchange = () => this.close();
        db.onclose = () => this.#lose();
        return db;
      } catch (error) {
        if (/** @type {Error} */ (error)?.name === "VersionError")
          throw new StoreError("storage_newer");
        if (error instanceof StoreError) throw error;
        if (attempt >= RETRY_AFTER_MS.length) {
          if (/** @type {Error} */ (error)?.name === "QuotaExceededError")
            throw asStoreError(error);
          throw new StoreError("storage_broken", {
            name: /** @type {Error} */ (error)?.name ?? "Error",
          });
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS[attempt]));
      }
    }
  }

  /** The browser has closed it. */
  #lose() {
    this.opening = null;
    this.gone = this.once;
    for (const work of losses) work();
  }

  /** Let go of the database; the next use opens it again. */
  async close() {
    const opening = this.opening;
    this.opening = null;
    (await opening?.catch(() => null))?.close();
  }

  /**
   * The answer of `work`; a write only once its transaction is complete, and everything is undone
   * when it throws. `work` may await nothing but requests of this transaction: anything else would
   * commit it. Its last writes need not be awaited, one that fails undoes the others.
   * @template T
   * @param {string[]} stores
   * @param {"readonly" | "readwrite"} mode
   * @param {(tx: import("./idb_types.js").Tx<S>) => Promise<T> | T} work
   * @param {"strict" | "relaxed"} [durability] strict for what a person was told is saved
   * @returns {Promise<T>}
   */
  async run(stores, mode, work, durability = "relaxed") {
    const tx = await this.#begin(stores, mode, durability);
    const end = completed(tx);
    end.catch(() => {});
    try {
      const answer = await work(/** @type {import("./idb_types.js").Tx<S>} */ (tx));
      if (mode === "readonly") return answer;
      hasten(tx);
      await end;
      return answer;
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // it already ended by itself
      }
      // A full disk shows on the transaction, not always on the request.
      const cause = await end.then(
        () => error,
        (reason) => (reason?.name === "AbortError" ? error : reason),
      );
      throw error instanceof StoreError ? error : asStoreError(cause);
    }
  }

  /**
   * @param {string[]} stores @param {"readonly" | "readwrite"} mode
   * @param {"strict" | "relaxed"} durability
   */
  async #begin(stores, mode, durability) {
    const db = await this.open();
    try {
      return db.transaction(stores, mode, { durability });
    } catch (error) {
      if (/** @type {Error} */ (error)?.name !== "InvalidStateError") throw error;
      this.#lose();
      return (await this.open()).transaction(stores, mode, { durability });
    }
  }
}
