// Forms not yet saved. Pages write them directly, at every change, without the worker.
import { unlessLost } from "../engine/errors.js";
import { ask } from "../engine/idb.js";
import { decode, encode } from "../records/payload.js";
import { exclusively } from "../engine/locks.js";

/** @typedef {import("../records/record_types.js").Owner} Owner */
/** @typedef {import("../records/record_types.js").DraftData} DraftData */
/** @typedef {import("../records/record_types.js").DraftRecord} DraftRecord */
/** @typedef {import("../records/record_types.js").Tx} Tx */
/**
 * @typedef {object} Draft
 * @property {string} id
 * @property {string} scope
 * @property {string} at last change
 * @property {boolean} [blank] nobody has answered anything
 * @property {DraftData} data what the form keeps
 */

/** A form; null when the key it was written with is gone. @param {Owner} s @param {DraftRecord} rec @returns {Promise<Draft | null>} */
async function openDraft(s, { id, scope, payload, blank }) {
  const body = await unlessLost(decode(s, `drafts/${id}`, payload));
  return body && { id, scope, ...(blank && { blank }), ...body };
}

/**
 * Keep a form as it is now. Relaxed: it is written at every keystroke, and a save is what the
 * screen calls safe. A blank one was opened and nobody has answered anything: the next write of it
 * is not blank, and until then no list and no count has it.
 * @param {Owner} s @param {string} id
 * @param {{scope?: string, data: DraftData, blank?: boolean}} draft @param {Date} now
 */
export async function putDraft(s, id, { scope = "", data, blank }, now) {
  const payload = await encode(s, `drafts/${id}`, { at: now.toISOString(), data });
  await s.conn.run(["drafts"], "readwrite", (tx) =>
    ask(tx.objectStore("drafts").put({ id, scope, payload, blank })),
  );
}

/** @param {Owner} s @param {string} id @returns {Promise<Draft | null>} */
export async function getDraft(s, id) {
  const rec = await s.conn.run(["drafts"], "readonly", (tx) =>
    ask(tx.objectStore("drafts").get(id)),
  );
  return rec ? openDraft(s, rec) : null;
}

/**
 * Every form begun and not yet saved, the latest first; each once its page has written what was
 * typed last. @param {Owner} s @returns {Promise<Draft[]>}
 */
export async function allDrafts(s) {
  /** @type {IDBValidKey[]} */
  const ids = await s.conn.run(["drafts"], "readonly", (tx) =>
    ask(tx.objectStore("drafts").getAllKeys()),
  );
  const drafts = await Promise.all(
    /** @type {string[]} */ (ids).map((id) => inTurn(id, () => getDraft(s, id))),
  );
  return drafts
    .flatMap((draft) => (draft && !draft.blank ? [draft] : []))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** How many forms are begun. @param {Tx} tx */
export const countBegun = async (tx) =>
  (await ask(tx.objectStore("drafts").getAll())).filter(({ blank }) => !blank).length;

/** @param {Owner} s @param {string} id */
export async function deleteDraft(s, id) {
  await s.conn.run(["drafts"], "readwrite", (tx) => ask(tx.objectStore("drafts").delete(id)));
}

/**
 * The answer of `work`, after every write of this draft that was begun before, in any tab or the
 * worker: nobody reads a draft while a page is still writing what was typed.
 * @template T
 * @param {string} id @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const inTurn = (id, work) => exclusively(`jk-draft-${id}`, work);
