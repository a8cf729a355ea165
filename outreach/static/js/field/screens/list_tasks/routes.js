/** What list checks leave an officer to do: the list from Today, one task, and what is done with it. */
import { addLink } from "../../parts_of_screens/feature_links.js";
import { nameSaves } from "../../parts_of_screens/other_saves.js";
import { canAdd, village } from "../../context.js";
import { route } from "../../router.js";
import { begin, keep } from "../form/drafts.js";
import { allTasks, isTodo, TASK } from "./tasks_read.js";
import { nameOf, partOf, tasksView, taskView } from "./view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("./tasks_read.js").Task} Task */

nameSaves(TASK, "field.tasks.save");

/** An officer's alone: what the village said is no news to its head. @param {Open} q */
const tasksFor = async (q) => (q.profile.role === "officer" ? allTasks(q.store) : []);

addLink(async (q) => {
  if (q.profile.role !== "officer") return null;
  const n = (await tasksFor(q)).filter(isTodo).length;
  const word = n ? q.t("field.tasks.count", { n }) : "";
  return { to: "tasks", text: q.t("field.tasks"), cls: n ? "mark mark-fix" : "", word };
});

route("GET", "/field/tasks", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const tasks = await tasksFor(/** @type {Open} */ (q));
  const ctx = tasksView(tasks, partOf(q.query.get("p")), village, q.w);
  return { view: "list_tasks", title: q.t("field.tasks"), ctx };
});

/**
 * A handler that has the task of its address; all tasks where there is none of this id.
 * @param {(q: Open, task: Task) => Made | Promise<Made>} handler
 * @returns {import("../../request_types.js").Handler}
 */
const withTask = (handler) => async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const open = /** @type {Open} */ (q);
  const task = (await tasksFor(open)).find(({ id }) => id === q.params.id);
  return task ? handler(open, task) : { redirect: "/field/tasks" };
};

/** One save about a task. @param {Open} q @param {Task} task @param {Record<string, unknown>} changes */
const save = (q, { id, scope }, changes) => q.store.save({ table: TASK, id, scope, changes });

route(
  "GET",
  "/field/task/{id}",
  withTask(async (q, task) => {
    const about = task.worker ?? task.taken_as;
    const record = about ? Boolean(await q.store.worker(about)) : false;
    const form = task.taken_as ? Boolean(await q.store.draft(task.taken_as)) : false;
    const ctx = taskView(task, { record, form, can: canAdd(q) }, village, q.w);
    return { view: "list_task", title: q.t("field.tasks.task"), ctx };
  }),
);

route(
  "POST",
  "/field/task/{id}/done",
  withTask(async (q, task) => {
    if (task.owner === "officer" && task.state === "open") await save(q, task, { state: "done" });
    return { redirect: "/field/tasks" };
  }),
);

route(
  "POST",
  "/field/task/{id}/again",
  withTask(async (q, task) => {
    if (task.owner === "officer" && task.state === "done") await save(q, task, { state: "open" });
    return { redirect: `/field/task/${task.id}` };
  }),
);

/** The form of a missing person, with the name in it; the task knows whose record it will be. */
route(
  "POST",
  "/field/task/{id}/register",
  withTask(async (q, task) => {
    if (!canAdd(q) || task.worker || task.state !== "open")
      return { redirect: `/field/task/${task.id}` };
    const draft = await begin(q, task.scope, null);
    draft.form.full_name = nameOf(task, q.w);
    await keep(q, draft);
    await save(q, task, { taken_as: draft.id });
    return { redirect: `/field/form/${draft.id}/nik` };
  }),
);
