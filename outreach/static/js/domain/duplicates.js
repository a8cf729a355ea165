/** What makes two records look like one person; a hint, never a refusal. */
import { nameKey } from "./names.js";

/** @typedef {import("../gen/worker_data.js").Answers} Answers */

/** @param {Answers} data @returns {[string, string][]} (reason, value) pairs */
export function duplicateKeys(data) {
  /** @type {[string, string][]} */
  const keys = data.nik ? [["nik", data.nik]] : [];
  const name = nameKey(data.full_name);
  if (name && data.birth_date) keys.push(["name_birth", `${name}|${data.birth_date}`]);
  return keys;
}
