/** "HP ini": the page of the device, as far as this person may see it. */
import { jakartaDate } from "../../../domain/age.js";
import { databasesSetAside } from "../../../store/set_aside_database.js";
import { todoBlobs } from "../../../store/records/blobs.js";
import { networkType, optionsOf } from "../../../store/books/options.js";
import { readFreeSpace } from "../../../store/engine/free_space.js";
import { trafficOf } from "../../../sync/traffic.js";
import { route } from "../../router.js";
import { phoneView } from "./phone_view.js";

route("GET", "/field/phone", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const { state, userId } = q.store;
  const month = jakartaDate(q.now.getTime()).slice(0, 7);
  const [room, { photos }, traffic, aside, todo] = await Promise.all([
    readFreeSpace(),
    optionsOf(state),
    trafficOf(state, month),
    databasesSetAside(userId),
    todoBlobs(state),
  ]);
  const waiting = photos === "any" ? 0 : todo.length;
  const ctx = phoneView({ room, photos, network: networkType(), traffic, aside, waiting }, q.w);
  return { view: "phone", title: q.t("field.phone_page"), ctx };
});
