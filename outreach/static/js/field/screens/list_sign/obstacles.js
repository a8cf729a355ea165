/** What stands in the way of signing a list, who may sign it, and which phones were not heard. */
import { blockingLines, stateOf } from "../../../domain/village_decisions.js";

/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").Holder} Holder */
/** @typedef {"closed" | "meeting" | "clash" | "undecided" | "holder"} Code */
/** @typedef {{code: Code, n: number}} Obstacle */

/** Who signs today when several could: who stands in is there because the head is away. */
const ORDER = ["plh", "definitif", "pj", "an"];

/** @param {Holder} holder @param {string} day */
export const holdsOn = ({ starts, ends }, day) => starts <= day && (!ends || day <= ends);

/**
 * Terms of the head office that run on a day: first that of who works here, then who signs first.
 * @param {Holder[]} holders @param {string} day @param {string} [user]
 */
export const presentHolders = (holders, day, user) =>
  holders
    .filter((holder) => holdsOn(holder, day))
    .sort(
      (a, b) =>
        Number(b.user_id === user) - Number(a.user_id === user) ||
        ORDER.indexOf(a.capacity) - ORDER.indexOf(b.capacity) ||
        (a.id < b.id ? -1 : 1),
    );

/** True for who holds the office on this day, in whichever way: what they sign for counts. @param {ListContent} content @param {{today: string, user: string}} ctx */
export const isHolder = ({ holders }, { today, user }) =>
  presentHolders(holders, today).some(({ user_id }) => user_id === user);

/** True for a list that nobody signs before its meeting has begun. @param {ListContent["list"]} list */
const needsMeeting = ({ purpose, state }) => purpose === "fund" && state === "open";

/** Everything that blocks signing, in the order in which it is put right. @param {ListContent} content @param {string} day @returns {Obstacle[]} */
export function obstaclesOf({ list, lines, resolved, holders }, day) {
  const isClosed = list.state === "closed";
  const open = blockingLines(lines, resolved);
  const clashes = open.filter(({ id }) => stateOf(resolved, id).clash).length;
  /** @type {[Code, number][]} */
  const all = [
    ["closed", Number(isClosed)],
    ["meeting", Number(needsMeeting(list))],
    ["clash", clashes],
    ["undecided", open.length - clashes],
    ["holder", Number(!presentHolders(holders, day).length)],
  ];
  const found = all.filter(([, n]) => n > 0).map(([code, n]) => ({ code, n }));
  // What comes after is of no use any more.
  return isClosed ? found.slice(0, 1) : found;
}

/**
 * Lines found fit whose person no signature has verified, or none any more: those that a version
 * that counts has left out. @param {ListContent} content
 */
export const leftOut = ({ lines, resolved }) =>
  lines.filter(
    ({ id, gone, status }) =>
      !gone && status === "verifikasi_pekon" && stateOf(resolved, id).verdict === "layak",
  );

/**
 * Holders of the office whose own phone may hold answers that are not here: none of theirs is known, by
 * a pull or by a file.
 * @param {ListContent} content @param {string} day @param {string} user who works here
 */
export function unheardOf({ decisions, holders, heard: files }, day, user) {
  const authors = [...decisions.values()].map(({ author }) => author);
  const heard = new Set([...authors, ...files.map((file) => file.user)]);
  const others = presentHolders(holders, day).filter(({ user_id }) => user_id !== user);
  const unheard = others.filter(({ user_id }) => !heard.has(user_id));
  // Somebody may hold the office in two ways, and has one phone.
  return [...new Map(unheard.map((holder) => [holder.user_id, holder])).values()];
}
