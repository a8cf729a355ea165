// How much room the browser gives, and what that allows: photos stop before records do.
import { isDiskFull } from "./disk_full.js";

/**
 * @typedef {object} FreeSpace
 * @property {number} used bytes
 * @property {number} quota bytes, 0 when the browser does not tell
 * @property {"ok" | "warn" | "stop" | "unknown"} level warn from 80 %, stop from 95 %
 * @property {boolean} photos new pictures may be kept
 * @property {boolean | null} persisted the browser promised not to clear; null when it does not say
 */

export const WARN = 0.8;
export const STOP = 0.95;

/** @param {number} used @param {number} quota @returns {FreeSpace["level"]} */
export function levelOf(used, quota) {
  if (!(quota > 0)) return "unknown";
  if (used / quota >= STOP) return "stop";
  return used / quota >= WARN ? "warn" : "ok";
}

/**
 * The room as the browser tells it now. A browser that cannot say may be full: records go on,
 * photos wait.
 * @param {StorageManager | undefined} [storage]
 * @returns {Promise<FreeSpace>}
 */
export async function readFreeSpace(storage = globalThis.navigator?.storage) {
  const [told, kept, full] = await Promise.allSettled([
    Promise.resolve(storage?.estimate()),
    Promise.resolve(storage?.persisted()),
    isDiskFull(),
  ]);
  const { usage = 0, quota: given = 0 } = (told.status === "fulfilled" && told.value) || {};
  const quota = full.status === "fulfilled" && full.value ? usage : given;
  const level = levelOf(usage, quota);
  const persisted = kept.status === "fulfilled" ? (kept.value ?? null) : null;
  return { used: usage, quota, level, photos: ["ok", "warn"].includes(level), persisted };
}
