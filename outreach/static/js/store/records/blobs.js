// Pictures and signatures: kept by hash, uploaded only once a saved record refers to them.
// `todo` is set while the server lacks a referenced one, also for good; bytes lie apart from it.
import { StoreError, unlessLost } from "../engine/errors.js";
import { ask } from "../engine/idb.js";
import { decodeBytes, encodeBytes } from "./payload.js";

/** @typedef {import("./record_types.js").Owner} Owner */
/** @typedef {import("./record_types.js").BlobInfo} BlobInfo */
/** @typedef {import("./record_types.js").Tx} Tx */

/** Refused by ourselves: the bytes are not here, or their key is lost. */
export const NOT_HERE = "blob_missing";
const DAY = 86400000;
const SHA = /^[0-9a-f]{64}$/;

/** @param {Owner} s @param {{sha: string, bytes?: Uint8Array, mime?: string}[]} blobs */
export const encodeBlobs = (s, blobs) =>
  Promise.all(
    blobs.map(async ({ sha, bytes, mime = "image/jpeg" }) => ({
      info: /** @type {BlobInfo} */ ({ sha, mime, size: bytes?.length ?? 0 }),
      payload: bytes && (await encodeBytes(s, `bytes/${sha}`, bytes)),
    })),
  );

/** Every hash among the new values of a save. @param {Record<string, [unknown, unknown]>} set */
export function hashesIn(set) {
  /** @type {string[]} */
  const found = [];
  JSON.stringify(
    Object.values(set).map(([, to]) => to),
    (_key, value) => {
      if (typeof value === "string" && SHA.test(value)) found.push(value);
      return value;
    },
  );
  return found;
}

/** @typedef {Awaited<ReturnType<typeof encodeBlobs>>} Encoded */

/**
 * Facts about the blobs of a save, in one step of its transaction.
 * @param {Tx} tx @param {Encoded} blobs @param {string[]} hashes
 * @returns {Promise<Map<string, BlobInfo | undefined>>}
 */
export async function heldBlobs(tx, blobs, hashes) {
  const infos = tx.objectStore("blobs");
  const all = [...new Set([...hashes, ...blobs.map(({ info }) => info.sha)])];
  const found = await Promise.all(all.map((sha) => ask(infos.get(sha))));
  return new Map(all.map((sha, i) => [sha, found[i]]));
}

/**
 * Inside a save: store new blobs and queue all referenced ones that lie here.
 * @param {Tx} tx @param {Encoded} blobs @param {Map<string, BlobInfo | undefined>} held
 * @param {number} mid @param {string} at
 */
export function attachBlobs(tx, blobs, held, mid, at) {
  const known = new Map(held);
  for (const { info, payload } of blobs) {
    if (known.get(info.sha)) continue;
    if (!payload) throw new StoreError("blob_missing", { sha: info.sha.slice(0, 8) });
    known.set(info.sha, info);
    tx.objectStore("bytes").put(payload, info.sha);
  }
  for (const info of known.values()) {
    if (info && !info.verified && !info.mid) {
      tx.objectStore("blobs").put({ ...info, mid, at, todo: 1 });
    }
  }
}

/**
 * Keep a picture of a form that is not saved yet.
 * @param {Owner} s @param {string} sha @param {Uint8Array} bytes @param {string} mime
 */
export async function putBlob(s, sha, bytes, mime) {
  const [{ info, payload }] = await encodeBlobs(s, [{ sha, bytes, mime }]);
  const work = async (/** @type {Tx} */ tx) => {
    const infos = tx.objectStore("blobs");
    const { kid: _no, ...held } = (await ask(infos.get(sha))) ?? info;
    infos.put(held);
    await ask(tx.objectStore("bytes").put(/** @type {Uint8Array} */ (payload), sha));
  };
  await s.conn.run(["blobs", "bytes"], "readwrite", work, "strict");
}

/**
 * A picture that lies on this phone, or null.
 * @param {Owner} s @param {string} sha
 * @returns {Promise<(BlobInfo & {bytes: Uint8Array}) | null>}
 */
export async function getBlob(s, sha) {
  const { info, payload } = await s.conn.run(["blobs", "bytes"], "readonly", async (tx) => ({
    info: await ask(tx.objectStore("blobs").get(sha)),
    payload: await ask(tx.objectStore("bytes").get(sha)),
  }));
  if (!info || !payload) return null;
  const bytes = await unlessLost(decodeBytes(s, `bytes/${sha}`, payload));
  return bytes && { ...info, bytes };
}

/**
 * The server may have lost pictures it once confirmed (a restored backup): it is asked about each
 * that lies here, and gets those it lacks.
 * @param {Owner} s
 */
export async function offerBlobsAgain(s) {
  const work = async (/** @type {Tx} */ tx) => {
    const infos = tx.objectStore("blobs");
    const here = new Set(await ask(tx.objectStore("bytes").getAllKeys()));
    for (const { verified, ...info } of await ask(infos.getAll())) {
      if (verified && here.has(info.sha)) infos.put({ ...info, todo: 1, sent: info.size });
    }
  };
  await s.conn.run(["blobs", "bytes"], "readwrite", work, "strict");
}

/** Pictures that the server lacks and may still get. @param {Tx} tx @returns {Promise<BlobInfo[]>} */
export const waitingIn = (tx) => ask(tx.objectStore("blobs").index("todo").getAll(1));

/** @param {Owner} s */
export const todoBlobs = (s) => s.conn.run(["blobs"], "readonly", waitingIn);

/**
 * When space is short, let go of pictures the server has had for 30 days, whose saves lie in its
 * backup; answers how many bytes that freed. Their state stays, so that the ledger can say so.
 * Anything unsent stays.
 * @param {Owner & {sync: {durable: number}}} s @param {Date} now @param {boolean} short
 */
export async function freeSpace(s, now, short) {
  if (!short) return 0;
  const before = new Date(now.getTime() - 30 * DAY).toISOString();
  return s.conn.run(["blobs", "bytes"], "readwrite", async (tx) => {
    let freed = 0;
    for (const info of await ask(tx.objectStore("blobs").getAll())) {
      if (!info.verified || info.verified > before || info.gone) continue;
      if (Number(info.mid) > s.sync.durable) continue;
      freed += info.size;
      tx.objectStore("blobs").put({ ...info, gone: 1 });
      tx.objectStore("bytes").delete(info.sha);
    }
    return freed;
  });
}
