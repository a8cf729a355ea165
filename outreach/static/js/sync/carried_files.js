// Files of sealed saves and pictures that somebody else may carry to the server. Nothing is opened
// here: a database can be carried that cannot be read any more.
import { waitingIn } from "../store/records/blobs.js";
import { ask } from "../store/engine/idb.js";
import { isSealed, sealedPart } from "../store/records/payload.js";
import { sha256 } from "../store/engine/hash.js";
import { toText, utf8 } from "../store/engine/bytes.js";
import { sealed } from "../vault/seal.js";
import { sign } from "../vault/keys.js";

/** @typedef {import("../store/records/record_types.js").Connection} Connection */
/** @typedef {import("../store/records/record_types.js").Tx} Tx */
/** @typedef {import("../store/records/state.js").JournalRecord} JournalRecord */
/** @typedef {JournalRecord & {sealed: Uint8Array}} SealedSave */
/** @typedef {{from: number, to: number, shas: string[]}} Part what one file holds; from 0 when no saves */
/**
 * @typedef {object} Parcel one time that somebody made files
 * @property {string} id
 * @property {string} at
 * @property {string} device
 * @property {Part[]} parts
 * @property {number} saves
 * @property {number} photos
 * @property {number} left saves and pictures that are not sealed and stay behind
 */

export const FORMAT = "jangkau-outbox-2";
const LIMIT = 4_000_000;
const KEPT = 10;
const UNSENT = ["waiting", "sending"];
/** The bytes that a sealed thing takes in the file. @param {number} bytes */
const weight = (bytes) => Math.ceil((bytes * 4) / 3) + 200;
/** The digest and the sealed key of a save. */
const NAMED = 220;

/** @param {Connection} conn */
async function contents(conn) {
  return conn.run(["meta", "journal", "blobs", "bytes"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [head, sync] = await Promise.all([ask(meta.get("head")), ask(meta.get("sync"))]);
    const range = IDBKeyRange.lowerBound(sync.received, true);
    const records = await ask(tx.objectStore("journal").getAll(range));
    const infos = await waitingIn(tx);
    const waiting = records.filter(({ state }) => UNSENT.includes(state));
    const end = waiting.findIndex(({ mid, sealed }, i) => !sealed || mid !== waiting[0].mid + i);
    const saves = /** @type {SealedSave[]} */ (end < 0 ? waiting : waiting.slice(0, end));
    return { head, sync, waiting, saves, infos, photos: infos.filter(({ kid }) => kid) };
  });
}

/**
 * How to divide what waits into files, each small enough for a phone's memory.
 * @param {{mid: number, sealed: Uint8Array}[]} saves @param {{sha: string, size: number}[]} photos
 * @returns {Part[]}
 */
export function divide(saves, photos, limit = LIMIT) {
  /** @type {Part[]} */
  const parts = [];
  let room = 0;
  const next = (/** @type {number} */ size) => {
    if (!parts.length || size > room) {
      parts.push({ from: 0, to: 0, shas: [] });
      room = limit;
    }
    room -= size;
    return parts[parts.length - 1];
  };
  for (const { mid, sealed } of saves) {
    const part = next(weight(sealed.length) + NAMED);
    part.from ||= mid;
    part.to = mid;
  }
  for (const { sha, size } of photos) next(weight(size)).shas.push(sha);
  return parts;
}

/**
 * Note what would be carried now; null when nothing sealed waits.
 * @param {Connection} conn @param {string} id @param {Date} now
 * @returns {Promise<Parcel | null>}
 */
export async function makeParcel(conn, id, now) {
  const { head, waiting, saves, infos, photos } = await contents(conn);
  const parts = divide(saves, photos);
  if (!parts.length) return null;
  const left = waiting.length - saves.length + infos.length - photos.length;
  const counts = { saves: saves.length, photos: photos.length, left };
  const parcel = { id, at: now.toISOString(), device: head.device, parts, ...counts };
  await conn.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const before = (await ask(meta.get("parcels"))) ?? [];
    await ask(meta.put([parcel, ...before].slice(0, KEPT), "parcels"));
  });
  return parcel;
}

/**
 * The files made so far, the latest first, and how much of each the server has.
 * @param {Connection} conn
 * @returns {Promise<(Parcel & {arrived: number, verified: number, other: boolean})[]>}
 */
export async function parcelsOf(conn) {
  return conn.run(["meta", "blobs"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const names = /** @type {const} */ (["parcels", "head", "sync"]);
    /** @type {any[]} each of its own type, in the order of the names */
    const [parcels, head, sync] = await Promise.all(names.map((name) => ask(meta.get(name))));
    const todo = await ask(tx.objectStore("blobs").index("todo").getAllKeys());
    return (parcels ?? []).map((/** @type {Parcel} */ parcel) => {
      const through = parcel.parts.flatMap(({ from, to }) => (from ? [[from, to]] : []));
      const arrived = through.reduce(
        (sum, [from, to]) => sum + Math.max(0, Math.min(to, sync.received) - from + 1),
        0,
      );
      const lacking = parcel.parts.flatMap(({ shas }) => shas).filter((sha) => todo.includes(sha));
      const verified = parcel.photos - lacking.length;
      return { ...parcel, arrived, verified, other: parcel.device !== head.device };
    });
  });
}

/** The saves that wait to be carried. @param {Connection} conn */
export async function waitingToBeCarried(conn) {
  const { waiting, saves, infos, photos } = await contents(conn);
  const size = [...saves.map(({ sealed }) => sealed.length), ...photos.map(({ size }) => size)];
  return {
    saves: saves.length,
    photos: photos.length,
    left: waiting.length - saves.length + infos.length - photos.length,
    bytes: size.map(weight).reduce((sum, one) => sum + one, 0),
  };
}

/** @param {Tx} tx @param {import("../store/records/state.js").Head} head @param {number} from */
async function linkBefore(tx, head, from) {
  if (from <= 1) return "";
  if (head.floor.mid === from - 1) return head.floor.hash;
  return (await ask(tx.objectStore("journal").get(from - 1)))?.h ?? "";
}

/**
 * A key as a carrier may see it: whoever knows it could send something else under it, so that only
 * its digest stands there, with the key itself sealed to the server.
 * @param {import("../vault/seal.js").ServerKey[]} server @param {string} key
 */
async function hidden(server, key) {
  const digest = await sha256(utf8(key));
  const copy = await sealed(server, `jangkau key 1 ${digest}`, utf8(key));
  if (!copy) return { key };
  return { key: digest, named: { kid: copy.kid, sealed: toText(copy.sealed) } };
}

/** @typedef {import("../store/records/record_types.js").BlobInfo} BlobInfo */

/**
 * @typedef {object} Load what one file is made of
 * @property {import("../store/records/state.js").Head} head
 * @property {import("../store/records/state.js").SyncState} sync
 * @property {import("../vault/keys.js").Keys} keys
 * @property {import("../vault/seal.js").ServerKey[]} server
 * @property {JournalRecord[]} records
 * @property {string} first link before them
 * @property {{info: BlobInfo | undefined, payload: Uint8Array | undefined}[]} photos
 */

/** @param {Connection} conn @param {Part} part @returns {Promise<Load>} */
async function load(conn, { from, to, shas }) {
  return conn.run(["meta", "journal", "blobs", "bytes", "vault"], "readonly", async (tx) => {
    /** @type {any[]} each of its own type, in the order of the names */
    const [head, sync, server] = await Promise.all(
      /** @type {const} */ (["head", "sync", "keys"]).map((name) =>
        ask(tx.objectStore("meta").get(name)),
      ),
    );
    const range = from ? IDBKeyRange.bound(from, to) : null;
    const [keys, records, first] = await Promise.all([
      ask(tx.objectStore("vault").get("keys")),
      range ? ask(tx.objectStore("journal").getAll(range)) : [],
      linkBefore(tx, head, from),
    ]);
    const photos = await Promise.all(
      shas.map(async (sha) => ({
        info: await ask(tx.objectStore("blobs").get(sha)),
        payload: await ask(tx.objectStore("bytes").get(sha)),
      })),
    );
    return { head, sync, keys, server: server ?? [], records, first, photos };
  });
}

/**
 * One file of a parcel, signed by this phone: what a carrier holds and the server imports.
 * @param {Connection} conn @param {string} user @param {Parcel} parcel @param {number} i
 * @returns {Promise<string>}
 */
export async function fileOf(conn, user, parcel, i) {
  const { head, sync, keys, server, records, first, photos } = await load(conn, parcel.parts[i]);
  const mutations = await Promise.all(
    records
      .filter((record) => record.sealed)
      .map(async ({ mid, key, kid, sealed: copy }) => {
        const shown = await hidden(server, key);
        return JSON.stringify({
          mid,
          ...shown,
          kid,
          sealed: toText(/** @type {Uint8Array} */ (copy)),
        });
      }),
  );
  const blobs = /** @type {{info: BlobInfo, payload: Uint8Array}[]} */ (photos)
    .filter(({ payload }) => payload && isSealed(payload))
    .map(({ info: { sha, mime, size, kid }, payload }) => ({
      sha,
      mime,
      size,
      kid,
      sealed: toText(sealedPart(payload)),
    }));
  const { device, floor } = head;
  const about = { format: FORMAT, device, user, epoch: sync.epoch, at: parcel.at };
  const chain = { kept_from: floor.mid + 1, first_prev: first };
  const text = JSON.stringify({ ...about, ...chain, mutations, blobs }).slice(0, -1);
  return `${text},"signature":"${await sign(keys, utf8(text))}"}`;
}
