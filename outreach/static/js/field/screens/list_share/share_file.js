/**
 * The file in which one phone tells another what its person decided on a list: signed by the phone, with
 * the server's word on whose phone that is, under a code that is read aloud. It holds no name of the list,
 * only those that this person said to be missing.
 */
import { utf8 } from "../../../store/engine/bytes.js";
import { shutByCode } from "../../../vault/code_box.js";
import { sign } from "../../../vault/keys.js";
import { keysOf } from "../../../vault/session.js";
import { readCard } from "./phone_card.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */

export const FORMAT = "jangkau-list-1";
/** How a phone decides; what came from paper, by a link or from the record is told by the server alone. */
export const WAYS = ["single", "together"];

/** What the phone signs: no other signature of it is over bytes that begin so. @param {string} text */
export const signedBytes = (text) => utf8(`jangkau list 1\n${text}`);

/** The card of this very phone; null where the server has told none yet. @param {Store} store */
export async function ownCard(store) {
  const { card } = await store.profile();
  return card && readCard(card)?.device === store.state.head.device ? card : null;
}

/** What whoever works here decided, on this phone or before. @param {ListContent} content */
export const ownDecisions = ({ decisions }) =>
  [...decisions.values()].filter(
    ({ mine, file, how }) => mine && !file && WAYS.includes(how ?? ""),
  );

/** Whom whoever works here said to be missing. @param {ListContent} content */
export const ownNames = ({ names }) => names.filter(({ mine, file }) => mine && !file);

/** How much of its person a file would tell. @param {ListContent} content */
export const ownSaid = (content) => ownDecisions(content).length + ownNames(content).length;

/** A text without signs that show nothing or turn others round, as long as the server takes it. @param {string} text @param {number} most */
const clean = (text, most) => text.replace(/\p{C}/gu, "").slice(0, most);

/** What a file tells of somebody who is missing, and all that is taken from one. @param {import("../list_check/list_types.js").AddedName} added */
export const toldName = ({ id, name, hamlet, note }) => ({
  id,
  name: clean(name, 100),
  hamlet: clean(hamlet ?? "", 60),
  note: clean(note ?? "", 500),
});

/** What a file tells of a decision, and all that is taken from one. @param {import("../list_check/list_types.js").Decision & {at?: string}} decision */
export const told = ({ id, lines, verdict, reason, detail, how, over = [], at }) => ({
  id,
  lines,
  verdict,
  ...(reason && { reason }),
  ...(detail && { detail }),
  how,
  over,
  at,
});

/**
 * The file, as text. @param {Store} store @param {ListContent} content @param {string} card
 * @param {string} code @param {Date} now
 */
export async function shareFile(store, content, card, code, now) {
  const { id: list, scope: village } = content.list;
  const about = { format: FORMAT, list, village, at: now.toISOString(), card };
  const names = ownNames(content).map(toldName);
  const said = { ...about, decisions: ownDecisions(content).map(told), names };
  const text = JSON.stringify(said).slice(0, -1);
  const signature = await sign(await keysOf(store.state), signedBytes(text));
  const box = await shutByCode(code, `${text},"signature":"${signature}"}`);
  return JSON.stringify({ format: FORMAT, ...box });
}
