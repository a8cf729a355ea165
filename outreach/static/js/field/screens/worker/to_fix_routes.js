/** The cards of what has to be put right. */
import { noteRead } from "../../../store/books/decisions_read.js";
import { route } from "../../router.js";
import { fixView } from "./to_fix_view.js";
import { canAdd, references } from "../../context.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../../store/books/save_counts.js").FixItem} FixItem */

/** The feature's table that an item is about; none for a worker's. @param {import("../../request_types.js").Store} store @param {import("../../../store/books/save_counts.js").FixItem} item */
function tableOf({ state }, { mid = 0, data }) {
  const table = data.table ?? state.hot.get(mid)?.m.table;
  return table === "worker" ? undefined : table;
}

/**
 * Which of these workers are not on this phone, as after a save that another phone made.
 * @param {Open} q @param {FixItem[]} inbox
 */
export async function absentOf(q, inbox) {
  const { state } = q.store;
  const ids = inbox.filter(({ id, table }) => !table && !state.find(id)).map(({ id }) => id);
  const found = await Promise.all(ids.map((id) => q.store.worker(id)));
  return new Set(ids.filter((_, i) => !found[i]));
}

route("GET", "/field/fix", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { store } = q;
  const [items, refs] = await Promise.all([store.inbox(), references(q)]);
  const inbox = items.map((item) => ({ ...item, table: tableOf(store, item) }));
  const absent = await absentOf(/** @type {Open} */ (q), inbox);
  return {
    view: "fix",
    title: q.t("field.fix"),
    ctx: fixView({ inbox, occupations: refs.occupations, canAdd: canAdd(q), absent }, q.w),
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
