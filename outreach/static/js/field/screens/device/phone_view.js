/** "HP ini": its room, what may be sent over which network, what was sent, and what was put aside. */
import { formatNumber } from "../../../domain/formats.js";
import { megabytes } from "../carry/view.js";

/** @typedef {import("../../request_types.js").Words} Words */

const MB = 1048576;
const CLS = {
  ok: "note note-good",
  warn: "note note-warn",
  stop: "note note-stop",
  unknown: "note note-warn",
};

/**
 * @param {{room: import("../../../store/engine/free_space.js").FreeSpace, photos: string, network: string, traffic: import("../../../sync/traffic.js").Traffic, aside: Awaited<ReturnType<typeof import("../../../store/set_aside_database.js").databasesSetAside>>, waiting: number}} ctx
 *   network: what the browser calls it, "" where it does not say
 * @param {Words} w
 */
export function phoneView({ room, photos, network, traffic, aside, waiting }, w) {
  const n = (/** @type {number} */ bytes) => formatNumber(Math.round(bytes / MB), w.lang);
  const percent = room.quota ? Math.floor((100 * room.used) / room.quota) : 0;
  const choices = network || photos === "wifi" ? ["any", "wifi", "tap"] : ["any", "tap"];
  return {
    meter: room.quota ? percent : -1,
    room: room.quota
      ? w.t("field.settings.used", { used: n(room.used), quota: n(room.quota) })
      : w.t("field.ready.room_unknown"),
    level: room.level === "unknown" ? "" : w.t(`field.room.${room.level}`, { percent }),
    level_cls: CLS[room.level],
    kept: w.t(room.persisted ? "field.settings.kept" : "field.settings.loose"),
    choices: choices.map((value) => ({
      value,
      label: w.t(`field.photos.${value}`),
      cls: value === photos ? "main" : "plain",
      on: value === photos ? "true" : "false",
    })),
    nameless: network ? "" : w.t("field.photos.nameless"),
    waiting: waiting ? w.t("field.photos.waiting", { n: formatNumber(waiting, w.lang) }) : "",
    sent: w.t("field.traffic", {
      records: megabytes(traffic.records, w),
      photos: megabytes(traffic.photos, w),
    }),
    aside: aside.map((one) => ({
      n: String(one.n),
      text: one.code
        ? w.t("field.trouble.unreadable")
        : w.t("field.trouble.found", {
            saves: formatNumber(one.saves, w.lang),
            unsent: formatNumber(one.unsent, w.lang),
            drafts: formatNumber(one.drafts, w.lang),
          }),
      carry: one.unsent ? 1 : 0,
    })),
  };
}
