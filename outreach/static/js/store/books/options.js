// Choices of an officer for this phone; they lie in the user's own database.
import { ask } from "../engine/idb.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/record_types.js").Options} Options */

/** @param {State} s @returns {Promise<Options>} */
export const optionsOf = async (s) => ({
  photos: "any",
  ...(await s.conn.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get("options")))),
});

/** @param {State} s @param {Partial<Options>} change */
export const setOptions = (s, change) =>
  s.conn.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const before = await ask(meta.get("options"));
    await ask(meta.put({ ...before, ...change }, "options"));
  });

/** The browser's word for the network now; "" where it does not say. */
export const networkType = () => {
  const { connection } = /** @type {Navigator & {connection?: {type?: string}}} */ (navigator);
  return connection?.type && connection.type !== "unknown" ? String(connection.type) : "";
};

/**
 * True when pictures may go now. Nobody's data plan is spent on a guess: where the browser does
 * not name the network, "wifi" waits for the person to ask.
 * @param {Options} options @param {string} type of the network @param {boolean} asked
 */
export function photosMayGo({ photos }, type, asked) {
  if (photos === "any" || asked) return true;
  return photos === "wifi" && ["wifi", "ethernet"].includes(type);
}
