// Faults of the phone's own storage, as codes the catalogue has sentences for.
import { noteDiskFull } from "./disk_full.js";

/** An error with a code for the catalogue (`error.<code>`) and what its sentence needs. */
export class StoreError extends Error {
  /**
   * @param {string} code
   * @param {Record<string, unknown>} [params]
   */
  constructor(code, params = {}) {
    super(code);
    this.name = "StoreError";
    this.code = code;
    this.params = params;
  }
}

/**
 * The value of a promise, or null when the key it needs is gone for good.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T | null>}
 */
export const unlessLost = (work) =>
  work.catch((error) => {
    if (error.code !== "key_lost") throw error;
    return null;
  });

/**
 * The same failure as a StoreError; a full disk is told apart because the person can act on it.
 * @param {unknown} error
 * @returns {StoreError}
 */
export function asStoreError(error) {
  if (error instanceof StoreError) return error;
  const name = /** @type {Error | null | undefined} */ (error)?.name ?? "Error";
  const code = name === "QuotaExceededError" ? "storage_full" : "storage_failed";
  if (code === "storage_full") noteDiskFull();
  return new StoreError(code, { name });
}
