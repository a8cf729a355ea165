// The server's answers, as types; there is no code here.

/** @typedef {import("../store/records/state.js").Range} Range */
/** @typedef {import("../store/records/record_types.js").Verdict} Verdict */
/** @typedef {import("../store/records/record_types.js").Profile} Profile */
/** @typedef {import("../store/books/lost_numbers.js").Losses} Losses */
/**
 * @typedef {object} Said what any answer may say; which part it does is seen only by looking
 * @property {string} [code]
 * @property {{offset?: number}} [params]
 * @property {import("../vault/seal.js").ServerKey[]} [keys]
 * @property {unknown} [scopes]
 * @property {unknown} [user]
 * @property {number} [last_mid]
 * @property {string | null} [last_key]
 * @property {number} [epoch]
 * @property {boolean} [fork]
 * @property {boolean} [session]
 * @property {string | null} [ended]
 * @property {import("../store/records/record_types.js").Earlier[]} [earlier]
 * @property {unknown} [fetch_key]
 * @property {string} [state] of a picture
 * @property {number} [offset]
 */
/**
 * @typedef {object} Standing where the server stands, in its answers to a push and to a pull
 * @property {number} epoch
 * @property {number} last_mid
 * @property {string | null} last_key
 * @property {number} [durable_mid]
 * @property {boolean} [fork]
 * @property {string} [server_time]
 * @property {string} [receipt]
 * @property {Range[]} [missing]
 */
/**
 * @typedef {Standing & {last_hash: string, results?: (Verdict & {mid: number, status: string})[]}} Pushed
 */
/** @typedef {Standing & import("../store/replica/pulled_pages.js").PullAnswer} Pulled */
/**
 * @typedef {object} Told what a registration tells beside who works here
 * @property {import("../vault/seal.js").ServerKey[]} [keys]
 * @property {number} [lease_days]
 * @property {boolean} [session]
 * @property {string | null} [ended]
 * @property {string} [server_time]
 * @property {{missing: Range[], after: string | null} | null} [lost]
 * @property {Losses["before"]} [before]
 */
/** @typedef {Profile & Told & {epoch: number}} Device the whole answer to a registration */

export {};
