// A database that cannot be used any more is put aside, never deleted: the person goes on with an
// empty one. What is sealed in the old one goes on being sent (sync/put_aside.js), is counted until
// the server has it, and can be carried.
import { hashesIn } from "./records/blobs.js";
import { nameOf, phoneDatabase, putAside } from "./engine/db.js";
import { allDrafts, countBegun } from "./books/drafts.js";
import { ask, Connection } from "./engine/idb.js";
import { closeUser, createStore, openUser } from "./store.js";

/** @typedef {import("./engine/errors.js").StoreError} StoreError */
/** @typedef {import("./records/state.js").Head} Head */
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

/**
 * A connection to a database as it is.
 * @param {string} userId @param {number} n
 * @returns {import("./records/record_types.js").Connection}
 */
export const rawDatabase = (userId, n) => new Connection(nameOf(userId, n), undefined, () => {});

/**
 * The content that the n-th database of a user still gives; nothing of it is decrypted or changed.
 * @param {string} userId @param {number} n @returns {Promise<Survey>}
 */
export async function survey(userId, n) {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  if (!names.includes(nameOf(userId, n))) return { ...UNREADABLE, code: "storage_gone" };
  const conn = rawDatabase(userId, n);
  try {
    return await conn.run(["journal", "drafts", "meta"], "readonly", async (tx) => {
      const records = await ask(tx.objectStore("journal").getAll());
      const received = (await ask(tx.objectStore("meta").get("sync")))?.received ?? 0;
      const unsent = records.filter(({ mid, state }) => mid > received && UNSENT.includes(state));
      return {
        saves: records.length,
        unsent: unsent.length,
        sealed: unsent.filter(({ sealed }) => sealed).length,
        drafts: await countBegun(tx),
      };
    });
  } catch (error) {
    return { ...UNREADABLE, code: /** @type {StoreError} */ (error).code ?? "storage_failed" };
  } finally {
    await conn.close();
  }
}

/** Everything put aside for a user that still gives something. @param {string} userId */
export async function databasesSetAside(userId) {
  const many = (await putAside())[userId] ?? 0;
  const found = await Promise.all(
    Array.from({ length: many }, async (_, n) => ({ n, ...(await survey(userId, n)) })),
  );
  return found.filter(
    ({ saves, drafts, code }) => saves || drafts || (code && code !== "storage_gone"),
  );
}

/** @typedef {{draft: import("./books/drafts.js").Draft, pictures: {sha: string, bytes: Uint8Array, mime: string}[]}} Form */

/** Forms not yet saved that can still be read, with their pictures. @param {string} userId @returns {Promise<Form[]>} */
async function readableForms(userId) {
  try {
    const store = await openUser(userId);
    const forms = (await allDrafts(store.state)).map(async (draft) => {
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

/** @typedef {{head: import("./records/state.js").Head, hadPin: boolean, counts: import("./books/save_counts.js").Counts}} Before */

/**
 * The facts of the n-th database for the next one; null where that cannot be read.
 * @param {string} userId @param {number} n @returns {Promise<Before | null>}
 */
async function readBefore(userId, n) {
  if ((await survey(userId, n)).code) return null;
  const conn = rawDatabase(userId, n);
  try {
    return await conn.run(["meta", "vault", "journal"], "readonly", async (tx) => {
      const [meta, vault] = [tx.objectStore("meta"), tx.objectStore("vault")];
      const [head, sync, keys] = [
        await ask(meta.get("head")),
        await ask(meta.get("sync")),
        await ask(vault.get("keys")),
      ];
      const after = IDBKeyRange.lowerBound(sync.received, true);
      const pending = await ask(tx.objectStore("journal").count(after));
      const recorded = head.before + head.mid;
      const counts = { recorded, received: head.before + sync.received, pending };
      return { head, hadPin: Boolean(keys?.salt), counts };
    });
  } catch {
    return null;
  } finally {
    await conn.close();
  }
}

/**
 * Count anew what lies in databases put aside, for the ledger of the present one.
 * @param {import("./records/state.js").State} s
 */
export async function countSetAside({ userId, conn }) {
  const many = (await putAside())[userId] ?? 0;
  const all = await Promise.all(Array.from({ length: many }, (_, n) => readBefore(userId, n)));
  const total = { recorded: 0, received: 0, pending: 0 };
  for (const { counts } of all.flatMap((one) => one ?? [])) {
    total.recorded += counts.recorded;
    total.received += counts.received;
    total.pending += counts.pending;
  }
  await conn.run(["meta"], "readwrite", (tx) => ask(tx.objectStore("meta").put(total, "aside")));
}

/**
 * A store goes on where the one put aside before it stopped: as another device of the same line,
 * with nothing called lost that only lies beside, and with a PIN at once where there was one.
 * @param {import("./store.js").Store} store @param {Before | null} before
 */
async function follow({ state }, before) {
  await state.conn.run(
    ["meta", "vault"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const { lost, ...head } = await ask(meta.get("head"));
      const known = before && lost?.device === before.head.device && lost.mid <= before.head.mid;
      if (lost && !known) /** @type {Head} */ (head).lost = lost;
      meta.put({ ...head, ...(before && { was: before.head.device }) }, "head");
      if (!before || before.hadPin) tx.objectStore("vault").put(0, "asked");
    },
    "strict",
  );
  await state.peek();
}

/**
 * The store that would take the place of the n-th, while nobody has decided so.
 * @param {string} userId @param {number} n
 */
export async function nextStore(userId, n) {
  const store = await createStore(userId, { n: n + 1 });
  await follow(store, await readBefore(userId, n));
  return store;
}

/**
 * Go on with an empty database. The old one stays as it is, beside it; forms not yet saved that it
 * still gives are in the new one too, so that nobody types them again. Whoever calls this has made
 * sure that the person may.
 * @param {string} userId @param {number} n the one to put aside; nothing happens when it is already
 */
export async function beginAnew(userId, n) {
  const forms = await readableForms(userId);
  if (((await putAside())[userId] ?? 0) === n) await (await nextStore(userId, n)).close();
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
  if (!moved) return;
  await countSetAside((await openUser(userId)).state);
  await bringOver(userId, forms);
}

/**
 * Take away the database of a person who turned out not to work on this phone: anybody can name a
 * person in an address. One that the server has ever answered, or that holds anything, stays.
 * @param {string} userId
 */
export async function dropUnused(userId) {
  const { state } = await openUser(userId);
  await state.peek();
  const forms = await state.conn.run(["drafts"], "readonly", (tx) =>
    ask(tx.objectStore("drafts").count()),
  );
  if (forms || state.head.mid || state.head.lost || state.sync.epoch) return;
  const { name } = await state.conn.open();
  await closeUser(userId);
  indexedDB.deleteDatabase(name);
}
