// The end of what can be read here: the supervisor called this phone lost, or it was too long
// without the server. What was pulled goes at once; the data key goes as soon as everything unsent
// is sealed; sealed saves stay and go on being sent.
import { countBegun } from "../books/drafts.js";
import { ask } from "../engine/idb.js";
import { isSealed } from "../records/payload.js";
import { newScope } from "../replica/scopes.js";
import { raise } from "../records/state.js";
import { countUnsealed, sealSome } from "./seal_backlog.js";
import { encryptAll, unlessFull } from "./migrate.js";
import { isOpen, letGo, nowOf, raiseTurn } from "../../vault/session.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../../vault/vault_types.js").Ended} Ended */
/** @typedef {import("../records/record_types.js").Tx} Tx */

/**
 * Take away what can be read here, as far as nothing unsent is lost by it. Repeating it goes on
 * where it stopped.
 * @param {State} s @param {"lost" | "lease"} reason
 * @returns {Promise<Ended>}
 */
export async function end(s, reason) {
  const short = (await isOpen(s)) && !(await sealAll(s).catch(unlessFull));
  const unsealed = await countUnsealed(s);
  const ended = await s.conn.run(
    ["vault", "meta", "journal", "drafts", "index", "pages", "bytes"],
    "readwrite",
    async (tx) => {
      const drafts = await countBegun(tx);
      // A lost phone's forms go with it; a lease must not cost anybody a form.
      const key = short || unsealed > 0 || (reason === "lease" && drafts > 0);
      await dropBase(tx);
      if (!key) await dropKey(tx);
      const vault = tx.objectStore("vault");
      await raiseTurn(vault);
      const told = { reason, at: nowOf(s), key };
      vault.put(told, "ended");
      await raise(tx, "jb");
      return told;
    },
    "strict",
  );
  letGo(s);
  s.wipe();
  return ended;
}

/** Seal all that is not sealed yet. @param {State} s */
async function sealAll(s) {
  await encryptAll(s);
  while (await sealSome(s));
  return true;
}

/** Drop the pulled rows, which can be pulled again. @param {Tx} tx */
export async function dropBase(tx) {
  const meta = tx.objectStore("meta");
  const base = await ask(meta.get("base"));
  const anew = Object.keys(base).map((scope) => [scope, newScope(scope)]);
  meta.put(Object.fromEntries(anew), "base");
  tx.objectStore("index").clear();
  tx.objectStore("pages").clear();
}

/** The data key, and what only it could open. @param {Tx} tx */
async function dropKey(tx) {
  const vault = tx.objectStore("vault");
  const { sign, public: point, secret, gen } = await ask(vault.get("keys"));
  vault.put({ sign, public: point, secret, gen }, "keys");
  const meta = tx.objectStore("meta");
  meta.delete("profile");
  // The book's lines; see store/books/save_log.js.
  meta.delete(IDBKeyRange.bound("book/", "book0"));
  tx.objectStore("drafts").clear();
  const journal = tx.objectStore("journal");
  for (const { payload: _p, verdict: _v, ...rec } of await ask(journal.getAll())) journal.put(rec);
  const bytes = tx.objectStore("bytes");
  for (const sha of await ask(bytes.getAllKeys())) {
    if (!isSealed(/** @type {Uint8Array} */ (await ask(bytes.get(sha))))) bytes.delete(sha);
  }
}
