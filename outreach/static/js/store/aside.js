// A database that cannot be used any more is put aside, never deleted: the person goes on with an
// empty one, and what the old one still gives can be carried to the server.
import { hashesIn } from "./blobs.js";
import { nameOf, phoneDatabase, putAside } from "./db.js";
import { countBegun } from "./drafts.js";
import { ask, Connection } from "./idb.js";
import { closeUser, openUser } from "./store.js";

/**
 * @typedef {object} Survey what a database still gives
 * @property {number} saves
 * @property {number} unsent saves that the server had not answered
 * @property {number} sealed of these, how many can be carried
 * @property {number} drafts
 * @property {string} [code] why it cannot be read
 */
const UNSENT = ["waiting", "sending"];
const UNREADABLE = { saves: 0, unsent: 0, sealed: 0, drafts: 0 };

/** A connection to a database as it is. @param {string} userId @param {number} n */
export const rawDatabase = (userId, n) => new Connection(nameOf(userId, n), undefined, () => {});

/**
 * What the n-th database of a user still gives; nothing of it is decrypted or changed.
 * @param {string} userId @param {number} n @returns {Promise<Survey>}
 */
export async function survey(userId, n) {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  if (!names.includes(nameOf(userId, n))) return { ...UNREADABLE, code: "storage_gone" };
  const conn = rawDatabase(userId, n);
  try {
    return await conn.run(["journal", "drafts"], "readonly", async (tx) => {
      const records = await ask(tx.objectStore("journal").getAll());
      const unsent = records.filter(({ state }) => UNSENT.includes(state));
      return {
        saves: records.length,
        unsent: unsent.length,
        sealed: unsent.filter(({ sealed }) => sealed).length,
        drafts: await countBegun(tx),
      };
    });
  } catch (/** @type {any} */ error) {
    return { ...UNREADABLE, code: error.code ?? "storage_failed" };
  } finally {
    await conn.close();
  }
}

/** Everything put aside for a user that still gives something. @param {string} userId */
export async function asideOf(userId) {
  const many = (await putAside())[userId] ?? 0;
  const found = await Promise.all(
    Array.from({ length: many }, async (_, n) => ({ n, ...(await survey(userId, n)) })),
  );
  return found.filter(
    ({ saves, drafts, code }) => saves || drafts || (code && code !== "storage_gone"),
  );
}

/** @typedef {{draft: import("./drafts.js").Draft, pictures: {sha: string, bytes: Uint8Array, mime: string}[]}} Form */

/** Forms not yet saved that can still be read, with their pictures. @param {string} userId @returns {Promise<Form[]>} */
async function readableForms(userId) {
  try {
    const store = await openUser(userId);
    const forms = (await store.drafts()).map(async (draft) => {
      const asked = hashesIn({ data: [null, draft.data] }).map((sha) => store.blob(sha));
      const found = await Promise.all(asked.map((one) => one.catch(() => null)));
      return { draft, pictures: found.flatMap((one) => (one ? [one] : [])) };
    });
    return await Promise.all(forms);
  } catch {
    return [];
  }
}

/** @param {string} userId @param {Form[]} forms */
async function bringOver(userId, forms) {
  const store = await openUser(userId);
  for (const { draft, pictures } of forms) {
    for (const { sha, bytes, mime } of pictures) await store.putBlob(sha, bytes, mime);
    await store.putDraft(draft.id, draft);
  }
}

/**
 * Go on with an empty database. The old one stays as it is, beside it; forms not yet saved that it
 * still gives are in the new one too, so that nobody types them again.
 * @param {string} userId @param {number} n the one to put aside; nothing happens when it is already
 */
export async function beginAnew(userId, n) {
  const forms = await readableForms(userId);
  const moved = await phoneDatabase().run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const aside = (await ask(meta.get("aside"))) ?? {};
      if ((aside[userId] ?? 0) !== n) return false;
      await ask(meta.put({ ...aside, [userId]: n + 1 }, "aside"));
      return true;
    },
    "strict",
  );
  await closeUser(userId);
  if (moved) await bringOver(userId, forms);
}
