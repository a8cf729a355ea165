// Pictures that the server refused for good, or whose bytes are gone: each is taken again, and named
// until the worker has another in its place.
import { hashesIn, NOT_HERE } from "../records/blobs.js";
import { ask } from "../engine/idb.js";
import { addToInbox, nameOf } from "./save_counts.js";
import { viewOf } from "../replica/view.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/blobs.js").BlobInfo} BlobInfo */
/** @typedef {import("../records/record_types.js").Tx} Tx */

const TOO_BIG = "blob_too_big";

/**
 * True for a picture that can only be taken again. What another PIN locked comes back with it.
 * @param {State} s @param {string} sha @param {string} code @returns {Promise<boolean>}
 */
export const isLost = async ({ conn }, sha, code) =>
  code === TOO_BIG ||
  (code === NOT_HERE &&
    !(await conn.run(["bytes"], "readonly", (tx) => ask(tx.objectStore("bytes").count(sha)))));

/**
 * The server will never take this one: it waits for nothing any more, and is taken again.
 * @param {State} s @param {string} sha @param {string} refused code
 */
export async function giveUp(s, sha, refused) {
  const work = async (/** @type {Tx} */ tx) => {
    const infos = tx.objectStore("blobs");
    const info = await ask(infos.get(sha));
    const rec = /** @type {import("../records/state.js").JournalRecord | undefined} */ (
      info?.mid && (await ask(tx.objectStore("journal").get(info.mid)))
    );
    if (info) await ask(infos.put({ ...info, todo: 2, refused, row: rec?.id, sent: 0 }));
  };
  await s.conn.run(["blobs", "journal"], "readwrite", work, "strict");
}

/** Pictures that the server refused for good. @param {State} s @returns {Promise<BlobInfo[]>} */
const refusedBlobs = (s) =>
  s.conn.run(["blobs"], "readonly", (tx) => ask(tx.objectStore("blobs").index("todo").getAll(2)));

/** The field that holds a picture now; undefined once another took its place. @param {Record<string, unknown>} data @param {string} sha */
const fieldOf = (data, sha) =>
  Object.keys(data).find((field) => hashesIn({ [field]: [null, data[field]] }).includes(sha));

/** The pictures to take again. Call after refresh(). @param {State} s */
export async function toTakeAgain(s) {
  const found = await Promise.all(
    (await refusedBlobs(s)).map(async ({ sha, row, mid, at, refused }) => {
      const view = row ? await viewOf(s, row) : null;
      const field = view && fieldOf(view.data, sha);
      if (!row || !field) return [];
      const data = { errors: { [field]: [{ code: /** @type {string} */ (refused) }] } };
      return [{ kind: "photo", id: row, mid, at, name: nameOf(s, row), data }];
    }),
  );
  return found.flat();
}

addToInbox(toTakeAgain);
