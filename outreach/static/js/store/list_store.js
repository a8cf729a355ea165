// The store of a list that was handed over: a database of its own with this list and nothing else,
// under a key that only the meeting code opens. What is decided in it is handed on to the officer's
// journal at once, sealed, so that it is sent while the officer's own store stays shut.
import { ask } from "./engine/idb.js";
import { newId } from "./engine/ids.js";
import { mirror } from "./engine/cookie_mirror.js";
import { unsettled } from "./journal/journal.js";
import { fillIn, takeOver, takeOverSealed } from "./journal/take_over.js";
import { encodeBlobs, getBlob } from "./records/blobs.js";
import { raise } from "./records/state.js";
import { applyPage } from "./replica/pulled_pages.js";
import { setPin } from "./access/pin.js";
import { closeUser, openUser } from "./store.js";
import { beginHere, keysOf, letGo } from "../vault/session.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./records/state.js").State} State */
/** @typedef {import("./replica/pull_staging.js").PulledRow} PulledRow */

/** Who works in such a store: neither an officer nor the village's head by their own login. */
export const CHECKER = "check";

/**
 * A store with the rows of one village's list, open, and shut by the code from then on.
 * @param {Store} officer @param {string} scope @param {PulledRow[]} rows @param {string} code
 * @returns {Promise<Store>}
 */
export async function makeListStore(officer, scope, rows, code) {
  const user = newId(officer.clock());
  const store = await openUser(user);
  const { state } = store;
  await setPin(state, code);
  const { keys } = officer.state;
  const { name = "" } = (await officer.profile()).user ?? {};
  // Each decision is sealed to the server here too: without the code it can still be sent.
  await state.conn.run(["meta"], "readwrite", (tx) =>
    ask(tx.objectStore("meta").put(keys, "keys")),
  );
  await store.setProfile({
    role: CHECKER,
    scopes: [scope],
    user: { id: user, name, username: "" },
  });
  const page = { from: 0, cursor: rows.length, more: false, rows };
  await applyPage(state, { scopes: { [scope]: page } }, "full", [scope]);
  return store;
}

/**
 * Hand on what the officer's journal lacks; what it has stays there once. @param {Store} list @param {State} officer
 */
export async function handOn(list, officer) {
  await list.state.refresh();
  const waiting = unsettled(list.state);
  for (const { m } of waiting) {
    const head = await takeOver(officer, m);
    if (head) mirror(officer.userId, head.device, head.mid);
  }
  if (!waiting.length) return;
  const mids = waiting.map(({ mid }) => mid);
  await list.state.conn.run(["meta", "journal"], "readwrite", async (tx) => {
    const journal = tx.objectStore("journal");
    for (const mid of mids) {
      const rec = await ask(journal.get(mid));
      if (rec) journal.put({ ...rec, state: "arrived" });
    }
    await raise(tx, "j");
  });
}

/** The officer's number of a save of the list's store. @param {State} officer @param {{id: string, key: string}} save */
async function numberOf(officer, { id, key }) {
  const all = await officer.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").index("id").getAll(id)),
  );
  return all.find((rec) => rec.key === key)?.mid;
}

/**
 * What was drawn and photographed for a save of the list lies with the officer's own files from then
 * on, and is sent with them. What is there already stays as it is.
 * @param {Store} list open @param {State} officer open
 */
async function bringFiles({ state }, officer) {
  const { infos, records } = await state.conn.run(["blobs", "journal"], "readonly", async (tx) => ({
    infos: await ask(tx.objectStore("blobs").getAll()),
    records: await ask(tx.objectStore("journal").getAll()),
  }));
  for (const { sha, mime, at, mid: own, verified } of infos) {
    const save = records.find(({ mid }) => mid === own);
    const held = save && (await getBlob(state, sha));
    if (!save || !held) continue;
    const [{ info, payload }] = await encodeBlobs(officer, [{ sha, mime, bytes: held.bytes }]);
    const mid = await numberOf(officer, save);
    /** @type {Partial<import("./records/record_types.js").BlobInfo>} */
    const stands = verified ? { verified } : { todo: 1 };
    const work = async (/** @type {import("./records/record_types.js").Tx} */ tx) => {
      if ((await ask(tx.objectStore("blobs").get(sha)))?.mid) return;
      tx.objectStore("blobs").put({ ...info, at, mid, ...stands });
      tx.objectStore("bytes").put(/** @type {Uint8Array} */ (payload), sha);
    };
    await officer.conn.run(["blobs", "bytes"], "readwrite", work, "strict");
  }
}

/**
 * The officer's PIN was given: what the village decided can be read in the officer's store.
 * @param {Store} list @param {Store} officer @param {CryptoKey} key the list's
 */
export async function bringBack(list, officer, key) {
  const { gen } = await keysOf(list.state);
  beginHere(list.state, { key, gen });
  await handOn(list, officer.state);
  await fillIn(
    officer.state,
    [...list.state.hot.values()].map(({ m }) => m),
  );
  await bringFiles(list, officer.state);
}

/** Nobody can read the list any more: what was not handed on goes on as it was sealed. @param {Store} list @param {Store} officer */
export async function handOnSealed(list, officer) {
  const records = await list.state.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").index("hot").getAll()),
  );
  for (const { state, key, id, scope, kid, sealed } of records) {
    if (state !== "arrived" && kid && sealed)
      await takeOverSealed(officer.state, { key, id, scope, kid, sealed: new Uint8Array(sealed) });
  }
}

/**
 * Leave of the list's store only what was decided, which the code does not open any more: no name
 * stays for whoever knew it. @param {Store} list
 */
export async function shrinkListStore(list) {
  const { state, userId } = list;
  const stores = ["vault", "meta", "index", "pages", "drafts"];
  await state.conn.run(
    stores,
    "readwrite",
    async (tx) => {
      for (const name of ["index", "pages", "drafts"]) {
        tx.objectStore(/** @type {"index"} */ (name)).clear();
      }
      tx.objectStore("meta").delete("profile");
      const vault = tx.objectStore("vault");
      const { sign, public: point, secret, gen } = await ask(vault.get("keys"));
      vault.put({ sign, public: point, secret, gen }, "keys");
      await raise(tx, "b");
    },
    "strict",
  );
  letGo(state);
  state.wipe();
  await closeUser(userId);
}

/** Take away the list's store. @param {string} user */
export async function dropListStore(user) {
  const { state } = await openUser(user);
  const stores = ["vault", "meta", "journal", "index", "pages", "drafts", "blobs", "bytes"];
  await state.conn.run(
    stores,
    "readwrite",
    (tx) => {
      for (const name of stores) tx.objectStore(/** @type {"vault"} */ (name)).clear();
    },
    "strict",
  );
  letGo(state);
  state.wipe();
  const { name } = await state.conn.open();
  await closeUser(user);
  indexedDB.deleteDatabase(name);
}
