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

/**
 * The phone is the officer's again. `unread`: what was decided waits for the officer's PIN.
 * @param {HandedList} handed @param {boolean} unread
 */
export const endHanded = (handed, unread) =>
  phone.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const { user, officer } = handed;
      const meta = tx.objectStore("meta");
      const users = (await ask(meta.get("users"))) ?? {};
      const tokens = (await ask(meta.get("tokens"))) ?? {};
      const back = (await ask(meta.get("back"))) ?? [];
      delete users[user];
      delete tokens[user];
      meta.put(users, "users");
      meta.put(tokens, "tokens");
      if (unread) meta.put([...back, handed], "back");
      meta.put(officer, "user");
      await ask(meta.delete("check"));
    },
    "strict",
  );

/** Lists that came back without the officer's PIN, and whose answers nobody has read here yet. @returns {Promise<HandedList[]>} */
export const unreadLists = async () =>
  (await phone.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get("back")))) ?? [];

/** What was decided on this one can be read. @param {HandedList} handed */
export const noteRead = ({ user }) =>
  phone.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const back = (await ask(meta.get("back"))) ?? [];
    meta.put(
      back.filter((one) => one.user !== user),
      "back",
    );
  });
