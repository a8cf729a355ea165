/** "Gabung jawaban HP lain": decisions of one list pass from phone to phone without signal, as a file. */
import { newCode } from "../../../vault/code_box.js";
import { strictHeaders } from "../../headers.js";
import { route } from "../../router.js";
import { keepHeard } from "../list_check/heard_read.js";
import { withList } from "../list_check/list_context.js";
import { checkFile } from "./file_check.js";
import { ownCard, ownSaid, shareFile } from "./share_file.js";
import { lookView, shareView } from "./view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").HeardFile} HeardFile */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {import("./view.js").Made} Made */

/** @param {ListContent} content @param {string} [rest] */
const share = ({ list }, rest = "") => `/field/list/${list.id}/share${rest}`;
/** The file that was made last, with its code. @param {ListContent} content */
const madeId = ({ list }) => `share/${list.id}`;
/** A file that was opened, until its reader has said yes. @param {ListContent} content */
const readId = ({ list }) => `heard/${list.id}/read`;
/** A file whose code was mistyped: it need not be chosen again. @param {ListContent} content */
const leftId = ({ list }) => `heard/${list.id}/left`;

/** For who decides on an own phone: elsewhere the list. @param {Parameters<typeof withList>[0]} handler */
const whoShares = (handler) =>
  withList((q, content, ctx) =>
    ctx.shares ? handler(q, content, ctx) : { redirect: `/field/list/${content.list.id}` },
  );

/** @param {Open} q @param {string} id @returns {Promise<Record<string, string> | null>} */
const kept = async (q, id) => (await q.store.draft(id))?.data.form ?? null;

/** @param {Open} q @param {string} id @param {ListContent} content @param {Record<string, string>} form */
const keep = (q, id, { list }, form) =>
  q.store.putDraft(id, { scope: list.scope, data: { form }, blank: true });

/** @param {Open} q @param {ListContent} content @param {ListScreen} ctx @param {{fault?: import("./file_check.js").Fault, typed?: string}} [how] */
async function shareScreen(q, content, ctx, how = {}) {
  const made = /** @type {Made | null} */ (await kept(q, madeId(content)));
  const left = Boolean(await kept(q, leftId(content)));
  const here = { ...how, made, left, card: Boolean(await ownCard(q.store)) };
  return {
    view: "list_share",
    title: q.t("field.share"),
    status: how.fault ? 422 : 200,
    at: share(content),
    ctx: shareView(content, ctx, here, q.w),
  };
}

route(
  "GET",
  "/field/list/{id}/share",
  whoShares((q, content, ctx) => shareScreen(q, content, ctx)),
);

route(
  "POST",
  "/field/list/{id}/share",
  whoShares(async (q, content) => {
    const card = await ownCard(q.store);
    if (!card) return { redirect: share(content) };
    const code = newCode();
    const file = await shareFile(q.store, content, card, code, q.now);
    const n = String(ownSaid(content));
    await keep(q, madeId(content), content, { code, file, n, at: q.now.toISOString() });
    return { redirect: share(content) };
  }),
);

route(
  "GET",
  "/field/list/{id}/share/file",
  whoShares(async (q, content) => {
    const { file } = (await kept(q, madeId(content))) ?? {};
    if (!file) return new Response(null, { status: 404, headers: strictHeaders() });
    const headers = strictHeaders({ "Content-Type": "application/octet-stream" });
    return new Response(file, { headers });
  }),
);

route(
  "POST",
  "/field/list/{id}/share/read",
  whoShares(async (q, content, ctx) => {
    const left = (await kept(q, leftId(content)))?.file;
    const [text, typed] = [q.form.get("file") || (left ?? ""), q.form.get("code") ?? ""];
    const { keys, head } = q.store.state;
    const here = { keys, device: head.device, now: q.now };
    const found = q.form.get("big")
      ? { fault: { why: "big" } }
      : await checkFile(text, typed, content, here);
    const isMistyped = "fault" in found && found.fault.why === "code";
    if (isMistyped) await keep(q, leftId(content), content, { file: text });
    else await q.store.deleteDraft(leftId(content));
    if ("fault" in found) return shareScreen(q, content, ctx, { fault: found.fault, typed });
    await keep(q, readId(content), content, { file: JSON.stringify(found.file) });
    return { redirect: share(content, "/look") };
  }),
);

/** @param {Open} q @param {ListContent} content @returns {Promise<HeardFile | null>} */
const fileRead = async (q, content) => JSON.parse((await kept(q, readId(content)))?.file ?? "null");

route(
  "GET",
  "/field/list/{id}/share/look",
  whoShares(async (q, content) => {
    const file = await fileRead(q, content);
    if (!file) return { redirect: share(content) };
    return {
      view: "list_heard",
      title: q.t("field.share"),
      ctx: lookView(content, file, q.w),
    };
  }),
);

route(
  "POST",
  "/field/list/{id}/share/look",
  whoShares(async (q, content) => {
    const file = await fileRead(q, content);
    if (!file) return { redirect: share(content) };
    await keepHeard(q.store, content.list, file);
    await q.store.deleteDraft(readId(content));
    return { redirect: `/field/list/${content.list.id}` };
  }),
);
