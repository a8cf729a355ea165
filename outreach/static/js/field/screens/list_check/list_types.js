// Lists, lines and decisions as screens see them, as types; there is no code here.

/** @typedef {import("../../../domain/village_decisions.js").Decision} Decision */
/** @typedef {import("../../../domain/village_decisions.js").Line} Line */
/** @typedef {import("../../../domain/village_decisions.js").Resolved} Resolved */
/** @typedef {import("../../../domain/village_decisions.js").Resolution} Resolution */
/**
 * @typedef {object} ListFacts a row of village_list as it travels
 * @property {number | null} [no]
 * @property {"fund" | "monthly"} purpose
 * @property {string | null} [fund]
 * @property {number} year
 * @property {number | null} [month]
 * @property {string | null} [forum]
 * @property {"open" | "meeting" | "closed"} state
 * @property {string | null} [due] day
 * @property {string | null} [opened_at]
 */
/** @typedef {ListFacts & {id: string, scope: string}} VillageList */
/**
 * @typedef {object} Known what is known of a decision besides its content
 * @property {string} [author] id of who decided
 * @property {string} [author_name]
 * @property {string} [via] own | officer_phone | desk | link | record
 * @property {string} [at] moment
 * @property {boolean} mine made by the person who works here, on this phone or another
 * @property {boolean} here saved on this phone, and not yet pulled
 */
/** @typedef {Decision & Known} ListDecision */
/** @typedef {{id: string, name: string, hamlet: string, note: string}} AddedName */
/**
 * @typedef {object} SinceSigned what became of a line since it was signed, as the server tells
 * @property {{n: number, day: string, was: Record<string, unknown>}} [changed]
 * @property {(Pick<ListFacts, "purpose" | "fund" | "year" | "month"> & {list: string, no: number, name: string | null})[]} [joined]
 */
/** @typedef {Line & SinceSigned} SignedLine */
/**
 * @typedef {object} ListContent one list with everything that is known of it here
 * @property {VillageList} list
 * @property {SignedLine[]} lines
 * @property {Map<string, ListDecision>} decisions by id
 * @property {Resolved} resolved
 * @property {AddedName[]} names said to be missing
 */

export {};
