// Names of the officers of a shared phone, so that each sees whose work still waits here.
// The phone's own database is not encrypted: names lie under a key that this browser does not give
// out, which is all that can be asked before anybody has given a PIN.
import { ask } from "./idb.js";
import { phone } from "./meta.js";
import { utf8 } from "./bytes.js";

/** @typedef {import("./db.js").PhoneMeta} PhoneMeta */

const AES = { name: "AES-GCM", length: 256 };

/**
 * @template {keyof PhoneMeta} K
 * @param {K} key @returns {Promise<PhoneMeta[K]>}
 */
const get = (key) => phone.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get(key)));

/** The phone's key for names, made once. @returns {Promise<CryptoKey>} */
async function keyForNames() {
  const known = await get("namesKey");
  if (known) return known;
  const made = await crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);
  return phone.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const other = await ask(meta.get("namesKey"));
    if (!other) await ask(meta.put(made, "namesKey"));
    return other ?? made;
  });
}

/** @param {CryptoKey} key @param {{iv: Uint8Array<ArrayBuffer>, body: Uint8Array<ArrayBuffer>}} kept */
async function read(key, { iv, body }) {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt({ ...AES, iv }, key, body));
  } catch {
    return "";
  }
}

/** Names by user, as far as they were remembered. @returns {Promise<Record<string, string>>} */
export async function namesHere() {
  const kept = (await get("names")) ?? {};
  const ids = Object.keys(kept);
  if (!ids.length) return {};
  const key = await keyForNames();
  const names = await Promise.all(ids.map((id) => read(key, kept[id])));
  return Object.fromEntries(ids.map((id, i) => [id, names[i]]));
}

/** Remember what somebody is called. @param {string} id @param {string} name */
export async function rememberName(id, name) {
  if (!name || (await namesHere())[id] === name) return;
  const key = await keyForNames();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const body = new Uint8Array(await crypto.subtle.encrypt({ ...AES, iv }, key, utf8(name)));
  await phone.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const names = (await ask(meta.get("names"))) ?? {};
    await ask(meta.put({ ...names, [id]: { iv, body } }, "names"));
  });
}
