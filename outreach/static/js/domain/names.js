/** Names for comparing; the same form as outreach/domain/names.py. */

const TITLES = "H HJ HI DRS DRA DR IR KH PROF NY TN BPK".split(" ");
const DEGREES =
  /^(?:S(?:PDI?|AG|[EHPT]|IP|S?OS|K[MO]M?|TP|HI|SI)|AMD(?:KE[BP])?|M(?:PD|M|SI|H|KES))$/;

/** @param {string} text */
const sound = (text) =>
  text
    .replaceAll("OE", "U")
    .replaceAll("DJ", "J")
    .replaceAll("TJ", "C")
    .replaceAll("Y", "I")
    .replace(/([A-Z])\1+/g, "$1");

/** @param {string} part @returns {string[]} */
function withoutTitles(part) {
  if (part.includes(".") && DEGREES.test(part.replace(/[^A-Z]/g, ""))) return [];
  return part
    .split(/[^A-Z0-9]+/)
    .filter((word) => word && !TITLES.includes(word))
    .map(sound);
}

/**
 * Upper case, no titles, y/i, oe/u, dj/j, tj/c, no double letters.
 * @param {string|null|undefined} name @returns {string}
 */
export function nameKey(name) {
  const plain = (name ?? "")
    .normalize("NFD")
    .toUpperCase()
    .replace(/[\u0300-\u036f'’`]/g, "");
  const words = plain.split(/\s+/).flatMap((part) => withoutTitles(part.split(",")[0]));
  return words.length ? words.join(" ") : sound(plain.replace(/[^A-Z0-9]+/g, " ").trim());
}
