/**
 * What a village's list says of each line: a pure function of the set of decisions. A later one
 * names in `over` those that its author saw, and so replaces them; two that did not see each other
 * clash. The same as outreach/domain/village_decisions.py.
 */
import { equal } from "./merge.js";
import { isDate, isName } from "./rules.js";

/** @typedef {Record<string, unknown>} Detail by member */

/**
 * One decision as the wire has it, with its id.
 * @typedef {object} Decision
 * @property {string} id
 * @property {string[]} lines
 * @property {string} verdict
 * @property {string|null} [reason]
 * @property {Detail|null} [detail]
 * @property {string} [how]
 * @property {string[]} [over] ids of the decisions that its author saw, known here or not
 */

/**
 * One line of a list as the wire has it, with its id.
 * @typedef {object} Line
 * @property {string} id
 * @property {number|null} no
 * @property {string} part
 * @property {string|null} [worker]
 * @property {string|null} [gone]
 * @property {string|null} [into]
 * @property {number|null} [nik_no]
 * @property {string|null} [salt]
 * @property {string|null} [name]
 * @property {string|null} [sex]
 * @property {number|null} [birth_year]
 * @property {string|null} [hamlet]
 * @property {string|null} [rt]
 * @property {string|null} [occupation]
 * @property {string|null} [nik]
 * @property {string|null} [status]
 * @property {string[]} [flags]
 */

/**
 * What the decisions make of one line. Without a verdict it is undecided, or a clash of its heads.
 * @typedef {object} Resolution
 * @property {string[]} heads ids of the decisions that none replaced, sorted
 * @property {string|null} verdict
 * @property {string|null} reason
 * @property {Detail|null} detail
 * @property {string|null} how
 * @property {boolean} together
 * @property {boolean} clash
 * @property {boolean} again undecided and asked a second time: to be looked at by itself
 */

/** @typedef {Record<string, Resolution>} Resolved by line */
/** @typedef {Record<string, Record<string, number>>} BySex lines by code, then by sex */

/**
 * Numbered lines of a list, in numbers.
 * @typedef {object} Counts
 * @property {number} lines
 * @property {number} gone
 * @property {number} undecided
 * @property {number} clashes
 * @property {number} together
 * @property {BySex} verdicts
 * @property {BySex} reasons
 */

export const UNDONE = "batal";
/** How a row was made that asks a line again. */
const ASKED_AGAIN = "record";
export const REFUSED = "tidak_masuk";
export const TOGETHER = "together";
const NUMBERED = ["main", "supplement"];
/** How a decision was made; where agreeing ones differ, the first of these counts. */
const HOW = ["single", "paper", "link", TOGETHER];
/** @type {Record<string, string[]>} by purpose; "visit" is a part of the list */
export const VERDICTS = {
  fund: ["layak", REFUSED, "tunda"],
  monthly: ["masih_ada", "meninggal", "pindah", "tidak_tahu"],
  visit: ["ada", "tidak_dikenal", "meninggal", "pindah"],
};
export const REASONS = [
  "meninggal",
  "pindah",
  "tidak_bekerja",
  "ganda",
  "punya_majikan",
  "tidak_bersedia",
  "data_salah",
];
/**
 * What must be told with a reason, or with a verdict of the same word. Of a name that is yet to be
 * visited, nothing must.
 * @type {Record<string, string[]>}
 */
export const ASKED = {
  meninggal: ["date", "source"],
  pindah: ["to"],
  ganda: ["same_as"],
  data_salah: ["field"],
};
/** What may be told. @type {Record<string, string[]>} */
export const TOLD = { punya_majikan: ["employer"] };
/** What of a line can be wrong, as the worker's record names it. */
export const FIELDS_ON_LIST = [
  "full_name",
  "sex",
  "birth_date",
  "pemangku",
  "rt",
  "occupation_code",
  "nik",
];
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SEXES = ["L", "P"];
const MOST_LETTERS = 200;
/** Of somebody who is missing on a list. */
const LONGEST_NAME = 100;
/** @type {Record<string, number>} */
const LONGEST_BESIDE = { hamlet: 60, note: 500 };
const MORE_THAN_BLANKS = /[^ \t\r\n]/;
const NUMBER_ON_LIST = /^[ \t\r\n]*0*([0-9]+)[ \t\r\n]*$/;

/** @type {Resolution} */
export const UNDECIDED = Object.freeze({
  heads: [],
  verdict: null,
  reason: null,
  detail: null,
  how: null,
  together: false,
  clash: false,
  again: false,
});

/**
 * A resolution for each line that a decision names.
 * @param {Iterable<Decision>} decisions @returns {Resolved}
 */
export function resolve(decisions) {
  /** @type {Map<string, Map<string, Decision>>} */
  const byLine = new Map();
  for (const decision of decisions) {
    for (const line of decision.lines) {
      const known = byLine.get(line) ?? new Map();
      byLine.set(line, known.set(decision.id, decision));
    }
  }
  return Object.fromEntries([...byLine].map(([line, known]) => [line, resolutionOf(known)]));
}

/**
 * True for a row that asks a line again, since its record is not as it was signed: whoever did not
 * see it has not answered it. @param {Decision} decision
 */
export const asksAgain = ({ verdict, how }) => verdict === UNDONE && how === ASKED_AGAIN;

/** What the decisions of one line make of it. @param {Map<string, Decision>} known @returns {Resolution} */
function resolutionOf(known) {
  const heads = headsOf(known);
  const said = heads
    .map((head) => /** @type {Decision} */ (known.get(head)))
    .filter(({ verdict }) => verdict !== UNDONE);
  const asked = heads.some((head) => asksAgain(/** @type {Decision} */ (known.get(head))));
  if (!said.length || asked) {
    return { ...UNDECIDED, heads, again: heads.some((head) => isSecondQuestion(head, known)) };
  }
  const [first, ...others] = said;
  if (!others.every((other) => saysTheSame(first, other))) {
    return { ...UNDECIDED, heads, clash: true };
  }
  const how = said.map((decision) => decision.how || HOW[0]).sort(byRank)[0];
  const detail = detailOf(first);
  return {
    heads,
    verdict: first.verdict,
    reason: first.reason || null,
    detail: Object.keys(detail).length ? detail : null,
    how,
    together: how === TOGETHER,
    clash: false,
    again: false,
  };
}

/**
 * True for a row that leaves a line open because it changed, or because its answers clashed.
 * @param {string} head @param {Map<string, Decision>} known
 */
function isSecondQuestion(head, known) {
  const row = /** @type {Decision} */ (known.get(head));
  const [first, ...others] = (row.over ?? [])
    .flatMap((id) => known.get(id) ?? [])
    .filter(({ verdict }) => verdict !== UNDONE);
  return asksAgain(row) || others.some((other) => !saysTheSame(first, other));
}

/**
 * The decisions that no other replaces, sorted. Those that replace each other in a circle replace
 * nothing: no honest device makes them, and none of them may hide another.
 * @param {Map<string, Decision>} known
 */
function headsOf(known) {
  /** @type {Map<string, string[]>} */
  const over = new Map(
    [...known].map(([id, decision]) => [id, (decision.over ?? []).filter((one) => one !== id)]),
  );
  const replaced = new Set([...over.values()].flat());
  const heads = [...over.keys()].filter((id) => !replaced.has(id));
  const reached = new Set();
  const waiting = [...heads];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (reached.has(one)) continue;
    reached.add(one);
    waiting.push(...(over.get(one) ?? []));
  }
  return [...heads, ...[...over.keys()].filter((id) => !reached.has(id))].sort();
}

/** The members of a detail that hold something. @param {Decision} decision */
const detailOf = ({ detail }) =>
  Object.fromEntries(Object.entries(detail ?? {}).filter(([, value]) => value != null));

/** @param {Decision} one @param {Decision} other */
const saysTheSame = (one, other) =>
  one.verdict === other.verdict &&
  (one.reason || null) === (other.reason || null) &&
  equal(detailOf(one), detailOf(other));

/** Unknown ways come last. @param {string} how */
const rank = (how) => (HOW.includes(how) ? HOW.indexOf(how) : HOW.length);

/** @param {string} a @param {string} b */
const byRank = (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1);

/** @param {Resolved} resolved @param {string} line @returns {Resolution} */
export const stateOf = (resolved, line) =>
  Object.hasOwn(resolved, line) ? resolved[line] : UNDECIDED;

/**
 * The decisions that a new one on these lines replaces: all heads that its author sees.
 * @param {Resolved} resolved @param {string[]} lines
 */
export const overFor = (resolved, lines) =>
  [...new Set(lines.flatMap((line) => stateOf(resolved, line).heads))].sort();

/** The lines that are counted and signed, in the order of their numbers. @param {Line[]} lines */
export const numberedLines = (lines) =>
  lines
    .filter(({ part, no }) => NUMBERED.includes(part) && no != null)
    .sort((a, b) => Number(a.no) - Number(b.no));

/** The numbered lines whose worker is still on the list. @param {Line[]} lines */
export const remainingLines = (lines) => numberedLines(lines).filter(({ gone }) => !gone);

/**
 * Numbered lines by verdict, reason and sex; those whose worker is gone are counted apart.
 * @param {Line[]} lines @param {Resolved} resolved @returns {Counts}
 */
export function counts(lines, resolved) {
  const remaining = remainingLines(lines);
  const all = numberedLines(lines).length;
  const states = remaining.map((line) => stateOf(resolved, line.id));
  return {
    lines: all,
    gone: all - remaining.length,
    undecided: states.filter(isOpen).length,
    clashes: states.filter(({ clash }) => clash).length,
    together: states.filter(({ together }) => together).length,
    verdicts: bySex(remaining, (line) => stateOf(resolved, line.id).verdict),
    reasons: bySex(remaining, (line) => stateOf(resolved, line.id).reason),
  };
}

/**
 * Lines by code, then by sex; "-" holds those whose sex the list does not say.
 * @param {Line[]} lines @param {(line: Line) => string|null} code @returns {BySex}
 */
function bySex(lines, code) {
  /** @type {BySex} */
  const table = {};
  for (const line of lines) {
    const key = code(line);
    if (!key) continue;
    table[key] ??= Object.fromEntries(SEXES.map((sex) => [sex, 0]));
    const sex = line.sex || "-";
    table[key][sex] = (table[key][sex] ?? 0) + 1;
  }
  return table;
}

/**
 * The lines that must be decided before the list can be signed: undecided, or a clash.
 * @param {Line[]} lines @param {Resolved} resolved
 */
export const blockingLines = (lines, resolved) =>
  remainingLines(lines).filter(({ id }) => !stateOf(resolved, id).verdict);

/**
 * Ids of the lines of one RT that may be decided in one go: neither decided, flagged, nor asked a
 * second time.
 * @param {Line[]} lines @param {Resolved} resolved @param {string|null} hamlet
 * @param {string|null} rt
 */
export const togetherLines = (lines, resolved, hamlet, rt) =>
  remainingLines(lines)
    .filter((line) => (line.hamlet ?? null) === hamlet && (line.rt ?? null) === rt)
    .filter((line) => !line.flags?.length && isUntouched(stateOf(resolved, line.id)))
    .map(({ id }) => id);

/** True for a line of which nothing is said, or nothing any more. @param {Resolution} state */
export const isOpen = ({ verdict, clash }) => !verdict && !clash;

/** True for an open line that raises no question. @param {Resolution} state */
const isUntouched = (state) => isOpen(state) && !state.again;

/**
 * The member of a decision that is wrong for a list of this purpose, by name; null where the
 * decision can be taken.
 * @param {string} purpose fund or monthly @param {string} part that of its lines
 * @param {{verdict: string, reason?: string|null, detail?: Detail|null}} decision
 * @returns {string|null}
 */
export function decisionFault(purpose, part, { verdict, reason, detail }) {
  if (detail != null && (typeof detail !== "object" || Array.isArray(detail))) return "detail";
  if (verdict === UNDONE) {
    if (reason) return "reason";
    return Object.keys(detail ?? {}).length ? "detail" : null;
  }
  if (!VERDICTS[part === "visit" ? part : purpose].includes(verdict)) return "verdict";
  const wrong = verdict === REFUSED ? !REASONS.includes(reason ?? "") : reason;
  if (wrong) return "reason";
  const word = reason || verdict;
  return detailFault(word, detail ?? {}, part === "visit" ? [] : (ASKED[word] ?? []));
}

/**
 * The first member of a detail that is missing, wrong, or belongs to another word.
 * @param {string} word @param {Detail} detail @param {string[]} asked
 */
function detailFault(word, detail, asked) {
  const may = [...(ASKED[word] ?? []), ...(TOLD[word] ?? [])];
  const missing = asked.find((name) => !saysSomething(name, detail[name]));
  const wrong = (/** @type {string} */ name) =>
    detail[name] != null && !(may.includes(name) && saysSomething(name, detail[name]));
  return missing ?? Object.keys(detail).sort().find(wrong) ?? null;
}

/** @param {string} name @param {unknown} value */
function saysSomething(name, value) {
  if (typeof value !== "string" || !MORE_THAN_BLANKS.test(value)) return false;
  if ([...value].length > MOST_LETTERS) return false;
  if (name === "date") return isDate(value);
  return name !== "field" || FIELDS_ON_LIST.includes(value);
}

/**
 * Whom a decision on the line `own` means by a typed number, a line's id, or words: another line, or
 * the words. Null for a number or an id of nobody else on the list.
 * @param {string} text @param {string} own @param {Pick<Line, "id" | "no">[]} lines
 */
export function twinOf(text, own, lines) {
  const [, typed] = NUMBER_ON_LIST.exec(text) ?? [];
  const twin = lines.find(({ id, no }) => (typed ? no && String(no) === typed : id === text));
  if (!twin) return typed || UUID7.test(text) ? null : text;
  return twin.id === own ? null : twin.id;
}

/**
 * Codes of sentences by what is wrong of somebody who is missing: the name is enough.
 * @param {Record<string, string | null | undefined>} said @returns {Record<string, string>}
 */
export function missingNameFaults(said) {
  const named = isName(said.name ?? "");
  /** @type {Record<string, number>} */
  const lengths = { ...LONGEST_BESIDE, ...(named && { name: LONGEST_NAME }) };
  const long = Object.keys(lengths).filter(
    (name) => [...(said[name] ?? "")].length > lengths[name],
  );
  const tooLong = Object.fromEntries(long.map((name) => [name, "check_too_long"]));
  return { ...(!named && { name: "check_name" }), ...tooLong };
}
