// Another data key in the place of the present one. Earlier records lie under the new one.
// They are rewritten in small steps (store/access/migrate.js), as soon as possible, by any step.
import { PLAIN } from "../store/engine/db.js";
import { ask } from "../store/engine/idb.js";
import { openKey } from "./keys.js";
import { begin } from "./session.js";

/** @typedef {import("./keys.js").Keys} Keys */

/**
 * Let what withPin() made take the place of what opened before, and open it for every context.
 * @param {import("./session.js").Owner} s @param {Keys} keys the present ones
 * @param {Partial<Keys>} made @param {string} pin
 * @returns {Promise<boolean>} false when another context was faster; nothing changed then
 */
export async function takeKey(s, keys, made, pin) {
  const next = { ...keys, ...made };
  const key = await openKey(next, pin);
  // Only what really opens may take the place of what opened before.
  if (!key) throw new Error("the new PIN does not open");
  const taken = await s.conn.run(
    ["vault", "meta"],
    "readwrite",
    async (tx) => {
      const vault = tx.objectStore("vault");
      const now = await ask(vault.get("keys"));
      // None is left of a phone that was called lost meanwhile.
      if (now.gen !== keys.gen || !now.wrapped) return false;
      // An old PIN may have come back to mind meanwhile.
      const old = [...(now.old ?? []), ...(made.old ?? []).slice(-1)];
      vault.put({ ...now, ...made, old }, "keys");
      vault.delete("asked");
      tx.objectStore("meta").put(PLAIN, "plain");
      return true;
    },
    "strict",
  );
  if (taken) await begin(s, { key, gen: next.gen });
  return taken;
}
