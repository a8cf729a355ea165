// Which data key what lies on a phone is under, and a PIN as earlier versions put it there.
import { everything } from "./disk.mjs";

/** Everything opaque that lies here under the person's key. @param {string} user */
export async function opaque(user) {
  const { vault: _, blobs: __, ...stores } = await everything(`jk-${user}`);
  return Object.values(stores)
    .flat()
    .flatMap(([, rec]) => (rec instanceof Uint8Array ? [rec] : [rec?.payload, rec?.verdict]))
    .filter((part) => part instanceof Uint8Array);
}

/** The numbers of the data keys that it lies under. @param {string} user */
export async function gensOf(user) {
  const all = await opaque(user);
  if (all.length < 6) throw new Error("too little lies here to say");
  return [...new Set(all.map(([, gen]) => gen))];
}

/** The very data key of a phone without a PIN under one, as earlier versions put it there. */
export async function underPin({ secret, wrapped, gen }, pin) {
  const { subtle } = crypto;
  const [text, salt] = [new TextEncoder(), crypto.getRandomValues(new Uint8Array(16))];
  const typed = await subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 1000 };
  const stretched = new Uint8Array(await subtle.deriveBits(how, typed, 256));
  const over = async (bytes) => {
    const all = new Uint8Array([...text.encode("jangkau wrap 1"), ...bytes]);
    const bits = await subtle.sign("HMAC", secret, all);
    return subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
  };
  const iv = wrapped.slice(0, 12);
  const raw = await subtle.decrypt({ name: "AES-GCM", iv }, await over([]), wrapped.slice(12));
  const again = await subtle.encrypt({ name: "AES-GCM", iv }, await over(stretched), raw);
  return { gen, salt, rounds: 1000, wrapped: new Uint8Array([...iv, ...new Uint8Array(again)]) };
}
