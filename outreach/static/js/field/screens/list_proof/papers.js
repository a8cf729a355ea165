/** Every paper of a list that this phone knows: signed versions and sheets, the newest first. */
import { CHANGED } from "../../../domain/paper_proof.js";
import { changesSince } from "../../../domain/paper_sheets.js";
import { numberedLines } from "../../../domain/village_decisions.js";
import { sha256 } from "../../../store/engine/hash.js";
import { shortWords } from "../list_check/version_words.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {{hash: string, state: string, words: string, version: string}} KnownPaper its words, and the id of a signed version */

/** The higher number first; what has none yet is the newest. @param {{n?: number | null}} a @param {{n?: number | null}} b */
const byNumber = (a, b) => Number(!b.n) - Number(!a.n) || Number(b.n) - Number(a.n);

/** @param {ListContent} content @param {Words} w @returns {Promise<KnownPaper[][]>} */
export async function papersOf({ versions, prints, lines }, w) {
  const minutes = [...versions].sort(byNumber).map((version) => ({
    hash: version.hash,
    state: version.state,
    words: [version.n ? w.t("field.minutes.number", { n: version.n }) : "", shortWords(version, w)]
      .filter(Boolean)
      .join(" · "),
    version: version.id,
  }));
  const sheets = [...prints].sort(byNumber);
  const changes = sheets[0] && (await changesSince(sheets[0].lines, numberedLines(lines), sha256));
  const changed = changes && Object.values(changes).some((numbers) => numbers.length);
  const printed = sheets.map(({ n, hash }, i) => ({
    hash,
    state: !i && changed ? CHANGED : "",
    words: w.t("field.proof.sheet", { n }),
    version: "",
  }));
  return [minutes, printed];
}
