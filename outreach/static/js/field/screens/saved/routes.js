/** The page after saving, and the pictures kept on this phone. */
import { workerCode } from "../../../domain/code.js";
import { strictHeaders } from "../../headers.js";
import { route } from "../../router.js";
import { savedView } from "./view.js";
import { canAdd, letter, person, references, spoken, today } from "../../context.js";

/** @typedef {import("../../request_types.js").Q} Q */

const TYPES = ["image/jpeg", "image/png", "image/webp", "audio/webm"];

/** The answer when nobody here has this id. @param {Q} q */
export const unknown = (q) => ({
  view: "missing",
  status: 404,
  title: q.t("field.unknown"),
  ctx: { title: q.t("field.unknown"), text: q.t("field.unknown_text") },
});

route("GET", "/field/saved/{id}", async (q) => {
  const worker = q.given ?? (await q.store?.worker(q.params.id));
  if (!worker) return unknown(q);
  const refs = await references(q);
  const code = workerCode(worker.id);
  const ctx = {
    today: today(q),
    code,
    person: person(q),
    letter: letter(q, worker.scope),
    texts: spoken(q, refs, worker.scope, { code }),
    canAdd: canAdd(q),
  };
  return { view: "saved", title: q.t("field.saved.title"), ctx: savedView(worker, ctx, q.w) };
});

route("GET", "/field/blob/{sha}", async (q) => {
  const blob = await q.store?.blob(q.params.sha);
  if (!blob || !TYPES.includes(blob.mime))
    return new Response(null, { status: 404, headers: strictHeaders() });
  return new Response(/** @type {BufferSource} */ (blob.bytes), {
    headers: strictHeaders({ "Content-Type": blob.mime, "Cache-Control": "no-store" }),
  });
});
