/** The evening receipt in words and as a QR code. */
import { formatDateTime, formatNumber } from "../../../domain/formats.js";
import { spans } from "../../parts_of_screens/number_ranges.js";
import { allSent } from "../../parts_of_screens/sent_counts.js";

/** @typedef {import("../../request_types.js").Words} Words */

/** The end of a device's id: enough to tell phones apart aloud. @param {string} device */
export const shortDevice = (device) => device.slice(-6).toUpperCase();

/**
 * @param {{said: import("../../../sync/receipt.js").Receipt | null, signed: boolean | null, same: boolean | null, token: string, qr: {box: string, path: string} | null, ledger: import("../../../store/books/save_counts.js").Counts, photos: number, before: number, device: string, name: string}} ctx
 *   same: the receipt's hash is the one this phone has at that number; null when it is not kept
 * @param {Words} w
 */
export function receiptView(ctx, w) {
  const { said, ledger } = ctx;
  const n = (/** @type {number} */ value) => formatNumber(value, w.lang);
  const left = ledger.pending || ctx.photos;
  const rest = left
    ? w.t("field.receipt.left", { n: n(ledger.pending), photos: n(ctx.photos) })
    : allSent(ledger, w);
  const calm = left ? "note" : ledger.lost ? "note note-stop" : "note note-good";
  const common = { rest, rest_cls: calm, send: left ? 1 : 0 };
  if (!said) return { ...common, empty: w.t("field.receipt.none"), notes: [], list: [], token: "" };
  const own = said.device === ctx.device;
  const to = own ? ctx.before + said.last_mid : said.last_mid;
  const notes = [];
  if (ctx.signed === false || ctx.same === false)
    notes.push({ cls: "note note-stop", text: w.t("field.receipt.differs") });
  else if (ctx.signed === null)
    notes.push({ cls: "note note-warn", text: w.t("field.receipt.unchecked") });
  else notes.push({ cls: "note note-good", text: w.t("field.receipt.checked") });
  if (said.gaps?.length) {
    const list = spans(said.gaps.map(([a, b]) => [a + to - said.last_mid, b + to - said.last_mid]));
    notes.push({ cls: "note note-warn", text: w.t("field.receipt.gaps", { list }) });
  }
  if (!own) notes.push({ cls: "note note-warn", text: w.t("field.receipt.older") });
  return {
    ...common,
    empty: "",
    said: w.t("field.receipt.says", { n: n(to), at: formatDateTime(said.at, w.lang) }),
    notes,
    list: [
      { label: w.t("field.settings.name"), value: ctx.name },
      { label: w.t("field.receipt.phone"), value: shortDevice(said.device) },
      { label: w.t("field.receipt.last"), value: n(to) },
      { label: w.t("field.receipt.print"), value: said.last_hash.slice(0, 8) },
      { label: w.t("field.receipt.time"), value: formatDateTime(said.at, w.lang) },
    ],
    box: /** @type {{box: string}} */ (ctx.qr).box,
    path: /** @type {{path: string}} */ (ctx.qr).path,
    token: ctx.token,
  };
}
