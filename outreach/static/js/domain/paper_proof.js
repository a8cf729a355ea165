/**
 * Whether a paper in somebody's hand is the newest of its kind: told by its hash, or by two of the
 * hash's sixteen blocks. The same as outreach/domain/paper_proof.py; vectors in tests/shared.
 */
import { blocks } from "./list_document.js";

/** @typedef {"same" | "older" | "different"} Word */
/** @typedef {{hash: string, state: string}} Paper a version that is known, and how it stands; `older`: the list has changed */
/**
 * What a paper is: the version that it shows, and the one that stands now.
 * @template {Paper} P
 * @typedef {{word: Word, of: P | null, newest: P | null}} Verdict
 */

export const BLOCKS = 16;
export const ASKED = 2;
export const CHANGED = "older";
/** What was never accepted; others are not measured by it. */
const NEVER = ["broken", "declined", "kept"];
const BLOCK = /^[0-9a-f]{4}$/;

/**
 * Two blocks by their places, counted from 1; null unless both are there and could be.
 * @param {[number, string][]} said @returns {[number, string][] | null}
 */
export function typedBlocks(said) {
  const typed = said.map(
    ([place, text]) =>
      /** @type {[number, string]} */ ([place, text.replace(/\s+/g, "").toLowerCase()]),
  );
  const could = typed.every(([place, text]) => place > 0 && place <= BLOCKS && BLOCK.test(text));
  return could && new Set(typed.map(([place]) => place)).size === ASKED ? typed : null;
}

/** True for a hash that has these blocks in these places. @param {string} hash @param {[number, string][]} typed */
export const hasBlocks = (hash, typed) =>
  typed.every(([place, text]) => blocks(hash)[place - 1] === text);

/**
 * What the paper is among all that are known, by kind and in each the newest first. The same is
 * only what stands now: neither an earlier version nor one that was never accepted.
 * @template {Paper} P
 * @param {P[][]} kinds @param {(paper: P) => boolean} matches @returns {Verdict<P>}
 */
export function judge(kinds, matches) {
  for (const papers of kinds) {
    const of = papers.find(matches);
    if (!of) continue;
    const newest = papers.find(({ state }) => !NEVER.includes(state)) ?? null;
    const same = of === newest && of.state !== CHANGED;
    return { word: same ? "same" : "older", of, newest };
  }
  return { word: "different", of: null, newest: null };
}
