// Request and response of a screen's handler, as types; there is no code here.

/** @typedef {import("../domain/formats.js").Lang} Lang */
/** @typedef {(key: string, kw?: Record<string, unknown>) => string} T a sentence */
/** @typedef {{t: T, lang: Lang}} Words */
/** @typedef {(name: string, kw?: Record<string, unknown>) => string} U an address */
/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("../store/store.js").Known} Known */
/** @typedef {Partial<Known> & {locked?: boolean}} Profile {} where nobody works here */
/** @typedef {typeof import("../store/engine/meta.js")} Meta */
/**
 * @typedef {object} Asked what is known of a request before anybody has looked who works here
 * @property {Request} request
 * @property {boolean} htmx
 * @property {U} u
 * @property {Date} now the server's time, once the phone's clock is known as wrong
 */
/**
 * @typedef {object} Here who works here, in which words
 * @property {Lang} lang
 * @property {T} t
 * @property {Words} w
 * @property {Date} now
 * @property {Profile} profile
 * @property {Meta} meta
 * @property {{desk?: boolean}} frame
 * @property {Store | null} store null while nobody works here
 */
/**
 * @typedef {object} Sent
 * @property {URLSearchParams} form what a form says; empty for what is only looked at
 * @property {string} token of the store whose screens are shown
 * @property {boolean} own the form comes from them
 */
/** @typedef {Asked & Partial<Here & Sent>} Begun a request as far as it has come, when something failed */
/** @typedef {Asked & Here & Sent} Context */
/**
 * @typedef {object} Found
 * @property {Record<string, string>} params of the address
 * @property {string} method
 * @property {string} path
 * @property {URLSearchParams} query
 * @property {import("../store/replica/view.js").View | null} [given] by the form that led here
 */
/** @typedef {Omit<Context, "store"> & Found & {store: Store}} Open a request of somebody who works here */
/** @typedef {Omit<Context, "store"> & Found & {store: null}} Closed */
/** @typedef {Open | Closed} Q */
/**
 * @typedef {object} View
 * @property {string} view
 * @property {Record<string, unknown>} [ctx]
 * @property {string} [title]
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {string} [at] the address at which what a form was answered is seen, where that is not
 *   the form's own
 */
/** @typedef {{redirect: string, given?: Found["given"]}} Redirect `given` is for the screen it leads to, where that is made in the same answer */
/** @typedef {View | Redirect | Response | null} Made */
/** @typedef {(q: Q) => Made | Promise<Made>} Handler */

export {};
