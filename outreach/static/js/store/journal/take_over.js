// Saves that were made while this store was shut: numbered and chained here like its own, but only
// sealed to the server. Nobody can read them here before their content is brought (fillIn).
import { utf8 } from "../engine/bytes.js";
import { StoreError } from "../engine/errors.js";
import { link } from "../engine/hash.js";
import { ask } from "../engine/idb.js";
import { exclusively } from "../engine/locks.js";
import { mutationInfo, sealed } from "../../vault/seal.js";
import { encode } from "../records/payload.js";
import { raise } from "../records/state.js";
import { ATTEMPTS } from "./journal.js";
import { standIn } from "./chain.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/record_types.js").Mutation} Mutation */
/** @typedef {import("../records/record_types.js").JournalRecord} JournalRecord */
/** @typedef {import("../records/record_types.js").Head} Head */
/** @typedef {import("../../vault/seal.js").Sealed} Sealed */
/** @typedef {Pick<JournalRecord, "key" | "id" | "scope">} Save */
/** @typedef {(mid: number) => Promise<{json: string, copy: Sealed}>} Compose a save under its number here */

/** The head, and whether a save is here already. @param {State} s @param {Save} save @returns {Promise<{head: Head, known: boolean}>} */
const look = (s, { id, key }) =>
  s.conn.run(["meta", "journal"], "readonly", async (tx) => {
    const there = await ask(tx.objectStore("journal").index("id").getAll(id));
    const head = await ask(tx.objectStore("meta").get("head"));
    return { head, known: there.some((rec) => rec.key === key) };
  });

/**
 * Take over one save, once. It may be asked for again: a save that is here stays as it is.
 * @param {State} s @param {Save} save @param {Compose} compose
 * @returns {Promise<Head | null>} null when it was here
 */
const take = (s, save, compose) =>
  exclusively(`jk-${s.userId}-journal`, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { head, known } = await look(s, save);
      if (known) return null;
      const mid = head.mid + 1;
      const { json, copy } = await compose(mid);
      const h = await link(head.hash, json);
      const next = { ...head, mid, hash: h, key: save.key };
      if (await write(s, next, { mid, ...save, state: "waiting", hot: 1, h, ...copy })) return next;
    }
    throw new StoreError("storage_busy");
  });

/** @param {State} s @param {Head} head @param {JournalRecord} rec */
const write = (s, head, rec) =>
  s.conn.run(
    ["meta", "journal"],
    "readwrite",
    async (tx) => {
      const held = await ask(tx.objectStore("meta").get("head"));
      if (held.mid !== rec.mid - 1 || held.device !== head.device) return false;
      tx.objectStore("journal").add(rec);
      tx.objectStore("meta").put(head, "head");
      await raise(tx, "j");
      return true;
    },
    "strict",
  );

/**
 * Take over a save that can be read now: it is sealed anew, under its number here.
 * @param {State} s @param {Mutation} m as it was saved elsewhere
 * @throws {StoreError} unsealed, where the server has told no key
 */
export async function takeOver(s, m) {
  await s.peek();
  const { key, id, scope } = m;
  return take(s, { key, id, scope }, async (mid) => {
    const json = JSON.stringify({ ...m, mid });
    const copy = await sealed(s.keys, mutationInfo(key), utf8(json));
    if (!copy) throw new StoreError("unsealed");
    return { json, copy };
  });
}

/**
 * Take over a save that nobody can read here any more, as it was sealed. @param {State} s
 * @param {Save & Sealed} save
 */
export const takeOverSealed = (s, { key, id, scope, kid, sealed: bytes }) =>
  take(s, { key, id, scope }, async () => ({
    json: standIn(/** @type {import("../records/record_types.js").Entry} */ ({ json: "", key })),
    copy: { kid, sealed: bytes },
  }));

/**
 * What was taken over while this store was shut can be read here from now on, and stands on the
 * screens until it is pulled. Call while the store is open.
 * @param {State} s @param {Mutation[]} saves as they were saved elsewhere
 */
export async function fillIn(s, saves) {
  for (const m of saves) {
    const all = await s.conn.run(["journal"], "readonly", (tx) =>
      ask(tx.objectStore("journal").index("id").getAll(m.id)),
    );
    const found = all.find(({ key, payload }) => key === m.key && !payload);
    if (!found) continue;
    const json = JSON.stringify({ ...m, mid: found.mid });
    const payload = await encode(s, `journal/${m.key}`, { m: json });
    await s.conn.run(
      ["meta", "journal"],
      "readwrite",
      async (tx) => {
        const journal = tx.objectStore("journal");
        const rec = await ask(journal.get(found.mid));
        if (rec?.key === m.key) journal.put({ ...rec, payload, live: 1, hot: 1 });
        await raise(tx, "j");
      },
      "strict",
    );
  }
  s.forget();
}
