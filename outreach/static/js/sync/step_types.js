// Needs and answers of a step with the server, as types; there is no code here.

/**
 * @typedef {object} Means what a step needs from outside
 * @property {import("./wire.js").Fetch} fetch
 * @property {() => Date} now
 * @property {() => number} random 0 to 1
 * @property {import("./report.js").Report | null} [report] what the phone tells of itself, when it is time to
 * @property {boolean} [photos] false while pictures may not be sent
 * @property {boolean} [rows] false while nothing may be fetched
 */
/** @typedef {"push" | "pull" | "blob" | "idle" | "offline" | "auth" | "update" | "locked"} Did */
/**
 * @typedef {object} Stepped
 * @property {Did} did
 * @property {boolean} more call again at once
 * @property {import("../store/books/save_counts.js").Counts} ledger
 * @property {number} [wait] milliseconds until the server may be called again
 * @property {{view: string, rows: number} | {sha: string, sent: number, size: number}} [progress]
 * @property {string} [code]
 * @property {import("./wire.js").Trouble} [trouble] why nothing came of it, when offline
 */
/** @typedef {Omit<Stepped, "ledger">} Result */

export {};
