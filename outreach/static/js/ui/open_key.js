/**
 * The open data key in this page's memory: forms write with it, and a worker that was stopped
 * meanwhile asks for it back (field/open_key.js).
 */
import { userDatabase } from "../store/engine/db.js";
import { findElsewhere, forgetKey, handed, isOpen, touch } from "../vault/session.js";
import { tokenHeader } from "./token.js";

/** @typedef {{user: string, open?: boolean, given?: import("../vault/session.js").Handed | null}} Said by the worker, about the key */

const PATIENCE = 4000;
const CHECK = 30_000;
const TELL = 60_000;
const HIDE = 1500;

/** @type {import("../store/records/record_types.js").Owner | null} */
let owner = null;
let toldAt = 0;

/** The person's storage as this page uses it. @param {string} user */
export function ownerOf(user) {
  if (owner?.userId !== user) owner = { userId: user, conn: userDatabase(user) };
  return owner;
}

/**
 * The worker's answer; null when it does not, or when this page's token is not the store's.
 * @param {string} type
 * @returns {Promise<Said | null>}
 */
function askWorker(type) {
  const worker = navigator.serviceWorker?.controller;
  return new Promise((resolve) => {
    if (!worker) return resolve(null);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (/** @type {MessageEvent<Said | null>} */ { data }) => resolve(data);
    setTimeout(resolve, PATIENCE, null);
    worker.postMessage({ type, token: tokenHeader()["Jangkau-Token"] }, [port2]);
  });
}

findElsewhere(async ({ userId }, fits) => {
  const { user, given } = (await askWorker("key")) ?? {};
  return user === userId && given && fits(given) ? given : null;
});

/** Hold the key as soon as there is one, for the worker's sake too; a worker may stop in between. */
async function hold() {
  if (owner && handed(owner)) return;
  const { user } = (await askWorker("key")) ?? (await askWorker("key")) ?? {};
  if (user) await isOpen(ownerOf(user));
}

/** What stands on a page whose phone was locked elsewhere goes, unless the page is going anyway. */
async function hide() {
  const answer = await askWorker("key");
  if (answer && !answer.open && !document.querySelector("[data-lock],[data-going]"))
    location.reload();
}

/** @param {MessageEvent<{type?: string, user: string} | null>} event what the worker asks or tells */
function onMessage({ data, ports }) {
  if (data?.type === "give-key") ports[0].postMessage(handed(ownerOf(data.user)));
  if (data?.type !== "forget-key") return;
  forgetKey(ownerOf(data.user));
  setTimeout(hide, HIDE);
}

/** The person did something on this page. @param {Event} event */
function onSomething({ isTrusted }) {
  if (!owner || !isTrusted) return;
  touch(owner);
  const now = performance.now();
  if (now - toldAt < TELL) return;
  toldAt = now;
  const message = { type: "touched", token: tokenHeader()["Jangkau-Token"] };
  navigator.serviceWorker?.controller?.postMessage(message);
}

if (navigator.serviceWorker) {
  navigator.serviceWorker.addEventListener("message", onMessage);
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, onSomething, true);
  document.addEventListener("htmx:after:swap", hold);
  document.addEventListener("visibilitychange", hold);
  // After the idle minutes it goes by itself, so that no clock set back finds it.
  setInterval(() => {
    if (owner && !handed(owner)) forgetKey(owner);
    hold();
  }, CHECK);
  hold();
}
