/** Names for comparing; the same forms as outreach/domain/names.py. */

const TITLES = /^(H[JI]?|DR[SA]?|IR|KH|PROF|NY|TN|BPK)$/;
const DEGREES = /^(S(PDI?|AG|[EHPT]|IP|S?OS|K[MO]M?|TP|HI|SI)|AMD(KE[BP])?|M(PD|M|SI|H|KES))$/;
const NO_WORD = /[^A-Z0-9]+/g;

/** @param {string} text */
const single = (text) => text.replace(/([A-Z])\1+/g, "$1");

/** @param {string} word */
const sound = (word) =>
  single(word.replace(/OE/g, "U").replace(/DJ/g, "J").replace(/TJ/g, "C").replace(/Y/g, "I"))
    .replace(/^M[OU][CK]?H/, "MUH")
    .replace(/^A[CK]H/, "AH")
    .replace(/^ABDU(?=[DNRSTZ])/, "ABDUL");

/** The words as they sound, without titles and degrees. @param {string|null|undefined} name */
function wordsOf(name) {
  const plain = (name ?? "")
    .normalize("NFD")
    .toUpperCase()
    .replace(/[\u0300-\u036f'’`]/g, "");
  /** @type {string[]} */
  const words = [];
  for (const piece of plain.split(/\s+/)) {
    const [part] = piece.split(",");
    if (words[0] && part.includes(".") && DEGREES.test(part.replace(/[^A-Z]/g, ""))) continue;
    words.push(...part.split(NO_WORD).filter((word) => word && !TITLES.test(word)));
  }
  return (words[0] ? words : [plain.replace(NO_WORD, "")]).filter(Boolean).map(sound);
}

/** Short forms written out; M and ST only where a name begins with them and goes on. */
const whole = (/** @type {string} */ word, /** @type {number} */ i, /** @type {string[]} */ all) =>
  (all[1] && !i ? word.replace(/^M$/, "MUH").replace(/^ST$/, "SITI") : word)
    .replace(/^M(UHD?|HD|UHAMED)$/, "MUHAMAD")
    .replace(/^AH$/, "AHMAD")
    .replace(/^ABD$/, "ABDUL");

/**
 * The comparing form, without blanks: two spellings of one name have the same.
 * @param {string|null|undefined} name
 */
export const nameKey = (name) => single(wordsOf(name).map(whole).join(""));

/**
 * The words that a name's key must hold, each anywhere; none finds nobody.
 * @param {string} typed
 */
export const searchWords = (typed) =>
  wordsOf(typed).map((word, i, all) => {
    const long = whole(word, i, all);
    return long.includes(word) ? word : long;
  });
