/**
 * Who signs a village's list in which meeting, and what minutes must say. The same as
 * outreach/domain/list_signers.py.
 */
import { isDate } from "./rules.js";

/** @typedef {Record<string, unknown>} Members minutes or a signer, by member */
/**
 * A meeting: who chairs it, who must sign, and who may besides.
 * @typedef {{chair: string, must: string[], may: string[]}} Forum
 */

export const GLASS = "glass";
export const THUMB = "thumb";
export const METHODS = [GLASS, "wet", THUMB];
export const CAPACITIES = ["definitif", "pj", "plh", "an"];
/** Who only stands in names the letter that says so. */
export const OWN_RIGHT = "definitif";
const [NAME_MAX, LETTER_MAX, PLACE_MAX, PRESENT_MAX] = [100, 60, 120, 9999];
const HASH = /^[0-9a-f]{64}$/;
const MORE_THAN_BLANKS = /[^ \t\r\n]/;
/** @type {Record<string, Forum>} "" is a month's list: it needs no meeting */
export const FORUMS = {
  rapat_verifikasi: { chair: "head", must: ["head"], may: ["secretary"] },
  musyawarah_pekon: {
    chair: "lhp_chair",
    must: ["lhp_chair", "head", "resident"],
    may: ["secretary"],
  },
  rapat_kelurahan: { chair: "head", must: ["head"], may: ["secretary"] },
  "": { chair: "head", must: ["head"], may: [] },
};

/**
 * The first member of minutes that is missing or wrong, by name; of a signer as
 * `signers.<place>.<member>`. Null where they can be taken.
 * @param {Members} minutes @param {string | null} forum @returns {string | null}
 */
export function minutesFault(minutes, forum) {
  const meeting = forum || "";
  if ((minutes.kind || "") !== meeting || !Object.hasOwn(FORUMS, meeting)) return "kind";
  const fault = meeting && meetingFault(minutes);
  if (fault) return fault;
  if (typeof minutes.date !== "string" || !isDate(minutes.date)) return "date";
  return (
    ["hash", "root"].find((name) => !isHash(minutes[name])) ??
    signersFault(minutes.signers, FORUMS[meeting])
  );
}

/** What is missing of the meeting: the village's letter number, the place, how many came. @param {Members} minutes */
function meetingFault({ letter_no, place, present }) {
  if (!isText(letter_no, LETTER_MAX)) return "letter_no";
  if (!isText(place, PLACE_MAX)) return "place";
  const some = Number.isInteger(present) && Number(present) > 0 && Number(present) <= PRESENT_MAX;
  return some ? null : "present";
}

/** Each place once, and those who must are there. @param {unknown} signers @param {Forum} forum */
function signersFault(signers, { must, may }) {
  if (!Array.isArray(signers)) return "signers";
  const roles = signers.map((one) => String(one?.role));
  const all = roles.every(
    (role, i) => [...must, ...may].includes(role) && roles.indexOf(role) === i,
  );
  if (!all || must.some((role) => !roles.includes(role))) return "signers";
  for (const [place, signer] of signers.entries()) {
    const fault = signerFault(signer);
    if (fault) return `signers.${place}.${fault}`;
  }
  return null;
}

/** The member of one signer that is missing or wrong. @param {Members} signer */
export function signerFault(signer) {
  if (!isText(signer.name, NAME_MAX)) return "name";
  const office = signer.role === "head" ? officeFault(signer) : null;
  if (office) return office;
  const method = String(signer.method);
  if (!METHODS.includes(method)) return "method";
  if (method === THUMB && !isText(signer.witness, NAME_MAX)) return "witness";
  return method === GLASS && !isHash(signer.strokes) ? "strokes" : null;
}

/** What is missing of the office in which somebody signs. @param {Members} signer */
function officeFault(signer) {
  const missing = ["office", "term"].find((name) => !isText(signer[name], NAME_MAX));
  if (missing) return missing;
  if (!CAPACITIES.includes(String(signer.capacity))) return "capacity";
  const standsIn = signer.capacity !== OWN_RIGHT;
  return standsIn && !isText(signer.delegation, LETTER_MAX) ? "delegation" : null;
}

/** @param {unknown} value @param {number} most */
const isText = (value, most) =>
  typeof value === "string" && MORE_THAN_BLANKS.test(value) && [...value].length <= most;

/** @param {unknown} value */
const isHash = (value) => typeof value === "string" && HASH.test(value);
