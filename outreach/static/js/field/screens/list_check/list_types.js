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
 * @property {string | null} [on_behalf] the office for which it was said
 * @property {string} [at] moment
 * @property {import("../../../domain/paper_entry.js").Paper | null} [paper] the sheet it was read from
 * @property {boolean} mine made by the person who works here, on this phone or another
 * @property {boolean} here saved on this phone, and not yet pulled
 * @property {string} [file] when the file was made that it came with, and no pull has brought it yet
 */
/** @typedef {Decision & Known} ListDecision */
/**
 * @typedef {object} HeardFile what another phone of the village said in a file
 * @property {string} device
 * @property {string} user whose phone it is, by the server's word
 * @property {string} name
 * @property {string} at when it was made, by that phone's clock
 * @property {(Decision & {at?: string})[]} decisions
 * @property {AddedName[]} [names] whom it said to be missing; none in files of earlier versions
 */
/**
 * @typedef {Pick<Known, "author" | "author_name" | "file"> & {id: string, name: string, hamlet?: string | null,
 *   note?: string | null, mine?: boolean}} AddedName somebody who is missing
 */
/**
 * @typedef {object} PaperPrint a version of the list on paper, as it travels
 * @property {string} id
 * @property {number} n
 * @property {string} hash
 * @property {number} pages
 * @property {import("../../../domain/paper_sheets.js").PrintedLine[]} lines
 */
/**
 * @typedef {object} SinceSigned what became of a line since it was signed, as the server tells
 * @property {{n: number, day: string, was: Record<string, unknown>}} [changed]
 * @property {(Pick<ListFacts, "purpose" | "fund" | "year" | "month"> & {list: string, no: number, name: string | null})[]} [joined]
 */
/** @typedef {Line & SinceSigned} SignedLine */
/**
 * @typedef {object} Signer of a version
 * @property {string} role head | secretary | lhp_chair | resident
 * @property {string} name
 * @property {string | null} [title]
 * @property {string | null} [capacity]
 * @property {string | null} [delegation]
 * @property {string} method glass | wet | thumb
 * @property {string | null} [witness]
 * @property {string | null} [strokes] hash of what was drawn; only as it is sent
 */
/**
 * @typedef {object} SignedVersion a row of list_minutes as it travels, or an own save of one
 * @property {string} id
 * @property {string} hash of the exact list
 * @property {string} date of the meeting
 * @property {Signer[]} signers
 * @property {import("../../../domain/village_decisions.js").Counts & {once?: number}} counts
 * @property {number | null} [n] its number, which the server gives
 * @property {string | null} [kind]
 * @property {string | null} [letter_no]
 * @property {string | null} [place]
 * @property {number | null} [present]
 * @property {string} [author]
 * @property {string | null} [author_name]
 * @property {string} [via]
 * @property {string | null} [at]
 * @property {string | null} [received_at]
 * @property {string} state own | kept | waits | broken | held | paper | counts | declined
 * @property {string | null} [why]
 * @property {string | null} [words]
 * @property {string | null} [seen_at]
 * @property {string | null} [confirmed_at]
 * @property {string | null} [counted_at]
 * @property {boolean} mine signed in for by the person who works here
 * @property {string[]} adding what own saves add to it that were not pulled yet
 */
/**
 * @typedef {object} Holder somebody's term of the village's head office
 * @property {string} id of the term
 * @property {string} office
 * @property {string} user_id
 * @property {string} name
 * @property {string} capacity definitif | pj | plh | an
 * @property {string} title
 * @property {string | null} [nip]
 * @property {string | null} [letter]
 * @property {string} starts day
 * @property {string | null} [ends] day
 */
/**
 * @typedef {object} ListContent one list with everything that is known of it here
 * @property {VillageList} list
 * @property {SignedLine[]} lines
 * @property {Map<string, ListDecision>} decisions by id
 * @property {Resolved} resolved
 * @property {AddedName[]} names said to be missing
 * @property {SignedVersion[]} versions the newest first
 * @property {PaperPrint[]} prints versions on paper
 * @property {Holder[]} holders of the village's head office, whenever
 * @property {HeardFile[]} heard what other phones said in files
 */

export {};
