// The ways to screens that features add: on Today while they have news, in the settings always; and
// the cards of what waits for a person, on top of Today.

/** @typedef {import("../request_types.js").Open} Open */
/**
 * @typedef {object} FeatureLink
 * @property {string} to name of the screen in its address
 * @property {string} text
 * @property {string} cls of the mark
 * @property {string} word what the mark says; "" without news
 * @property {boolean} [first] on top of the other ways: the work of the day
 */

/** @type {((q: Open) => Promise<FeatureLink | null>)[]} */
const links = [];

/** @param {(q: Open) => Promise<FeatureLink | null>} make null for whom the screen is not made */
export const addLink = (make) => void links.push(make);

/** @param {Open} q */
export const featureLinks = async (q) =>
  (await Promise.all(links.map((make) => make(q)))).flatMap((link) => link ?? []);

/**
 * @typedef {object} FeatureCard what waits for a person, on top of Today
 * @property {string} to
 * @property {string} id
 * @property {string} title
 * @property {string} small
 * @property {string} text
 */

/** @type {((q: Open) => Promise<FeatureCard[]>)[]} */
const cards = [];

/** @param {(q: Open) => Promise<FeatureCard[]>} make */
export const addCard = (make) => void cards.push(make);

/** @param {Open} q */
export const featureCards = async (q) => (await Promise.all(cards.map((make) => make(q)))).flat();
