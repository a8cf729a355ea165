// The ways to screens that features add: on Today while they have news, in the settings always.

/** @typedef {import("../request_types.js").Open} Open */
/**
 * @typedef {object} FeatureLink
 * @property {string} to name of the screen in its address
 * @property {string} text
 * @property {string} cls of the mark
 * @property {string} word what the mark says; "" without news
 */

/** @type {((q: Open) => Promise<FeatureLink>)[]} */
const links = [];

/** @param {(q: Open) => Promise<FeatureLink>} make */
export const addLink = (make) => void links.push(make);

/** @param {Open} q */
export const featureLinks = (q) => Promise.all(links.map((make) => make(q)));
