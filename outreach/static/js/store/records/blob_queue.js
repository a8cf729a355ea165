// Which picture or paper is sent next, and how far each is. Before the first save nothing is sent, so
// this belongs to the worker's second part.
import { ask } from "../engine/idb.js";
import { NOT_HERE, todoBlobs, waitingIn } from "./blobs.js";

/** @typedef {import("./record_types.js").Owner} Owner */
/** @typedef {import("./record_types.js").BlobInfo} BlobInfo */
/** @typedef {import("./record_types.js").Tx} Tx */

const PAUSE = 6 * 3600000;

/**
 * The oldest blob the server still lacks and may be offered now.
 * @param {Owner} s @param {Date} now @param {(info: BlobInfo) => boolean} [wanted] every one, unless told
 * @returns {Promise<BlobInfo | undefined>}
 */
export async function nextBlob(s, now, wanted = () => true) {
  const at = now.toISOString();
  // What was put off for longer than anything ever is was put off by a clock set back since.
  const latest = new Date(now.getTime() + PAUSE).toISOString();
  const due = (/** @type {string} */ after) => after <= at || after > latest;
  const todo = (await todoBlobs(s)).filter((info) => due(info.after ?? "") && wanted(info));
  return todo.sort((a, b) => (a.mid ?? 0) - (b.mid ?? 0))[0];
}

/**
 * Offer a blob again only after some hours, so that the others go on.
 * @param {Owner} s @param {string} sha @param {Date} now @param {string} [refused] code
 */
export async function postpone(s, sha, now, refused) {
  const after = new Date(now.getTime() + PAUSE).toISOString();
  await s.conn.run(["blobs"], "readwrite", async (tx) => {
    const infos = tx.objectStore("blobs");
    const info = await ask(infos.get(sha));
    if (info) await ask(infos.put({ ...info, after, refused, sent: 0 }));
  });
}

/** True for a picture that was put off and may go all the same. @param {BlobInfo} info */
const mayHurry = ({ after, refused }) => Boolean(after) && refused !== NOT_HERE;

/** The person asks: what was put off may go at once. @param {Owner} s */
export async function hurry(s) {
  if (!(await todoBlobs(s)).some(mayHurry)) return;
  await s.conn.run(["blobs"], "readwrite", async (tx) => {
    const infos = tx.objectStore("blobs");
    for (const info of await waitingIn(tx)) {
      if (mayHurry(info)) infos.put({ ...info, after: undefined });
    }
  });
}

/**
 * Note what the server has of a blob.
 * @param {Owner} s @param {string} sha @param {number} sent @param {Date} now
 */
export async function markSent(s, sha, sent, now) {
  const work = async (/** @type {Tx} */ tx) => {
    const infos = tx.objectStore("blobs");
    const info = await ask(infos.get(sha));
    if (!info) return;
    info.sent = sent;
    if (sent >= info.size) {
      delete info.todo;
      info.verified = now.toISOString();
    }
    await ask(infos.put(info));
  };
  await s.conn.run(["blobs"], "readwrite", work, "strict");
}
