/** The ledger, one line an operation, and the cards of what has to be put right. */
import { route } from "../router.js";
import { fixView, outboxView } from "../views/pages.js";
import { canAdd, references, waits } from "./base.js";

/** @param {any} q @param {number} limit */
async function outbox(q, limit) {
  if (!q.store) return { redirect: "/field/" };
  const ledger = await q.store.ledger();
  return {
    view: "outbox",
    title: q.t("field.ledger"),
    ctx: outboxView({ ledger, waits: waits(ledger), limit }, q.w),
  };
}

route("GET", "/field/outbox", (q) => outbox(q, Number(q.query.get("n")) || 100));

route("GET", "/field/fix", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const [inbox, refs] = await Promise.all([q.store.inbox(), references(q)]);
  return {
    view: "fix",
    title: q.t("field.fix"),
    ctx: fixView({ inbox, occupations: refs.occupations, canAdd: canAdd(q) }, q.w),
  };
});
