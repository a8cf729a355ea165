// The token of a person's store on this phone. It stands in every form and message of that store's
// screens: a worker does not see where a form comes from, and only our own pages can read it.
import { random, toText } from "./bytes.js";
import { ask } from "./idb.js";
import { phone } from "./meta.js";

const BYTES = 18;

/**
 * The token, made at the first call and kept. It lies in the phone's own database, so that the ways
 * out of a broken store are guarded too.
 * @param {string | null} userId null while nobody works here
 * @returns {Promise<string>} 24 letters
 */
export const tokenOf = (userId) =>
  phone.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const tokens = (await ask(meta.get("tokens"))) ?? {};
      const known = tokens[userId ?? ""];
      if (known) return known;
      const made = toText(random(BYTES));
      meta.put({ ...tokens, [userId ?? ""]: made }, "tokens");
      return made;
    },
    "strict",
  );
