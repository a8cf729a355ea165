/** Screens of the mode: the code, the end, and the hand-over before it. */
import { waitLeft } from "../../../store/access/unlock.js";
import { waitWords } from "../../parts_of_screens/pin_words.js";

/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Words} Words */

/**
 * The list is shut until its code is given; no name stands here.
 * @param {Q} q @param {string} back where to go on @param {string} [wrong]
 */
export async function codeView(q, back, wrong = "") {
  const left = q.store ? await waitLeft(q.store.state) : 0;
  const resting = left ? q.t("field.lock.resting", { wait: waitWords(left, q.w) }) : "";
  return {
    view: "check_code",
    title: q.t("field.check_mode"),
    status: wrong ? 422 : 200,
    at: back,
    ctx: { back, said: wrong || resting, mode: q.t("field.check_mode") },
  };
}

/** How the mode ends: the PIN, or a login. @param {Q} q @param {{wrong?: string, gone?: boolean}} [how] */
export const endView = (q, { wrong = "", gone = false } = {}) => ({
  view: "check_end",
  title: q.t("field.check_mode.end"),
  status: wrong ? 422 : 200,
  at: "/field/check/end",
  ctx: {
    wrong,
    gone: gone ? q.t("field.check_mode.gone") : "",
    mode: q.t("field.check_mode"),
  },
});

/** @param {{list: string, name: string, place: string, wrong?: string}} ctx @param {Words} w */
export const handView = ({ list, name, place, wrong = "" }, w) => ({
  list,
  name: `${name} · ${place}`,
  wrong,
  points: ["only", "login", "code", "sent", "end"].map((point) =>
    w.t(`field.check_mode.point.${point}`),
  ),
});
