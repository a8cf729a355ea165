// Sealing what is not sealed yet: saves made before the server had told its key, and pictures,
// which a save need not wait for.
import { todoBlobs } from "../records/blobs.js";
import { ask } from "../engine/idb.js";
import { unsettled } from "../journal/journal.js";
import { decodeBytes, encodeSealed } from "../records/payload.js";
import { utf8 } from "../engine/bytes.js";
import { sealWith, sender } from "../../vault/hpke.js";
import { opens } from "../../vault/keys.js";
import { imported, mutationInfo, sealed, sealingKey } from "../../vault/seal.js";
import { keysOf } from "../../vault/session.js";

/** @typedef {import("../records/state.js").State} State */

const TOGETHER = 25;

/**
 * Seal the next saves or the next picture.
 * @param {State} s
 * @returns {Promise<boolean>} true while there may be more
 * @throws {import("../engine/errors.js").StoreError} locked
 */
export async function sealSome(s) {
  await s.refresh(false);
  return sealingKey(s.keys) ? (await sealSaves(s)) || (await sealPicture(s)) : false;
}

/** @param {State} s */
async function sealSaves(s) {
  const open = unsettled(s).filter((entry) => !entry.sealed && !entry.shut);
  /** @type {Map<number, {key: string, copy: import("../../vault/seal.js").Sealed}>} */
  const copies = new Map();
  for (const { mid, key, json } of open.slice(0, TOGETHER)) {
    const copy = await sealed(s.keys, mutationInfo(key), utf8(json));
    if (copy) copies.set(mid, { key, copy });
  }
  if (!copies.size) return false;
  await s.conn.run(
    ["journal"],
    "readwrite",
    async (tx) => {
      const journal = tx.objectStore("journal");
      for (const [mid, { key, copy }] of copies) {
        const rec = await ask(journal.get(mid));
        if (rec?.key === key) journal.put({ ...rec, ...copy });
      }
    },
    "strict",
  );
  s.forget();
  return true;
}

/** @param {State} s @returns {Promise<{sha: string, payload: Uint8Array} | undefined>} */
async function nextPicture(s) {
  const todo = (await todoBlobs(s)).filter(({ kid }) => !kid);
  const keys = await keysOf(s);
  return s.conn.run(["bytes"], "readonly", async (tx) => {
    for (const { sha } of todo) {
      const payload = await ask(tx.objectStore("bytes").get(sha));
      if (payload && opens(keys, payload[1])) return { sha, payload };
    }
    return undefined;
  });
}

/** @param {State} s */
async function sealPicture(s) {
  const next = await nextPicture(s);
  const server = sealingKey(s.keys);
  if (!next || !server) return false;
  const { sha, payload } = next;
  const place = `bytes/${sha}`;
  const bytes = await decodeBytes(s, place, payload);
  const from = await sender(await imported(server), utf8(`jangkau blob 1 ${sha}`));
  const twice = await encodeSealed(s, place, from, await sealWith(from, bytes));
  await s.conn.run(["blobs", "bytes"], "readwrite", async (tx) => {
    const info = await ask(tx.objectStore("blobs").get(sha));
    if (!info || !(await ask(tx.objectStore("bytes").getKey(sha)))) return;
    tx.objectStore("blobs").put({ ...info, kid: server.kid });
    tx.objectStore("bytes").put(twice, sha);
  });
  return true;
}

/** How many saves the server lacks that are not sealed. @param {State} s @returns {Promise<number>} */
export const countUnsealed = (s) =>
  s.conn.run(["journal"], "readonly", async (tx) => {
    const hot = await ask(tx.objectStore("journal").index("hot").getAll());
    return hot.filter(({ sealed: copy, state }) => UNSENT.includes(state) && !copy).length;
  });
const UNSENT = ["waiting", "sending"];
