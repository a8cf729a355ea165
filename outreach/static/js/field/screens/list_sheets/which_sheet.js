/** Which sheet somebody holds: the scanned code, or version and page, or a name of its own. */
import { readCode } from "../../../domain/paper_sheets.js";

/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {{n: number | null, page: number | null, label: string}} Which */

const MOST = 60;

/** @param {ListContent} content @param {(n: number, hash: string) => boolean} fits @param {number} page @returns {{which: Which} | {wrong: string}} */
function known({ prints }, fits, page) {
  const print = prints.find(({ n, hash }) => fits(n, hash));
  if (!print) return { wrong: "version" };
  if (!(page >= 1 && page <= print.pages)) return { wrong: "page" };
  return { which: { n: print.n, page, label: "" } };
}

/**
 * The sheet that a form names, or what is wrong with it as the code of a sentence.
 * @param {ListContent} content @param {URLSearchParams} form
 */
export function whichSheet(content, form) {
  const typed = (/** @type {string} */ name) => (form.get(name) ?? "").trim();
  if (typed("code")) {
    const code = readCode(typed("code"));
    if (!code) return { wrong: "code" };
    if (code.list !== content.list.id) return { wrong: "other_list" };
    return known(content, (_, hash) => hash === code.hash, code.page);
  }
  if (typed("version") || typed("page")) {
    const n = Number(typed("version"));
    return known(content, (one) => one === n, Number(typed("page")));
  }
  const label = typed("label").replace(/\s+/g, " ").slice(0, MOST);
  return label ? { which: { n: null, page: null, label } } : { wrong: "which" };
}

/** True where a page of a version has counted, here or elsewhere. @param {ListContent} content @param {Which} which */
export const hasCounted = ({ decisions }, { n, page }) =>
  n !== null && [...decisions.values()].some(({ paper }) => paper?.n === n && paper.page === page);
