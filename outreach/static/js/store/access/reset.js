// A forgotten PIN. Nobody can open what it locked, so a new data key takes its place. Pulled
// rows are pulled again, sealed saves go on being sent. The rest stays as it lies, counted, until the
// old PIN comes back to mind. Call this only after a login with the password.
import { waitingIn } from "../records/blobs.js";
import { StoreError } from "../engine/errors.js";
import { PLAIN } from "../engine/db.js";
import { ask } from "../engine/idb.js";
import { raise } from "../records/state.js";
import { countUnsealed } from "./seal_backlog.js";
import { dropBase } from "./ended.js";
import { freshKey, opens, recalled } from "../../vault/keys.js";
import { newLease } from "../../vault/lease.js";
import { encryptAll } from "./migrate.js";
import { keyOf, keysOf, letGo, nowOf } from "../../vault/session.js";
import { counted } from "./unlock.js";

/** @typedef {import("../records/state.js").State} State */

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
      // Another tab was faster: what lies under its key is not to be lost.
      if ((await ask(vault.get("keys"))).gen !== gen) return;
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
 * Waiting saves that this phone cannot show: it was locked by a PIN that was forgotten.
 * @param {State} s
 * @returns {Promise<{saves: number, forms: number, pictures: number}>} saves the server lacks
 */
export async function countShut(s) {
  const keys = await keysOf(s);
  /** @param {Uint8Array} [payload] */
  const isShut = (payload) => !payload || !opens(keys, payload[1]);
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
  const top = await keyOf(s);
  const { made, ...tried } = await counted(s, async () => recalled(await keysOf(s), pin, top));
  if (!made) return tried;
  await s.conn.run(
    ["vault", "meta"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const keys = await ask(vault.get("keys"));
      const old = /** @type {import("../../vault/keys.js").Older[]} */ (keys.old).map((one) =>
        one.gen === made.gen ? made : one,
      );
      vault.put({ ...keys, old }, "keys");
      tx.objectStore("meta").put(PLAIN, "plain");
    },
    "strict",
  );
  await encryptAll(s);
  s.forget();
  return tried;
}
