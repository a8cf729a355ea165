// HPKE (RFC 9180), the one suite we use: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base
// mode, one message per key. A phone only seals; opening is the server's.
import { join, utf8 } from "../store/engine/bytes.js";

const { subtle } = crypto;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const HMAC = { name: "HMAC", hash: "SHA-256" };
const KEM = [...utf8("KEM"), 0, 16];
const SUITE = [...utf8("HPKE"), 0, 16, 0, 1, 0, 1];
const NOTHING = new Uint8Array();
/** A key of zeros is what HMAC makes of the empty salt. */
const ZEROS = new Uint8Array(32);

/** @typedef {{publicKey: CryptoKey, privateKey: CryptoKey}} Pair */
/** @typedef {{enc: Uint8Array, key: Uint8Array<ArrayBuffer>, nonce: Uint8Array<ArrayBuffer>}} Sender */

/** @param {Uint8Array<ArrayBuffer>} key @returns {Promise<(message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>>} */
async function hmac(key) {
  const imported = await subtle.importKey("raw", key, HMAC, false, ["sign"]);
  return async (message) => new Uint8Array(await subtle.sign("HMAC", imported, message));
}

/** @param {number[]} suite @param {string} label @param {Uint8Array} rest */
const labelled = (suite, label, rest) => join(utf8("HPKE-v1"), suite, utf8(label), rest);

/** @param {number[]} suite @param {Uint8Array<ArrayBuffer>} salt @param {string} label @param {Uint8Array} secret */
async function extract(suite, salt, label, secret) {
  return hmac(await (await hmac(salt))(labelled(suite, label, secret)));
}

/** @param {Awaited<ReturnType<typeof hmac>>} prk @param {number[]} suite @param {string} label @param {Uint8Array} info @param {number} size up to 32 */
const expand = async (prk, suite, label, info, size) =>
  (await prk(join([0, size], labelled(suite, label, info), [1]))).slice(0, size);

/** LabeledExtract as bytes, where a value is needed and not a key. @param {string} label @param {Uint8Array} secret */
const digest = async (label, secret) => (await hmac(ZEROS))(labelled(SUITE, label, secret));

/** The same for every message without a pre-shared key. @type {Promise<Uint8Array> | undefined} */
let noPsk;

/** A key pair for one message. @returns {Promise<Pair>} */
const ephemeral = async () =>
  /** @type {Pair} */ (await subtle.generateKey(CURVE, false, ["deriveBits"]));

/**
 * The sealing of one message, and `enc` for whoever opens it.
 * @param {CryptoKey} recipient @param {Uint8Array} info @param {Pair} [pair] only tests bring their own
 * @returns {Promise<Sender>}
 */
export async function sender(recipient, info, pair) {
  const { publicKey, privateKey } = pair ?? (await ephemeral());
  noPsk ??= digest("psk_id_hash", NOTHING);
  const [enc, to, dh, psk, about] = await Promise.all([
    subtle.exportKey("raw", publicKey),
    subtle.exportKey("raw", recipient),
    subtle.deriveBits({ ...CURVE, public: recipient }, privateKey, 256),
    noPsk,
    digest("info_hash", info),
  ]);
  const both = join(new Uint8Array(enc), new Uint8Array(to));
  const kem = await extract(KEM, ZEROS, "eae_prk", new Uint8Array(dh));
  const shared = await expand(kem, KEM, "shared_secret", both, 32);
  const secret = await extract(SUITE, shared, "secret", NOTHING);
  const context = join([0], psk, about);
  const [key, nonce] = await Promise.all([
    expand(secret, SUITE, "key", context, 16),
    expand(secret, SUITE, "base_nonce", context, 12),
  ]);
  return { enc: new Uint8Array(enc), key, nonce };
}

/**
 * `enc ‖ ciphertext` of one message.
 * @param {Sender} from @param {Uint8Array} plain @param {Uint8Array} [aad] empty in all our formats
 */
export async function sealWith({ enc, key, nonce }, plain, aad = NOTHING) {
  const aes = await subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv: nonce, additionalData: /** @type {BufferSource} */ (aad) };
  const sealed = await subtle.encrypt(how, aes, /** @type {BufferSource} */ (plain));
  return join(enc, new Uint8Array(sealed));
}

/** A public key from its raw 65 bytes. @param {Uint8Array<ArrayBuffer>} raw */
export const publicKey = (raw) => subtle.importKey("raw", raw, CURVE, true, []);

/**
 * Seal one message to the owner of a public key.
 * @param {CryptoKey} recipient from publicKey() @param {string} info @param {Uint8Array} plain
 * @returns {Promise<Uint8Array<ArrayBuffer>>} enc ‖ ciphertext
 */
export const seal = async (recipient, info, plain) =>
  sealWith(await sender(recipient, utf8(info)), plain);
