// One request to the server and what came back, as bytes: gzip where it pays, a time limit, and an
// answer that never throws. Who answered is for call.js to say. Nothing here knows the store.

/** @typedef {(input: string, init?: RequestInit) => Promise<Response>} Fetch */
/** @typedef {"signal" | "login" | "server"} Trouble nothing came · a network's own page · not our server's word */
/**
 * @typedef {object} Reply
 * @property {number} seen the status that somebody answered with, 0 when nobody did
 * @property {Uint8Array<ArrayBuffer>} bytes
 * @property {Headers} headers
 * @property {boolean} timeout
 * @property {Trouble} trouble what it is when our server did not sign it
 */
/**
 * @typedef {object} Asked
 * @property {string} [method] POST when not told
 * @property {Uint8Array} [body] as it travels
 * @property {boolean} [gzip]
 * @property {Uint8Array} [whole] the body before it was packed
 * @property {Record<string, string>} [headers]
 */

const TIMEOUT_MS = 30000;
const GZIP_OVER = 1000;
/** Bytes that the server takes at once. */
const MOST = 64 * 1024;
/** Statuses of networks that want a login first. */
const LOGIN = [407, 511];
/** The sign with which a page begins: "<". */
const LESS = 60;

/**
 * The body as it travels.
 * @param {unknown} value
 * @returns {Promise<{body: Uint8Array, gzip: boolean, whole: Uint8Array}>} `whole` is what a signature covers
 */
export async function pack(value) {
  const whole = new TextEncoder().encode(JSON.stringify(value));
  if (whole.length <= GZIP_OVER || typeof CompressionStream === "undefined") {
    return { body: whole, gzip: false, whole };
  }
  const stream = new Blob([whole]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: new Uint8Array(await new Response(stream).arrayBuffer()), gzip: true, whole };
}

/**
 * Send a request. A packed body that somebody on the way did not bear, as status 400 may mean, goes
 * once more as it was before.
 * @param {Fetch} fetch @param {string} url @param {Asked} asked
 * @returns {Promise<Reply>}
 */
export async function send(fetch, url, asked) {
  const reply = await once(fetch, url, asked);
  const { gzip, whole } = asked;
  if (reply.seen !== 400 || !gzip || !whole || whole.length > MOST) return reply;
  return once(fetch, url, { ...asked, body: whole, gzip: false });
}

/** @param {Fetch} fetch @param {string} url @param {Asked} asked @returns {Promise<Reply>} */
async function once(fetch, url, { method = "POST", body, gzip, headers = {} }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method,
      body: /** @type {BodyInit | undefined} */ (body),
      headers: { ...headers, ...(gzip ? { "Content-Encoding": "gzip" } : {}) },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: stop.signal,
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status: seen, headers: got } = response;
    return { seen, bytes, headers: got, timeout: false, trouble: troubleOf(response, bytes) };
  } catch {
    const timeout = stop.signal.aborted;
    const nothing = { seen: 0, bytes: new Uint8Array(), headers: new Headers() };
    return { ...nothing, timeout, trouble: "signal" };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The kind of an answer that our server did not sign: a redirect or a page in the place of ours is a
 * network that wants a login, as in a hotel. @param {Response} response @param {Uint8Array} bytes
 * @returns {Trouble}
 */
function troubleOf({ ok, status, type, headers }, bytes) {
  const moved = type === "opaqueredirect" || (status >= 300 && status < 400);
  const html = bytes[0] === LESS || /html/.test(headers.get("Content-Type") ?? "");
  return moved || (ok && html) || LOGIN.includes(status) ? "login" : "server";
}
