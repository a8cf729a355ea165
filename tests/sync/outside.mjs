// Seals, signs and checks with none of our code: @hpke/core and the platform's WebCrypto.
// Reads one JSON object on stdin and answers one on stdout.
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const { subtle } = globalThis.crypto;
const KEY = { name: "ECDSA", namedCurve: "P-256" };
const WAY = { name: "ECDSA", hash: "SHA-256" };
const utf8 = (text) => new TextEncoder().encode(text);
const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const unb64 = (text) => new Uint8Array(Buffer.from(text, "base64url"));

async function seal({ public: point, text, info }) {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const recipientPublicKey = await suite.kem.deserializePublicKey(unb64(point));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: utf8(info) });
  const sealed = new Uint8Array(await sender.seal(utf8(text)));
  return b64(Buffer.concat([Buffer.from(sender.enc), sealed]));
}

async function sign(text) {
  const pair = await subtle.generateKey(KEY, false, ["sign", "verify"]);
  const point = await subtle.exportKey("raw", pair.publicKey);
  return { public: b64(point), signature: b64(await subtle.sign(WAY, pair.privateKey, utf8(text))) };
}

async function check({ public: point, receipt }) {
  const key = await subtle.importKey("raw", unb64(point), KEY, false, ["verify"]);
  const end = receipt.lastIndexOf(".");
  return subtle.verify(WAY, key, unb64(receipt.slice(end + 1)), utf8(receipt.slice(0, end)));
}

let input = "";
for await (const part of process.stdin) input += part;
const asked = JSON.parse(input);
const told = {
  sealed: await Promise.all((asked.seal ?? []).map(seal)),
  signed: asked.sign ? await sign(asked.sign) : null,
  checked: await Promise.all((asked.check ?? []).map(check)),
};
process.stdout.write(JSON.stringify(told));
