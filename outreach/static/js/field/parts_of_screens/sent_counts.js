/** The counts of recorded, received and waiting saves, in words. */
import { formatNumber } from "../../domain/formats.js";

/** @typedef {import("../request_types.js").Words} Words */

/** @typedef {{records: number, photos: number, kilobytes: number, done?: string, lost?: number}} Waits */

/** @param {import("../../store/books/save_counts.js").Counts} ledger @param {Words} w @param {number} [photos] that the server lacks */
export const numbers = (ledger, w, photos = 0) => ({
  recorded: formatNumber(ledger.recorded, w.lang),
  received: formatNumber(ledger.received, w.lang),
  pending: formatNumber(ledger.pending, w.lang),
  photos: photos ? w.t("field.ledger.photos", { n: photos }) : "",
});

/** Seconds of sending: 250 bytes a record and 90 kB a picture at a weak 15 kB/s. */
const estimate = (/** @type {Waits} */ waits) =>
  Math.ceil((waits.records * 0.25 + waits.kilobytes) / 15);

/** Nothing waits; that not everything arrived is never left out. @param {{done?: string, lost?: number}} ledger @param {Words} w */
export const allSent = ({ done = "field.all_sent", lost }, w) => w.t(done, { n: lost });

/** The waiting saves, with the time that sending takes on a weak network. @param {Waits} waits @param {Words} w */
export function waiting(waits, w) {
  if (!waits.records && !waits.kilobytes) return allSent(waits, w);
  const minutes = Math.max(1, Math.ceil(estimate(waits) / 60));
  return w.t("field.waits", { n: waits.records, photos: waits.photos, minutes });
}
