// Install, update and hand-over of the worker, and its two sets of files in Cache Storage.
//
// Each set is kept whole or not at all, checked by content hash; nothing here opens IndexedDB.

import { core, english, rest, version } from "../gen/build.js";
import { parts } from "./loaded_parts.js";

const PREFIX = "jk-";
const CORE = `${PREFIX}core-${version}`;
const REST = `${PREFIX}rest-${version}`;
const ENGLISH = `${PREFIX}en-`;
// Long enough for a cheap phone under load; a frozen tab never answers and counts as half filled.
const ANSWER_WITHIN = 4000;
// What pages have already asked of the working worker is answered meanwhile.
const HOLD = 150;

/** @typedef {string[][]} Files pairs of path and the first 32 hex digits of its SHA-256 */

/** Fetches and keeps a set: all of it, or an error and nothing. @param {string} name @param {Files} files */
export async function precache(name, files) {
  const bodies = await Promise.all(files.map(([path, hash]) => obtain(path, hash)));
  const cache = await caches.open(name);
  try {
    await Promise.all(files.map(([path], i) => cache.put(path, bodies[i])));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

/** A verified copy from an older cache, else from the network. @param {string} path @param {string} hash */
async function obtain(path, hash) {
  const kept = await caches.match(path);
  if (kept && (await hashOf(kept.clone())) === hash) return kept;
  const fresh = await fetch(path, { cache: "no-cache", credentials: "omit" });
  if (fresh.status !== 200 || (await hashOf(fresh.clone())) !== hash) {
    throw new Error(`${path}: not the file of version ${version}`);
  }
  return fresh;
}

/** @param {Response} response @returns {Promise<string>} */
async function hashOf(response) {
  const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, 32);
}

/** @param {string} name @param {Files} files @returns {Promise<boolean>} */
async function isWhole(name, files) {
  if (!(await caches.has(name))) return false;
  return (await (await caches.open(name)).keys()).length === files.length;
}

/**
 * The sets this worker needs: name in Cache Storage and files. English only where an earlier
 * version had it too.
 * @returns {Promise<[string, Files][]>}
 */
async function sets() {
  if (!parts.all) return [[CORE, core]];
  const reads = (await caches.keys()).some((name) => name.startsWith(ENGLISH));
  return [[CORE, core], [REST, rest], ...(reads ? [keptEnglish] : [])];
}
/** @type {[string, Files]} */
const keptEnglish = [ENGLISH + version, english];

/**
 * Keeps the sets of this worker, each whole; those that are here are left alone. A failure leaves
 * the old worker and its files as they are.
 */
export async function complete() {
  await Promise.all((await sets()).map((set) => keep(...set)));
}

/** @param {string} name @param {Files} files */
async function keep(name, files) {
  if (!(await isWhole(name, files))) await precache(name, files);
}

/** Keeps English from now on, also through updates; an error when it cannot be fetched. */
export const keepEnglish = () => keep(...keptEnglish);

/** Drops the sets of older versions and takes pages that no worker has yet. */
export async function activate() {
  for (const [name, files] of await sets()) {
    if (await isWhole(name, files)) await dropOlder(name);
  }
  await /** @type {ServiceWorkerGlobalScope} */ (
    /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
  ).clients.claim();
}

/** True when everything of this version lies on the phone. */
export const restIsWhole = async () => parts.all && (await isWhole(REST, rest));

/** @param {string} keep the set whose older versions go */
async function dropOlder(keep) {
  const kind = keep.slice(0, keep.lastIndexOf("-") + 1);
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(kind) && name !== keep);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A built file: from the caches, else from the network. @param {Request} request */
export async function built(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** Takes over when every open page says that no form is half filled. */
export async function takeOverIfClean() {
  const scope = /** @type {ServiceWorkerGlobalScope} */ (
    /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
  );
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const ours = pages.filter((p) => new URL(p.url).pathname.startsWith("/field/"));
  const clean = await Promise.all(ours.map(isClean));
  if (!clean.every(Boolean)) return;
  for (const page of ours) page.postMessage({ type: "taking-over" });
  await takeOver();
}

/**
 * Takes over, once no page asks anything. Chrome (seen in 156) finds the working worker idle and
 * stops it; a request at that moment makes it forget the hand-over for minutes.
 */
async function takeOver() {
  const scope = /** @type {ServiceWorkerGlobalScope} */ (
    /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
  );
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage({ type: "hold" });
  await new Promise((resolve) => setTimeout(resolve, HOLD));
  await scope.skipWaiting();
}

/** A page that does not answer counts as half filled. @param {Client} page @returns {Promise<boolean>} */
function isClean(page) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (/** @type {MessageEvent<unknown>} */ event) =>
      resolve(event.data === "clean");
    setTimeout(resolve, ANSWER_WITHIN, false);
    page.postMessage({ type: "is-clean" }, [port2]);
  });
}

/**
 * Messages that a page may send a worker without a token: pages of the server and of earlier versions ask
 * too, and nothing of this reads or changes what anybody recorded.
 * @type {Record<string, (event: ExtendableMessageEvent) => Promise<void>>}
 */
const asked = {
  claim: () =>
    /** @type {ServiceWorkerGlobalScope} */ (
      /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
    ).clients.claim(),
  complete,
  propose: takeOverIfClean,
  swap: takeOver,
  version: async (event) => event.ports[0].postMessage(version),
};
export const messageKinds = Object.keys(asked);

/** Does what a page asks. @param {ExtendableMessageEvent} event */
export function onMessage(event) {
  const work =
    messageKinds.includes(event.data?.type) &&
    asked[/** @type {{type: string}} */ (event.data).type];
  if (work) event.waitUntil(work(event).catch(() => {}));
}
