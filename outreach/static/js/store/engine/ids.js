// New ids: the phone's clock only orders them roughly, nothing is decided by it.
import { uuid7 } from "../../domain/uuid7.js";

/** A new UUIDv7. @param {Date} [now] @returns {string} */
export const newId = (now = new Date()) =>
  uuid7(now.getTime(), crypto.getRandomValues(new Uint8Array(10)));
