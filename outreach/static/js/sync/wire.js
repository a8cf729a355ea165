// One request to the server: JSON, gzip where it pays, a time limit, and an answer that never
// throws. Nothing here knows the store.

/** @typedef {(input: string, init?: RequestInit) => Promise<Response>} Fetch */
/**
 * @typedef {object} Answer
 * @property {number} status 0 when nothing that we can trust came back
 * @property {any} body
 * @property {boolean} timeout
 * @property {number} retryAfter seconds, 0 when not told
 * @property {Headers} [headers]
 */

const TIMEOUT_MS = 30000;
const GZIP_OVER = 1000;
/** Bytes that the server takes at once. */
const MOST = 64 * 1024;

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
 * @typedef {object} Asked
 * @property {string} [method] POST when not told
 * @property {Uint8Array} [body] as it travels
 * @property {boolean} [gzip]
 * @property {Uint8Array} [whole] the body before it was packed
 * @property {Record<string, string>} [headers]
 */

/**
 * Send a request and read its JSON answer. A packed body that somebody on the way did not bear, as
 * status 400 may mean, goes once more as it was before.
 * @param {Fetch} fetch @param {string} url @param {Asked} asked
 * @returns {Promise<Answer>}
 */
export async function request(fetch, url, asked) {
  const answer = await once(fetch, url, asked);
  const { gzip, whole } = asked;
  if (answer.status !== 400 || !gzip || !whole || whole.length > MOST) return answer;
  return once(fetch, url, { ...asked, body: whole, gzip: false });
}

/**
 * A network failure, a time limit, a redirect or a page that is not ours (a hotel's login) all end
 * in status 0.
 * @param {Fetch} fetch @param {string} url @param {Asked} asked
 * @returns {Promise<Answer>}
 */
async function once(fetch, url, { method = "POST", body, gzip, headers = {} }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method,
      body: /** @type {BodyInit | undefined} */ (body),
      headers: { ...headers, ...(gzip ? { "Content-Encoding": "gzip" } : {}) },
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      signal: stop.signal,
    });
    const { status, headers: got } = response;
    const json = method === "HEAD" ? {} : await response.json().catch(() => null);
    const retryAfter = Number(got.get("Retry-After")) || 0;
    const trusted = json !== null || status >= 400;
    return { status: trusted ? status : 0, body: json, timeout: false, retryAfter, headers: got };
  } catch {
    return { status: 0, body: null, timeout: stop.signal.aborted, retryAfter: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Post JSON.
 * @param {Fetch} fetch @param {string} url @param {unknown} value
 * @returns {Promise<Answer>}
 */
export async function post(fetch, url, value) {
  const packed = await pack(value);
  return request(fetch, url, { ...packed, headers: { "Content-Type": "application/json" } });
}
