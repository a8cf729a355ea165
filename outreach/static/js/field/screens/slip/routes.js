/** The slip of a registration: read out, shown, printed, sent on. All of it works without signal. */
import { workerCode } from "../../../domain/code.js";
import { route } from "../../router.js";
import { canAdd, letter, person, references, spoken, today, village } from "../../context.js";
import { unknown } from "../saved/routes.js";
import { hasSlip, slipView } from "./view.js";

route("GET", "/field/slip/{id}", async (q) => {
  const worker = await q.store?.worker(q.params.id);
  if (!worker || !canAdd(q) || !hasSlip(worker)) return unknown(q);
  const refs = await references(q);
  const code = workerCode(worker.id);
  const ctx = {
    today: today(q),
    code,
    texts: spoken(q, refs, worker.scope, { code }),
    person: person(q),
    letter: letter(q, worker.scope),
    village: village(worker.scope),
    occupations: refs.occupations,
  };
  return { view: "slip", title: q.t("field.slip"), ctx: slipView(worker, ctx, q.w) };
});
