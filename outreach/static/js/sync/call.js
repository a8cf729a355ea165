// Asking the server. Each request is signed over its content and the server's last challenge. Only
// an answer that the server signed to this very request is believed. Anything else is trouble
// of the network and says nothing of this phone.
import { sha256 } from "../store/engine/hash.js";
import { join, utf8 } from "../store/engine/bytes.js";
import { sign } from "../vault/keys.js";
import { fetchKey } from "../vault/fetch_key.js";
import { keysOf } from "../vault/session.js";
import { verify } from "../vault/verify.js";
import { pack, send } from "./wire.js";

/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("./wire.js").Fetch} Fetch */
/** @typedef {import("./wire.js").Asked} Asked */
/** @typedef {import("./wire.js").Reply} Reply */
/** @typedef {import("./answer_types.js").Said} Said */
/** @typedef {import("../vault/seal.js").ServerKey} ServerKey */
/**
 * @typedef {object} Answer
 * @property {number} status 0 when our server has not said anything
 * @property {Said | null} body
 * @property {number} seen the status that anybody answered with
 * @property {boolean} timeout
 * @property {number} retryAfter seconds, 0 when not told
 * @property {import("./wire.js").Trouble} trouble what to say of it where it is of no use
 */
/** @typedef {(body: Said | null, status: number) => ServerKey[]} Trust the keys that an answer may be signed with */

/** Addresses that are signed with the key of an open phone alone. */
const FETCHES = /^\/sync\/v1\/(?:pull|worker\/)/;
const STALE = "challenge_stale";
const NOTHING = new Uint8Array();

/**
 * Ask, and ask once more where the server wanted a newer challenge. That much is done whoever says
 * so: a phone that knows no key of the server yet could check nothing, and only repeats itself.
 * @param {State} s @param {Fetch} fetch @param {string} url path with query
 * @param {Asked} asked @param {Trust} [trust] the known keys, unless told
 * @returns {Promise<Answer>}
 */
export async function call(s, fetch, url, asked, trust = () => s.keys) {
  const first = await once(s, fetch, url, asked, trust);
  const answer = first.stale ? await once(s, fetch, url, asked, trust) : first;
  const { stale, ...said } = answer;
  return stale ? { ...said, status: 0, body: null } : said;
}

/**
 * Ask with JSON.
 * @param {State} s @param {Fetch} fetch @param {string} url @param {unknown} value @param {Trust} [trust]
 */
export async function ask(s, fetch, url, value, trust) {
  const headers = { "Content-Type": "application/json" };
  return call(s, fetch, url, { ...(await pack(value)), headers }, trust);
}

/**
 * @param {State} s @param {Fetch} fetch @param {string} url @param {Asked} asked @param {Trust} trust
 * @returns {Promise<Answer & {stale: boolean}>}
 */
async function once(s, fetch, url, asked, trust) {
  const signature = await signed(s, url, asked);
  const newest = s.keys.find(({ kind }) => kind === "sign");
  const headers = {
    ...asked.headers,
    "Jangkau-Signature": signature,
    ...(newest ? { "Jangkau-Key": newest.kid } : {}),
  };
  const reply = await send(fetch, url, { ...asked, headers });
  const { seen, timeout, trouble, headers: got } = reply;
  const retryAfter = Number(got.get("Retry-After")) || 0;
  const body = read(reply.bytes);
  const stale = body?.code === STALE;
  const told = { seen, timeout, retryAfter, stale };
  const ours = await isOurs(reply, signature, trust(body, seen));
  // Kept by the next note(): a challenge that is lost costs one more request.
  if (ours || stale) s.sync.challenge = got.get("Jangkau-Challenge") ?? "";
  return ours
    ? { ...told, status: seen, body, trouble: "server" }
    : { ...told, status: 0, body: null, trouble };
}

/** The signature of a request, as it travels. @param {State} s @param {string} url @param {Asked} asked */
async function signed(s, url, { method = "POST", body, whole }) {
  const challenge = s.sync.challenge ?? "";
  const hash = await sha256(whole ?? body ?? NOTHING);
  const text = ["jangkau request 2", method, url, hash, challenge].join("\n");
  const key = FETCHES.test(url) ? { sign: await fetchKey(s) } : await keysOf(s);
  return `2.${challenge}.${await sign(key, utf8(text))}`;
}

/**
 * True when our server said this, and to this very request.
 * @param {Reply} reply @param {string} signature of the request @param {ServerKey[]} keys
 */
async function isOurs({ seen, bytes, headers }, signature, keys) {
  const [kid, made = ""] = (headers.get("Jangkau-Answer") ?? "").split(".");
  const key = keys.find((one) => one.kind === "sign" && one.kid === kid);
  const text = join(utf8(`jangkau answer 1\n${seen}\n${signature}\n`), bytes);
  return Boolean(key && (await verify(key, made, text)));
}

/** @param {Uint8Array} bytes @returns {Said | null} null for what is no JSON */
function read(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
