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
 * Send a request and read its JSON answer. A network failure, a time limit, a redirect or a page
 * that is not ours (a hotel's login) all end in status 0.
 * @param {Fetch} fetch @param {string} url
 * @param {{method?: string, body?: Uint8Array, gzip?: boolean, headers?: Record<string, string>}} options
 * @returns {Promise<Answer>}
 */
export async function request(fetch, url, { method = "POST", body, gzip, headers = {} }) {
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
  const { body, gzip } = await pack(value);
  return request(fetch, url, { body, gzip, headers: { "Content-Type": "application/json" } });
}
