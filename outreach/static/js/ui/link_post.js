/** Sends JSON to the link's own addresses. */

/** @typedef {{id: string, taken: boolean, text: string}} SaveResult */
/** @typedef {{text?: string, results?: SaveResult[]}} LinkAnswer */

/**
 * The answer; without one the body is empty.
 * @param {string} address @param {unknown} said
 * @returns {Promise<{ok: boolean, body: LinkAnswer}>}
 */
export async function postJson(address, said) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(said),
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { ok: answer.ok, body: isJson ? await answer.json() : {} };
  } catch {
    return { ok: false, body: {} };
  }
}
