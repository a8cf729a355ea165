// "Mode cek daftar": which list this phone was handed over with. It lies in the phone's own database,
// so that a restart changes nothing; only ids and a key that is shut stand in it.
import { phone } from "./meta.js";
import { ask } from "./idb.js";

/** @typedef {import("./db.js").HandedList} HandedList */

/** The list that was handed over; undefined while none is. @returns {Promise<HandedList | undefined>} */
export const handedList = () =>
  phone.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get("check")));

/** From here on this phone shows the list alone. @param {HandedList} handed */
export const keepHanded = (handed) =>
  phone.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      meta.put(handed, "check");
      await ask(meta.put(handed.user, "user"));
    },
    "strict",
  );

/** The phone is the officer's again; nothing here speaks of the list's store any more. @param {HandedList} handed */
export const endHanded = ({ user, officer }) =>
  phone.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const users = (await ask(meta.get("users"))) ?? {};
      const tokens = (await ask(meta.get("tokens"))) ?? {};
      delete users[user];
      delete tokens[user];
      meta.put(users, "users");
      meta.put(tokens, "tokens");
      meta.put(officer, "user");
      await ask(meta.delete("check"));
    },
    "strict",
  );
