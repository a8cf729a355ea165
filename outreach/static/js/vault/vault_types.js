// Records in the vault of a person's database, as types; there is no code here.

/** @typedef {{at: number, told: boolean}} Left logged out on this phone; `told`: the server knows */
/**
 * @typedef {object} Ended
 * @property {"lost" | "lease"} reason
 * @property {number} at
 * @property {boolean} key the data key is still here, because something unsent needs it, or a full phone could not seal it
 */
/**
 * @typedef {object} VaultRecords by name; each but the keys is absent until there is a reason for it
 * @property {import("./keys.js").Keys} keys made with the store: only a page that opens before that finds none
 * @property {Ended} [ended]
 * @property {Left} [left]
 * @property {number} [turn] how often the phone was locked
 * @property {{key: CryptoKey, gen: number, at: number}} [session] of a version that kept it
 * @property {import("./lease.js").Lease} [lease]
 * @property {number} [asked] when a PIN was first asked for
 * @property {import("./throttle.js").Tries} [tries]
 */
/** @typedef {{store: string, after: IDBValidKey | null, clean: boolean}} Reached of the rewriting, see store/access/migrate.js */
/**
 * @typedef {object} VaultStores
 * @property {import("../store/engine/idb_types.js").Named<VaultRecords>} vault
 * @property {import("../store/engine/idb_types.js").Named<{plain?: Reached}>} meta
 */

export {};
