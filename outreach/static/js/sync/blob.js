// One piece of one picture per step, from where the server stopped.
import { markSent, nextBlob, postpone } from "../store/records/blob_queue.js";
import { getBlob, NOT_HERE } from "../store/records/blobs.js";
import { giveUp, isLost } from "../store/books/refused_pictures.js";
import { noteSync } from "../store/records/sync_state.js";
import { call } from "./call.js";
import { backOff } from "./progress.js";

/** @typedef {import("../store/store.js").Store} Store */
/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("./step_types.js").Means} Means */
/** @typedef {import("./step_types.js").Result} Result */
/** @typedef {import("./call.js").Answer} Answer */
/** @typedef {import("./answer_types.js").Said} Said */

const PIECE = 48 * 1024;
/** The kind of an exact list that was signed: it is no picture, and waits for no Wi-Fi. */
export const LIST_FILE = "text/x-signed-list";
/** @param {{mime: string}} info */
export const isListFile = ({ mime }) => mime === LIST_FILE;
/** Pictures whose offset this context has from the server itself, in one life of the server. @type {Set<string>} */
const known = new Set();
/** @param {State} s @param {string} sha */
const nameOf = (s, sha) => `${s.sync.epoch} ${sha}`;

/**
 * A picture that does not go: offered again later, or to be taken again.
 * @param {State} s @param {string} sha @param {Date} now @param {string} code
 */
async function putOff(s, sha, now, code) {
  if (await isLost(s, sha, code)) await giveUp(s, sha, code);
  else await postpone(s, sha, now, code);
}

/**
 * Send the next piece; null when the server has every picture.
 * @param {Store} store whose device sends @param {Means} means
 * @param {{from?: State, wanted?: (info: import("../store/records/record_types.js").BlobInfo) => boolean}} [which] `from`: where they lie
 * @returns {Promise<Result | null>}
 */
export async function sendPiece(store, means, { from = store.state, wanted } = {}) {
  const s = store.state;
  const info = await nextBlob(from, means.now(), wanted);
  if (!info) return null;
  const blob = await getBlob(from, info.sha);
  if (!blob) {
    await putOff(from, info.sha, means.now(), NOT_HERE);
    return { did: "blob", more: true, code: NOT_HERE };
  }
  const way = { store, means, from };
  const { sha, size } = info;
  const device = s.head.device;
  const address = `/sync/v1/blob/${sha}?device=${device}`;
  // Asked only for what was begun earlier; a new picture begins at 0.
  const begun = Boolean(info.sent) && !known.has(nameOf(s, sha));
  const stands = begun ? await call(s, means.fetch, address, { method: "GET" }) : null;
  if (stands && (stands.status !== 200 || stands.body?.state === "refused"))
    return taken(way, info, stands);
  const offset = /** @type {{body: Said} | null} */ (stands)?.body.offset ?? info.sent ?? 0;
  if (offset >= size) return arrived(way, sha, size, size);
  const piece = blob.bytes.slice(offset, offset + PIECE);
  const headers = { "Content-Type": "application/octet-stream" };
  const where = `${address}&offset=${offset}&total=${size}`;
  const answer = await call(s, means.fetch, where, { method: "PUT", body: piece, headers });
  return taken(way, info, answer);
}

/** @typedef {{store: Store, means: Means, from: State}} Way whose device sends, and where the bytes lie */

/** @param {Way} way @param {{sha: string, size: number}} info @param {Answer} answer */
async function taken(way, { sha, size }, answer) {
  const { state, code } = answer.body ?? {};
  if (answer.status === 200 && state === "refused") {
    await giveUp(way.from, sha, code ?? "refused");
    return /** @type {Result} */ ({ did: "blob", more: true, code });
  }
  if (answer.status === 200 && Number.isInteger(answer.body?.offset)) {
    return arrived(way, sha, /** @type {{offset: number}} */ (answer.body).offset, size);
  }
  known.delete(nameOf(way.store.state, sha));
  return refused(way, sha, answer);
}

/** @param {Way} way @param {string} sha @param {number} sent @param {number} size @returns {Promise<Result>} */
async function arrived({ store, means, from }, sha, sent, size) {
  known.add(nameOf(store.state, sha));
  await markSent(from, sha, sent, means.now());
  await noteSync(store.state, { fails: 0, until: 0 });
  return { did: "blob", more: true, progress: { sha, sent, size } };
}

/** @param {Way} way @param {string} sha @param {Answer} answer @returns {Promise<Result>} */
async function refused({ store, means, from }, sha, { status, body, retryAfter, trouble }) {
  const s = store.state;
  const code = body?.code;
  if (status === 401) return { did: "auth", more: false, code };
  if (status === 426) return { did: "update", more: false, code };
  if (status === 409 && code !== "blob_checksum") {
    await markSent(from, sha, body?.params?.offset ?? body?.offset ?? 0, means.now());
    return { did: "blob", more: true, code };
  }
  if (code && status >= 400 && status < 500 && status !== 429) {
    // The server does not want this picture as it is; the others go on.
    await putOff(from, sha, means.now(), code);
    return { did: "blob", more: true, code };
  }
  await backOff(s, means.now().getTime(), means.random(), retryAfter);
  return { did: "offline", more: false, code, trouble };
}
