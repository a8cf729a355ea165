/** Words for a server that did not answer, and for one that wants a login first. */

/** @typedef {import("../request_types.js").Words} Words */

/** @typedef {import("../../sync/wire.js").Trouble} Trouble */

/** No signal, a network that wants a login, or no word of our server. @param {Words} w @param {Trouble} [trouble] */
export const netWords = (w, trouble = "server") => w.t(`field.net.${trouble}`);

/** Why a registration with a fresh login came to nothing. @param {Words} w @param {{status: number, trouble?: Trouble}} answer */
export const loginWords = (w, { status, trouble }) =>
  status === 401
    ? w.t("field.pin.login_first")
    : `${netWords(w, trouble)} ${w.t("field.pin.again_later")}`;
