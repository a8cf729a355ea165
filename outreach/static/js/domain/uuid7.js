/**
 * A new UUIDv7 from a clock and randomness that are passed in.
 * @param {number} millis @param {Uint8Array} random ten bytes @returns {string}
 */
export function uuid7(millis, random) {
  const bytes = [...random];
  bytes[0] = (bytes[0] & 0x0f) | 0x70;
  bytes[2] = (bytes[2] & 0x3f) | 0x80;
  const rest = bytes.map((b) => b.toString(16).padStart(2, "0")).join("");
  const hex = millis.toString(16).padStart(12, "0") + rest;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
