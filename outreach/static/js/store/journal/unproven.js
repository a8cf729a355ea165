// Saves that the server holds for their form alone: it could not tell that this phone sent them, or
// not open them. After a login, which gives it the keys, they go again and are judged.
import { noteSync } from "../records/sync_state.js";
import { offerAgain } from "./settle.js";

/** @typedef {import("../records/state.js").State} State */

const OF_FORM = ["signature", "sealed"];

/**
 * Once after each login; true when something goes again. Call after refresh().
 * @param {State} s
 */
export async function offerUnproven(s) {
  if (!s.sync.proven) return false;
  const held = [...s.hot.values()].filter(
    ({ state, verdict }) => state === "held" && OF_FORM.includes(verdict.reason ?? ""),
  );
  for (const { mid } of held) await offerAgain(s, mid - 1, mid);
  await noteSync(s, { proven: false });
  return held.length > 0;
}
