// The phone's own small database: whose turn it is, who has worked on it, and the language.
import { phoneDatabase } from "./db.js";
import { ask } from "./idb.js";

/** @typedef {import("./db.js").PhoneMeta} PhoneMeta */
/**
 * @typedef {object} KnownUser
 * @property {string} id
 * @property {number} unsent saves the server had not answered when that person last used the phone
 */

/** The phone's own database; whoever else keeps something in it names the key there. */
export const phone = phoneDatabase();

/**
 * @template {keyof PhoneMeta} K
 * @param {K} key @returns {Promise<PhoneMeta[K]>}
 */
const get = (key) => phone.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get(key)));

/**
 * @template {keyof PhoneMeta} K
 * @param {K} key @param {PhoneMeta[K]} value
 */
const put = (key, value) =>
  phone.run(["meta"], "readwrite", (tx) => ask(tx.objectStore("meta").put(value, key)), "strict");

/** The user whose screens are shown, or null. @returns {Promise<string | null>} */
export const currentUser = async () => (await get("user")) ?? null;

/** @param {string | null} userId */
export const setCurrentUser = (userId) => put("user", userId);

/** id or en; Indonesian until somebody chooses. @returns {Promise<"id" | "en">} */
export const language = async () => (await get("lang")) ?? "id";

/** @param {"id" | "en"} lang */
export const setLanguage = (lang) => put("lang", lang);

/** Everybody who has worked on this phone. @returns {Promise<KnownUser[]>} */
export const knownUsers = async () => Object.values((await get("users")) ?? {});

/**
 * Note a user and how much of theirs is unsent. No names: this database is not encrypted.
 * @param {{id: string, unsent?: number}} user
 */
export async function noteUser(user) {
  await phone.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const users = (await ask(meta.get("users"))) ?? {};
    users[user.id] = { unsent: 0, .../** @type {Partial<KnownUser>} */ (users[user.id]), ...user };
    // Earlier versions kept them.
    for (const known of Object.values(users)) delete known.name;
    await ask(meta.put(users, "users"));
  });
}
