// Values that the form's modules hand to each other, as types; there is no code here.

/** @typedef {import("../../../gen/worker_data.js").Answers} Answers */
/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../parts_of_screens/field_builders.js").Form} Form */
/** @typedef {import("../../parts_of_screens/field_builders.js").Field} Field */
/** @typedef {import("../../parts_of_screens/field_builders.js").Errors} Errors */
/** @typedef {import("../../../store/records/record_types.js").DraftData} DraftData */
/** @typedef {DraftData & {id: string, scope: string, at?: string, step: string, mode: string}} Draft */
/** @typedef {{pemangku: string, rt: string}} Hamlet */
/**
 * @typedef {object} StepContext what a step needs besides the draft
 * @property {string} today
 * @property {import("../../context.js").Village} village
 * @property {import("../../../domain/tariffs.js").Band[]} bands
 * @property {import("../../context.js").Occupation[]} occupations
 * @property {Hamlet[]} hamlets known in this village, commonest first
 * @property {import("../../../store/replica/lists.js").Hit[]} house who else is of this house
 * @property {{name: string, office: string, role: string}} person the officer
 * @property {Record<string, string>} texts
 * @property {ReturnType<typeof import("../../../store/replica/lists.js").duplicates>} duplicates
 * @property {{date: (iso: string) => string, money: (n: number) => string}} fmt
 */
/** @typedef {(draft: Draft, data: Answers, errors: Errors | undefined, ctx: StepContext, w: Words) => Field[]} Build */
/** @typedef {{slug: string, data: string[], build: Build}} Step `data`: the fields that it may change */

export {};
