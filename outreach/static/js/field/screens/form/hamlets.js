/** Where people of a village live, for the screen that asks it: hamlets met before, the commonest first. */
import { hamlets } from "./routes.js";

/** @typedef {import("../../request_types.js").Open} Open */

/** @param {Open} q @param {string} scope */
async function met(q, scope) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const row of await q.store.list(scope, { limit: 5000 })) {
    if (!row.pemangku) continue;
    const key = `${row.pemangku}|${row.rt ?? ""}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([key]) => ({ pemangku: key.split("|")[0], rt: key.split("|")[1] }));
}

hamlets.met = met;
