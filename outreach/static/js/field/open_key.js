/**
 * The open data key between the worker and its pages (ui/open_key.js). The browser stops a worker
 * that has nothing to do, and its memory with it: the pages keep the key and give it back.
 */
import { openUser } from "../store/store.js";
import { findElsewhere, handed, isOpen, onForgotten, touch } from "../vault/session.js";
import { token, user } from "./context.js";

/** @typedef {import("../vault/session.js").Handed} Handed */
/** @typedef {{type: string, token: string}} Message of a page, about the key */

/** A page that is slower gives nothing: the PIN is asked for. */
const WAIT = 300;
/** A page that did not answer may be asked again so many ms later. */
const AGAIN = 1000;
/**
 * The last question, by person. Only this worker opens anything, so where all pages have answered
 * that they hold nothing, none is asked again. @type {Map<string, {work: Promise<Handed | null>, again: number}>}
 */
const asked = new Map();

/** As a worker that has just begun: no page was asked. */
export const forgetPages = () => asked.clear();

/** Our open pages, the one that is being left too. @returns {Promise<readonly Client[]>} */
async function pages() {
  const { clients } = /** @type {Partial<ServiceWorkerGlobalScope>} */ (self);
  const all = (await clients?.matchAll({ type: "window", includeUncontrolled: true })) ?? [];
  return all.filter(({ url }) => new URL(url).pathname.startsWith("/field/"));
}

/** @param {Client} page @param {string} userId @returns {Promise<Handed | null>} */
function askPage(page, userId) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (/** @type {MessageEvent<Handed | null>} */ { data }) => resolve(data);
    page.postMessage({ type: "give-key", user: userId }, [port2]);
  });
}

/**
 * The first key of any page that fits; `silent` when some page said nothing in time.
 * @param {string} userId @param {(given: Handed) => boolean} fits
 * @returns {Promise<{given: Handed | null, silent: boolean}>}
 */
async function fromPages(userId, fits) {
  const all = await pages();
  let waiting = all.length;
  return new Promise((resolve) => {
    const end = (/** @type {Handed | null} */ given) => resolve({ given, silent: waiting > 0 });
    if (!waiting) end(null);
    setTimeout(end, WAIT, null);
    for (const page of all)
      askPage(page, userId).then((given) => {
        waiting -= 1;
        if (given && fits(given)) end(given);
        else if (!waiting) end(null);
      });
  });
}

findElsewhere(async ({ userId }, fits) => {
  const before = asked.get(userId);
  if (before && performance.now() < before.again) return before.work;
  const entry = {
    again: Number.POSITIVE_INFINITY,
    work: Promise.resolve(/** @type {Handed | null} */ (null)),
  };
  entry.work = fromPages(userId, fits).then(({ given, silent }) => {
    entry.again = silent ? performance.now() + AGAIN : Number.POSITIVE_INFINITY;
    // What was given is in this worker's memory now; later it would be older than that.
    setTimeout(() => {
      entry.work = Promise.resolve(null);
    });
    return given;
  });
  asked.set(userId, entry);
  return entry.work;
});

onForgotten(async ({ userId }) => {
  for (const page of await pages()) page.postMessage({ type: "forget-key", user: userId });
});

/** Acts of a page with the store's token, by message. @type {Record<string, (event: ExtendableMessageEvent, state: import("../store/records/state.js").State, user: string) => Promise<void>>} */
const KINDS = {
  async key({ ports }, state, user) {
    const open = await isOpen(state);
    ports[0].postMessage({ user, open, given: open ? handed(state) : null });
  },
  async touched(_event, state) {
    if (await isOpen(state)) touch(state);
  },
};
export const keyKinds = Object.keys(KINDS);

/** @param {ExtendableMessageEvent} event */
async function answerPage(event) {
  const who = await user();
  if (!who || /** @type {Message} */ (event.data).token !== (await token()))
    return event.ports[0]?.postMessage(null);
  await KINDS[/** @type {Message} */ (event.data).type](event, (await openUser(who)).state, who);
}

/** Does what a page asks about the key. @param {ExtendableMessageEvent} event */
export function onKeyMessage(event) {
  if (
    /** @type {(string | undefined)[]} */ (keyKinds).includes(
      /** @type {Message | null} */ (event.data)?.type,
    )
  )
    event.waitUntil(answerPage(event).catch(() => {}));
}
