// A forgotten PIN. Nobody can open what it locked, so a new data key takes its place: what was
// pulled is pulled again, sealed saves go on being sent, and the rest stays as it lies, counted,
// until the old PIN comes back to mind. Call this only after a login with the password.
import { waitingIn } from "../store/blobs.js";
import { StoreError } from "../store/errors.js";
import { ask } from "../store/idb.js";
import { decode, encode, underNewKey } from "../store/payload.js";
import { raise } from "../store/state.js";
import { countUnsealed } from "./backlog.js";
import { dropBase } from "./ended.js";
import { freshKey, openKey } from "./keys.js";
import { newLease } from "./lease.js";
import { beginHere, keep, keysOf, letGo, nowOf } from "./session.js";
import { counted } from "./unlock.js";

/** @typedef {import("../store/state.js").State} State */
/** @typedef {import("./session.js").Owner} Owner */

/** Where the parts of a record lie. @type {Record<string, (rec: any) => Record<string, string>>} */
const PLACES = {
  journal: ({ key }) => ({ payload: `journal/${key}`, verdict: `verdict/${key}` }),
  drafts: ({ id }) => ({ payload: `drafts/${id}` }),
};

/**
 * Begin anew with another data key and without a PIN, which is asked for at once.
 * @param {State} s
 * @throws {StoreError} unsealed, with `n`, when saves would be lost that only the old key can open
 */
export async function startAnew(s) {
  const n = await countUnsealed(s);
  if (n) throw new StoreError("unsealed", { n });
  const keys = await keysOf(s);
  const { sign, public: point, secret, gen, salt, rounds, wrapped, old = [] } = keys;
  const before = wrapped ? [...old, { gen, salt, rounds, wrapped }] : old;
  const next = { sign, public: point, secret, ...(await freshKey(keys)), old: before };
  const now = nowOf(s);
  await s.conn.run(
    ["vault", "meta", "index", "pages"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      for (const name of ["session", "tries", "ended"]) vault.delete(name);
      vault.put(next, "keys");
      vault.put(0, "asked");
      vault.put(newLease(now), "lease");
      tx.objectStore("meta").delete("profile");
      await dropBase(tx);
      await raise(tx, "jb");
    },
    "strict",
  );
  letGo(s);
  s.wipe();
}

/**
 * What waits here that this phone cannot show: it was locked by a PIN that was forgotten.
 * @param {State} s
 * @returns {Promise<{saves: number, forms: number, pictures: number}>} saves the server lacks
 */
export async function countShut(s) {
  const { gen } = await keysOf(s);
  /** @param {Uint8Array} [payload] */
  const isShut = (payload) => payload?.[1] !== gen;
  return s.conn.run(["journal", "drafts", "blobs", "bytes"], "readonly", async (tx) => {
    const saves = await ask(tx.objectStore("journal").index("hot").getAll());
    const forms = await ask(tx.objectStore("drafts").getAll());
    let pictures = 0;
    for (const { sha } of await waitingIn(tx)) {
      if (isShut(await ask(tx.objectStore("bytes").get(sha)))) pictures += 1;
    }
    const waiting = saves.filter(({ state }) => ["waiting", "sending"].includes(state));
    return {
      saves: waiting.filter((rec) => isShut(rec.payload)).length,
      forms: forms.filter((rec) => !rec.blank && isShut(rec.payload)).length,
      pictures,
    };
  });
}

/**
 * The old PIN came back to mind: what it locked is put under the present key.
 * @param {State} s @param {string} pin
 * @returns {Promise<import("./unlock.js").Tried>}
 */
export async function recall(s, pin) {
  const keys = await keysOf(s);
  const { ok, left, made } = await counted(s, () => oldKey(keys, pin));
  if (!made) return { ok: false, left };
  const was = { userId: s.userId, conn: s.conn };
  beginHere(was, made);
  for (const store of Object.keys(PLACES)) await rewrite(s, was, store, made.gen);
  await rewritePictures(s, was, made.gen);
  const old = (keys.old ?? []).filter((one) => one.gen !== made.gen);
  await keep(s, { keys: { ...(await keysOf(s)), old } });
  s.forget();
  return { ok, left };
}

/** @param {import("./keys.js").Keys} keys @param {string} pin */
async function oldKey(keys, pin) {
  for (const one of keys.old ?? []) {
    const key = await openKey({ ...keys, ...one }, pin);
    if (key) return { key, gen: one.gen };
  }
  return null;
}

/** @param {State} s @param {Owner} was @param {string} store @param {number} gen */
async function rewrite(s, was, store, gen) {
  const keys = await s.conn.run([store], "readonly", (tx) =>
    ask(tx.objectStore(store).getAllKeys()),
  );
  for (const key of keys) {
    const rec = await s.conn.run([store], "readonly", (tx) => ask(tx.objectStore(store).get(key)));
    /** @type {Record<string, Uint8Array>} */
    const after = {};
    for (const [part, place] of Object.entries(rec ? PLACES[store](rec) : {})) {
      if (rec[part]?.[1] !== gen) continue;
      after[part] = await encode(s, place, await decode(was, place, rec[part]));
    }
    if (!Object.keys(after).length) continue;
    await s.conn.run(
      [store],
      "readwrite",
      async (tx) => {
        const now = await ask(tx.objectStore(store).get(key));
        for (const [part, bytes] of Object.entries(after)) {
          if (now?.[part]?.[1] === gen) now[part] = bytes;
        }
        if (now) tx.objectStore(store).put(now);
      },
      "strict",
    );
  }
}

/** @param {State} s @param {Owner} was @param {number} gen */
async function rewritePictures(s, was, gen) {
  const names = await s.conn.run(["bytes"], "readonly", (tx) =>
    ask(tx.objectStore("bytes").getAllKeys()),
  );
  for (const sha of names) {
    const payload = await s.conn.run(["bytes"], "readonly", (tx) =>
      ask(tx.objectStore("bytes").get(sha)),
    );
    if (payload?.[1] !== gen) continue;
    const after = await underNewKey(was, s, `bytes/${sha}`, payload);
    await s.conn.run(
      ["bytes"],
      "readwrite",
      (tx) => ask(tx.objectStore("bytes").put(after, sha)),
      "strict",
    );
  }
}
