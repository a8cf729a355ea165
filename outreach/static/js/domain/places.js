/** Where in a village somebody lives, as people write hamlet, RT and RW; as outreach/domain/places.py. */

/** @type {[RegExp, string[]][]} */
const NAMED = [
  [/\brt\s*\/\s*rw[ .:]*(\d{1,3})\s*\/\s*(\d{1,3})\b/i, ["rt", "rw"]],
  [/\brt[ .:]*(\d{1,3})\b(?:\s*\/\s*(\d{1,3})\b)?/i, ["rt", "rw"]],
  [/\brw[ .:]*(\d{1,3})\b/i, ["rw"]],
];
const HAMLET = /^(?:pemangku|pmk|pmgk|dusun|dsn|lingkungan|lingk|lk)\b[ .:]*/i;
const SLASHED = /^(?:(.*[^ /].*?)\s*\/\s*(\d{1,3})|(\d{1,3})[ .,-]+(\d{1,3}))$/;

/**
 * Hamlet, RT and RW of 1/2, "Pemangku 1 RT 2", "RT 02/RW 01 Way Ngison"; null for what holds a
 * stroke and cannot be read. @param {string} text @returns {Record<string, string>|null}
 */
export function readPlace(text) {
  /** @type {Record<string, string>} */
  const found = {};
  let rest = text.replace(/\s+/g, " ").trim();
  for (const [pattern, names] of NAMED) {
    const match = pattern.exec(rest);
    names.forEach((name, i) => {
      if (match?.[i + 1]) found[name] = match[i + 1];
    });
    rest = rest.replace(pattern, " ");
  }
  const named = Object.keys(found).length;
  if (named) rest = rest.replace(/^[ ,./-]+|[ ,./-]+$/g, "");
  const slashed = found.rt ? null : SLASHED.exec(rest);
  if (slashed) {
    rest = slashed[1] ?? slashed[3];
    found.rt = slashed[2] ?? slashed[4];
  }
  rest = rest.replace(HAMLET, "").replace(/^[ ,.-]+|[ ,.-]+$/g, "");
  if (rest.includes("/") || !(rest || named || slashed)) return null;
  for (const name of Object.keys(found)) found[name] = found[name].padStart(3, "0");
  return rest ? { pemangku: rest, ...found } : found;
}
