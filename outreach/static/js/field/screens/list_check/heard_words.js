/** What is said of decisions that came as a file. */
import { formatDateTime, formatNumber } from "../../../domain/formats.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").ListDecision} ListDecision */

/** From whose phone it came as a file, while no pull has brought it. @param {Pick<ListDecision, "file" | "author_name"> | undefined} decision @param {Words} w */
export const fileWords = (decision, w) =>
  decision?.file ? w.t("field.share.by_file", { name: decision.author_name ?? "" }) : "";

/** The files that were read of a list, one sentence for each phone. @param {ListContent} content @param {Words} w */
export const heardWords = ({ heard }, w) =>
  heard.map(({ name, at, decisions }) =>
    w.t("field.share.merged", {
      name,
      at: formatDateTime(at, w.lang),
      n: formatNumber(decisions.length, w.lang),
    }),
  );
