/** A file of another phone: opened by its code, proven, and taken whole or refused in one sentence. */
import { decisionFault, TOGETHER, UNDONE } from "../../../domain/village_decisions.js";
import { CODE_LENGTH, codeIn, openByCode } from "../../../vault/code_box.js";
import { verify } from "../../../vault/verify.js";
import { isServersWord, readCard } from "./phone_card.js";
import { FORMAT, signedBytes, told, toldName, WAYS } from "./share_file.js";

/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").HeardFile} HeardFile */
/** @typedef {import("../list_check/list_types.js").Decision} Decision */
/** @typedef {import("../list_check/list_types.js").AddedName} AddedName */
/** @typedef {import("./phone_card.js").PhoneCard} PhoneCard */
/** @typedef {import("../../../vault/code_box.js").CodeBox} CodeBox */
/** @typedef {{list: string, village: string, at: string, card: string, decisions: (Decision & {at?: string})[], names?: AddedName[], signature: string}} Shared */
/** @typedef {{keys: import("../../../vault/seal.js").ServerKey[], device: string, now: Date}} Here what this phone knows */
/** @typedef {{why: string, at?: string, name?: string}} Fault */

/** A list of 400 names, all decided ten times over, is smaller. */
export const MOST_LETTERS = 3_000_000;
const MOST_DECISIONS = 8000;
const MOST_IDS = 500;
/** What may be said of many in one go: nothing that needs a reason or a date. */
const OF_MANY = ["layak", "masih_ada", "ada", UNDONE];
/** The server's word on a phone is good for so many days: an account may have ended since. */
export const CARD_DAYS = 30;
const DAY = 86_400_000;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @param {string} text @returns {Record<string, unknown> | null} null for what is no JSON object */
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return found && typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}

/**
 * What the file says, once its code has opened it; the fault of one that does not open.
 * @param {string} text @param {string} typed @returns {Promise<{fault: Fault} | {said: Shared, plain: string}>}
 */
async function opened(text, typed) {
  if (!text) return { fault: { why: "none" } };
  if (text.length > MOST_LETTERS) return { fault: { why: "big" } };
  const shut = parsed(text);
  if (shut?.format !== FORMAT) return { fault: { why: "kind" } };
  const code = codeIn(typed);
  const plain =
    code.length === CODE_LENGTH
      ? await openByCode(code, /** @type {CodeBox} */ (/** @type {unknown} */ (shut)))
      : null;
  if (!plain) return { fault: { why: "code" } };
  const said = parsed(plain);
  const texts = ["list", "village", "at", "card", "signature"];
  const whole = texts.every((name) => typeof said?.[name] === "string");
  // What no clock wrote is never shown: it would end every screen that tells when a file was made.
  const isMoment = MOMENT.test(`${said?.at}`) && !Number.isNaN(Date.parse(`${said?.at}`));
  if (!said || !whole || !isMoment) return { fault: { why: "altered" } };
  return { said: /** @type {Shared} */ (/** @type {unknown} */ (said)), plain };
}

/** The bytes before the signature, which the phone signed. @param {string} plain @param {Shared} said */
const before = (plain, { signature }) =>
  plain.slice(0, plain.length - `,"signature":"${signature}"}`.length);

/** Why the phone may not speak of this village's list. @param {Shared} said @param {string} plain @param {string} village @param {Here} here @returns {Promise<Fault | null>} */
async function signerFault(said, plain, village, { keys, device, now }) {
  const known = await isServersWord(said.card, keys);
  if (known === null) return { why: "server_key" };
  const card = readCard(said.card);
  if (!known || !card) return { why: "stranger" };
  if (card.role !== "head" || !card.villages.includes(village)) return { why: "stranger" };
  if (card.device === device) return { why: "own" };
  const { name, at } = card;
  if (!(now.getTime() - Date.parse(at) < CARD_DAYS * DAY)) return { why: "old_card", name, at };
  const key = { kid: "", kind: "sign", public: card.public };
  const signed = await verify(key, said.signature, signedBytes(before(plain, said)));
  return signed ? null : { why: "altered" };
}

/** @param {unknown} ids @param {number} least */
const areIds = (ids, least) =>
  Array.isArray(ids) &&
  ids.length >= least &&
  ids.length <= MOST_IDS &&
  new Set(ids).size === ids.length &&
  ids.every((id) => typeof id === "string" && ID.test(id));

/** @template T @param {T[]} all @param {number} most @param {(one: T) => boolean} isRight */
const isListOf = (all, most, isRight) =>
  Array.isArray(all) && all.length <= most && all.every(isRight);

/** False for what needs a word for each line and is said of several. @param {Decision} decision */
function isOfEach({ lines, verdict, how }) {
  if (lines.length === 1 && how !== TOGETHER) return true;
  return OF_MANY.includes(verdict) && (how === TOGETHER || verdict === UNDONE);
}

/** True for what the server takes from a phone of lines of this list. @param {ListContent} content @returns {(decision: Decision | null) => boolean} */
export function fits({ list, lines }) {
  const parts = new Map(lines.map(({ id, part }) => [id, part]));
  return (one) => {
    if (!one || !areIds([one.id], 1) || !areIds(one.lines, 1) || !areIds(one.over, 0)) return false;
    if (!WAYS.includes(one.how ?? "") || (one.verdict === UNDONE && !one.over?.length))
      return false;
    // A line that this phone has not pulled yet is of a name that came later: a numbered one.
    const named = one.lines.map((id) => (parts.get(id) === "visit" ? "visit" : "main"));
    const [part] = named;
    const fault = decisionFault(list.purpose, part, one);
    return named.every((other) => other === part) && isOfEach(one) && !fault;
  };
}

/** True for somebody said to be missing: of which list and village, the file says. @param {AddedName | null} one */
const isMissing = (one) =>
  areIds([one?.id], 1) &&
  [one?.name, one?.hamlet ?? "", one?.note ?? ""].every((text) => typeof text === "string") &&
  Boolean(one && toldName(one).name.trim());

/** @param {Shared} said @param {ListContent} content @returns {HeardFile} */
function heardFile({ card, at, decisions, names = [] }, content) {
  const { device, user, name } = /** @type {PhoneCard} */ (readCard(card));
  const all = [...content.decisions.values(), ...content.names];
  const others = new Set(all.filter(({ author }) => author !== user).map(({ id }) => id));
  // Nobody's word is replaced by another's under the same id, nor by what the server alone tells.
  const isOwn = (/** @type {{id: string}} */ { id }) => !others.has(id);
  return {
    device,
    user,
    name,
    at,
    decisions: decisions.filter(isOwn).map(told),
    names: names.filter(isOwn).map(toldName),
  };
}

/** Who is missing by a file, and by nothing that is known here. @param {HeardFile} file @param {ListContent} content */
export const newNames = ({ names = [] }, content) =>
  names.filter(({ id }) => content.names.every((one) => one.id !== id));

/** Why nothing of a file is new: it was read before, or a later one was. @param {HeardFile} file @param {ListContent} content @returns {Fault | null} */
function knownFault(file, content) {
  const { device, name, at, decisions } = file;
  const earlier = content.heard.find((one) => one.device === device);
  const isNew =
    decisions.some(({ id }) => !content.decisions.has(id)) || newNames(file, content)[0];
  if (!earlier || isNew) return null;
  return at < earlier.at ? { why: "older", name, at: earlier.at } : { why: "twice", name, at };
}

/**
 * A file that another phone of the village made of this list; or its fault.
 * @param {string} text @param {string} code as it was typed @param {ListContent} content @param {Here} here
 * @returns {Promise<{file: HeardFile} | {fault: Fault}>}
 */
export async function checkFile(text, code, content, here) {
  const found = await opened(text, code);
  if ("fault" in found) return found;
  const { said, plain } = found;
  const { id, scope } = content.list;
  if (said.village !== scope) return { fault: { why: "village" } };
  if (said.list !== id) return { fault: { why: "list" } };
  const wrong = await signerFault(said, plain, scope, here);
  if (wrong) return { fault: wrong };
  const { decisions, names = [] } = said;
  const right =
    isListOf(decisions, MOST_DECISIONS, fits(content)) && isListOf(names, MOST_IDS, isMissing);
  if (!right) return { fault: { why: "altered" } };
  const file = heardFile(said, content);
  const fault = knownFault(file, content);
  return fault ? { fault } : { file };
}
