/** Handing the phone over with a list, opening it again with its code, and ending the mode. */
import { pinState } from "../../../store/access/pin.js";
import { unlock } from "../../../store/access/unlock.js";
import { openUser } from "../../../store/store.js";
import { isOwnPin } from "../../../vault/list_key.js";
import { sealingKey } from "../../../vault/seal.js";
import { handed } from "../../check_mode.js";
import { pinWords } from "../../parts_of_screens/pin_words.js";
import { route } from "../../router.js";
import { listName } from "../list_check/answers.js";
import { withList } from "../list_check/list_context.js";
import { rowsToHand } from "../list_check/lists_read.js";
import { fault } from "../lock/routes.js";
import { endMode, handPhoneOver } from "./handing.js";
import { codeView, endView, handView } from "./view.js";
import "./gate.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */

const HOME = "/field/";

/** @param {Open} q @param {ListContent} content @param {ListScreen} ctx @param {string} [wrong] */
const handScreen = (q, { list }, ctx, wrong) => ({
  view: "check_hand",
  title: q.t("field.check_mode.hand"),
  status: wrong ? 422 : 200,
  at: `/field/list/${list.id}/hand`,
  ctx: handView({ list: list.id, name: listName(list, q.w), place: ctx.place, wrong }, q.w),
});

/** What stands in the way of a hand-over; "" for nothing. @param {Open} q @param {string} one @param {string} two */
async function obstacle(q, one, two) {
  const { state } = q.store;
  await state.peek();
  if (!sealingKey(state.keys)) return q.t("field.check_mode.signal_first");
  const wrong = fault(q, one, two);
  if (wrong) return wrong;
  return (await isOwnPin(state, one)) ? q.t("field.check_mode.own_pin") : "";
}

/** For officers who have a PIN: without one nothing would keep their own data shut. @param {Parameters<typeof withList>[0]} handler */
const whoHands = (handler) =>
  withList(async (q, content, ctx) => {
    if (!ctx.hands) return { redirect: `/field/list/${content.list.id}` };
    const { has } = await pinState(q.store.state);
    return has ? handler(q, content, ctx) : { redirect: "/field/pin" };
  });

route(
  "GET",
  "/field/list/{id}/hand",
  whoHands((q, content, ctx) => handScreen(q, content, ctx)),
);

route(
  "POST",
  "/field/list/{id}/hand",
  whoHands(async (q, content, ctx) => {
    const [code, again] = ["pin1", "pin2"].map((name) => q.form.get(name) ?? "");
    const wrong = await obstacle(q, code, again);
    if (wrong) return handScreen(q, content, ctx, wrong);
    await handPhoneOver(q.store, content.list, rowsToHand(content), code);
    return { redirect: `/field/list/${content.list.id}` };
  }),
);

route("POST", "/field/check/open", async (q) => {
  const mode = await handed();
  if (!mode || !q.store) return { redirect: HOME };
  const back = `/field/list/${mode.list}`;
  const tried = await unlock(q.store.state, q.form.get("pin") ?? "");
  if (tried.ok) return { redirect: back };
  const { judged, left } = tried;
  const plain = judged && !left;
  return codeView(q, back, plain ? q.t("field.check_mode.wrong_code") : pinWords(tried, q.w));
});

route("GET", "/field/check/end", async (q) => ((await handed()) ? endView(q) : { redirect: HOME }));

route("POST", "/field/check/end", async (q) => {
  const mode = await handed();
  if (!mode) return { redirect: HOME };
  const officer = await openUser(mode.officer);
  const tried = await unlock(officer.state, q.form.get("pin") ?? "");
  if (!tried.ok) return endView(q, { wrong: pinWords(tried, q.w) });
  await endMode(mode, true);
  return { redirect: HOME };
});
