/**
 * Asking the worker for a whole screen. What a form says goes as a message: on a slow phone the
 * browser's work around a request costs more than the save itself. The worker keeps its answer to
 * a message for a while. A request that follows because no answer came soon has the same answer,
 * and nothing is done twice.
 */

/** @typedef {{text: string, push: string | null, away?: string}} Told `away`: where else the screen is */
/**
 * @typedef {object} Screen
 * @property {string} text
 * @property {string} url where it comes from
 * @property {string | null} push the address that it has to be shown under, when it told one
 */

const SOON = 2000;
/** After so many ms a tap that nothing came of can be tapped again. */
const PATIENCE = 30_000;

/**
 * The answer of the worker, or of the server where there is none; null from nobody.
 * @param {string} path @param {URLSearchParams} [said] what a form says, sent by POST
 * @param {boolean} [again] nobody asked for it: the screen is brought up to date by itself
 * @returns {Promise<Screen | null>}
 */
export async function ask(path, said, again = false) {
  const worker = said && navigator.serviceWorker?.controller;
  /** @type {Record<string, string>} */
  const headers = again ? { "Jangkau-Again": "1" } : {};
  if (!worker) return request(path, { body: said, headers });
  const id = crypto.randomUUID();
  const message = { type: "screen", id, path, said: `${said}` };
  const told = await tell(worker, message).catch(() => null);
  if (!told) return request(path, { body: said, headers: { "Jangkau-Asked": id } });
  return told.away ? request(told.away, {}) : { ...told, url: path };
}

/**
 * @param {ServiceWorker} worker
 * @param {{type: string, id: string, path: string, said: string}} message
 * @returns {Promise<Told | null>} null when no answer came soon
 */
function tell(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (/** @type {MessageEvent<Told | null>} */ { data }) => resolve(data);
    setTimeout(resolve, SOON, null);
    worker.postMessage(message, [port2]);
  });
}

/** @param {string} path @param {RequestInit} how @returns {Promise<Screen | null>} */
async function request(path, { body, headers }) {
  try {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      body,
      headers: { "HX-Request": "true", ...headers },
      signal: AbortSignal.timeout?.(PATIENCE),
    });
    const push = answer.headers.get("HX-Push-Url");
    return { text: await answer.text(), url: answer.url, push };
  } catch {
    return null;
  }
}
