// One piece of one picture per step, from where the server stopped.
import { getBlob, markSent, NOT_HERE, nextBlob, postpone } from "../store/records/blobs.js";
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
 * @param {Store} store @param {Means} means
 * @returns {Promise<Result | null>}
 */
export async function sendPiece(store, means) {
  const s = store.state;
  const info = await nextBlob(s, means.now());
  if (!info) return null;
  const blob = await getBlob(s, info.sha);
  if (!blob) {
    await putOff(s, info.sha, means.now(), NOT_HERE);
    return { did: "blob", more: true, code: NOT_HERE };
  }
  const { sha, size } = info;
  const device = s.head.device;
  const address = `/sync/v1/blob/${sha}?device=${device}`;
  // Asked only for what was begun earlier; a new picture begins at 0.
  const begun = Boolean(info.sent) && !known.has(nameOf(s, sha));
  const stands = begun ? await call(s, means.fetch, address, { method: "GET" }) : null;
  if (stands && (stands.status !== 200 || stands.body?.state === "refused"))
    return taken(store, means, info, stands);
  const offset = /** @type {{body: Said} | null} */ (stands)?.body.offset ?? info.sent ?? 0;
  if (offset >= size) return arrived(store, means, sha, size, size);
  const piece = blob.bytes.slice(offset, offset + PIECE);
  const headers = { "Content-Type": "application/octet-stream" };
  const where = `${address}&offset=${offset}&total=${size}`;
  const answer = await call(s, means.fetch, where, { method: "PUT", body: piece, headers });
  return taken(store, means, info, answer);
}

/** @param {Store} store @param {Means} means @param {{sha: string, size: number}} info @param {Answer} answer */
async function taken(store, means, { sha, size }, answer) {
  const s = store.state;
  const { state, code } = answer.body ?? {};
  if (answer.status === 200 && state === "refused") {
    await giveUp(s, sha, code ?? "refused");
    return /** @type {Result} */ ({ did: "blob", more: true, code });
  }
  if (answer.status === 200 && Number.isInteger(answer.body?.offset)) {
    return arrived(store, means, sha, /** @type {{offset: number}} */ (answer.body).offset, size);
  }
  known.delete(nameOf(s, sha));
  return refused(store, means, sha, answer);
}

/** @param {Store} store @param {Means} means @param {string} sha @param {number} sent @param {number} size @returns {Promise<Result>} */
async function arrived(store, means, sha, sent, size) {
  known.add(nameOf(store.state, sha));
  await markSent(store.state, sha, sent, means.now());
  await noteSync(store.state, { fails: 0, until: 0 });
  return { did: "blob", more: true, progress: { sha, sent, size } };
}

/** @param {Store} store @param {Means} means @param {string} sha @param {Answer} answer @returns {Promise<Result>} */
async function refused(store, means, sha, { status, body, retryAfter, trouble }) {
  const s = store.state;
  const code = body?.code;
  if (status === 401) return { did: "auth", more: false, code };
  if (status === 426) return { did: "update", more: false, code };
  if (status === 409 && code !== "blob_checksum") {
    await markSent(s, sha, body?.params?.offset ?? body?.offset ?? 0, means.now());
    return { did: "blob", more: true, code };
  }
  if (code && status >= 400 && status < 500 && status !== 429) {
    // The server does not want this picture as it is; the others go on.
    await putOff(s, sha, means.now(), code);
    return { did: "blob", more: true, code };
  }
  await backOff(s, means.now().getTime(), means.random(), retryAfter);
  return { did: "offline", more: false, code, trouble };
}
