/**
 * The exact list that is signed: canonical JSON (RFC 8785: ASCII names, texts in NFC, whole
 * numbers), its hash, and a Merkle tree over its items (RFC 6962). The same as
 * outreach/domain/list_document.py. Whoever calls hands in the SHA-256 of bytes as hexadecimal
 * digits (store/engine/hash.js).
 */
import { numberedLines, stateOf, UNDECIDED } from "./village_decisions.js";

/** @typedef {import("./village_decisions.js").Line} Line */
/** @typedef {import("./village_decisions.js").Resolved} Resolved */
/** @typedef {Record<string, unknown>} Item one line as it is signed, by member */
/** @typedef {(bytes: Uint8Array) => Promise<string>} Hash */

/**
 * Which list it is; a fund's list has no month, a monthly one no fund.
 * @typedef {object} ListFacts
 * @property {string} list its id
 * @property {string} village the region's code
 * @property {string} purpose
 * @property {string|null} fund
 * @property {number} year
 * @property {number|null} month
 * @property {number} no
 */

/** @typedef {ListFacts & {v: number, items: Item[]}} ListDocument */

const VERSION = 1;
/** @type {(keyof Line)[]} */
const OF_LINE = [
  "no",
  "worker",
  "name",
  "sex",
  "birth_year",
  "rt",
  "hamlet",
  "occupation",
  "nik",
  "nik_no",
  "salt",
];
const HEX = /^[0-9a-f]{64}$/;
const [LEAF, NODE] = ["00", "01"];
const writer = new TextEncoder();

/**
 * One line as it is signed. `gone` stands there only where the worker left the list.
 * @param {Line} line @param {import("./village_decisions.js").Resolution} [state] @returns {Item}
 */
export function itemOf(line, state = UNDECIDED) {
  /** @type {Item} */
  const item = {};
  for (const name of OF_LINE) item[name] = nfc(line[name] ?? null);
  item.verdict = state.verdict;
  item.reason = state.reason;
  if (line.gone) item.gone = line.gone;
  return item;
}

/** @param {unknown} value */
const nfc = (value) => (typeof value === "string" ? value.normalize("NFC") : value);

/**
 * The list that is signed: every numbered line, in the order of the numbers.
 * @param {ListFacts} facts @param {Line[]} lines @param {Resolved} resolved
 * @returns {ListDocument}
 */
export function listDocument({ list, village, purpose, fund, year, month, no }, lines, resolved) {
  const items = numberedLines(lines).map((line) => itemOf(line, stateOf(resolved, line.id)));
  return { v: VERSION, list, village, purpose, fund, year, month, no, items };
}

/** The one form that RFC 8785 gives a document or an item, as text. @param {unknown} value @returns {string} */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join()}}`;
}

/** The canonical form in bytes. @param {unknown} value */
export const canonicalBytes = (value) => writer.encode(canonical(value));

/** What is signed. @param {ListDocument} whole @param {Hash} hash 64 hexadecimal digits */
export const documentHash = (whole, hash) => hash(canonicalBytes(whole));

/** A hash as it stands on paper: blocks of four digits. @param {string} digest */
export const blocks = (digest) => digest.match(/.{4}/g) ?? [];

/** The hash of one item in the tree. @param {unknown} item @param {Hash} hash */
const leaf = (item, hash) => hash(joined(LEAF, canonicalBytes(item)));

/** The hash of two joined in the tree. @param {string} left @param {string} right @param {Hash} hash */
const node = (left, right, hash) => hash(joined(NODE + left + right));

/** Bytes of hexadecimal digits, then others. @param {string} hex @param {Uint8Array} [rest] */
function joined(hex, rest = new Uint8Array()) {
  const all = new Uint8Array(hex.length / 2 + rest.length);
  for (let i = 0; i < hex.length; i += 2) all[i / 2] = Number.parseInt(hex.slice(i, i + 2), 16);
  all.set(rest, hex.length / 2);
  return all;
}

/** @param {unknown[]} items @param {Hash} hash */
const leavesOf = (items, hash) => Promise.all(items.map((item) => leaf(item, hash)));

/**
 * The root over all items, 64 hexadecimal digits.
 * @param {unknown[]} items @param {Hash} hash
 */
export const merkleRoot = async (items, hash) => rootOf(await leavesOf(items, hash), hash);

/** @param {string[]} leaves @param {Hash} hash @returns {Promise<string>} */
async function rootOf(leaves, hash) {
  if (leaves.length < 2) return leaves[0] ?? hash(joined(""));
  const half = split(leaves.length);
  const [left, right] = await Promise.all([
    rootOf(leaves.slice(0, half), hash),
    rootOf(leaves.slice(half), hash),
  ]);
  return node(left, right, hash);
}

/** The largest power of two below n. @param {number} n */
function split(n) {
  let half = 1;
  while (half * 2 < n) half *= 2;
  return half;
}

/**
 * The path from one item to the root: the hashes beside it, nearest first.
 * @param {unknown[]} items @param {number} index from 0 @param {Hash} hash
 */
export async function proof(items, index, hash) {
  if (!(index in items)) throw new RangeError(`item ${index} of ${items.length}`);
  return pathOf(await leavesOf(items, hash), index, hash);
}

/** @param {string[]} leaves @param {number} index @param {Hash} hash @returns {Promise<string[]>} */
async function pathOf(leaves, index, hash) {
  if (leaves.length === 1) return [];
  const half = split(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...(await pathOf(left, index, hash)), await rootOf(right, hash)]
    : [...(await pathOf(right, index - half, hash)), await rootOf(left, hash)];
}

/**
 * True when the item is the one at `index` of `n` under this root (RFC 9162, 2.1.3.2).
 * @param {unknown} item @param {number} index @param {number} n @param {string[]} path
 * @param {string} root @param {Hash} hash
 */
export async function checkProof(item, index, n, path, root, hash) {
  if (index < 0 || index >= n || !path.every((beside) => HEX.test(beside))) return false;
  let [here, last] = [index, n - 1];
  let current = await leaf(item, hash);
  for (const beside of path) {
    if (last === 0) return false;
    if (here % 2 || here === last) {
      current = await node(beside, current, hash);
      while (here % 2 === 0 && here) [here, last] = [here >> 1, last >> 1];
    } else {
      current = await node(current, beside, hash);
    }
    [here, last] = [here >> 1, last >> 1];
  }
  return last === 0 && current === root;
}
