/** The cards of what has to be put right. */
import { noteRead } from "../../../store/books/decisions_read.js";
import { route } from "../../router.js";
import { fixView } from "./to_fix_view.js";
import { canAdd, references } from "../../context.js";

route("GET", "/field/fix", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const [inbox, refs] = await Promise.all([q.store.inbox(), references(q)]);
  return {
    view: "fix",
    title: q.t("field.fix"),
    ctx: fixView({ inbox, occupations: refs.occupations, canAdd: canAdd(q) }, q.w),
  };
});

route("POST", "/field/fix/read", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const row = q.form.get("row");
  const found = (await q.store.inbox()).find((item) => item.row === row);
  if (found?.kind === "decided")
    await noteRead(
      q.store.state,
      /** @type {string} */ (row),
      /** @type {unknown[]} */ (found.data.decided).length,
    );
  return { redirect: "/field/fix" };
});
