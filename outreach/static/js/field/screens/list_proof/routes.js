/** "Cocokkan kertas": whether a paper in somebody's hand is what this phone has of the list; offline. */
import { ASKED, BLOCKS, hasBlocks, judge, typedBlocks } from "../../../domain/paper_proof.js";
import { readCode } from "../../../domain/paper_sheets.js";
import { random } from "../../../store/engine/bytes.js";
import { route } from "../../router.js";
import { withList } from "../list_check/list_context.js";
import { papersOf } from "./papers.js";
import { proofView } from "./view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {import("./view.js").Answer} Answer */

const AT = "/field/list/{id}/proof";

/** Which blocks to ask for, counted from 1. @param {() => number} [chance] a byte */
export function placesToAsk(chance = () => random(1)[0]) {
  /** @type {Set<number>} */
  const places = new Set();
  while (places.size < ASKED) places.add(1 + (chance() % BLOCKS));
  return [...places].sort((a, b) => a - b);
}

/** For who works in the village, and whoever was handed the list. @param {Parameters<typeof withList>[0]} handler */
const whoLooks = (handler) =>
  withList((q, content, ctx) =>
    ctx.works ? handler(q, content, ctx) : { redirect: `/field/list/${content.list.id}` },
  );

/** @param {Open} q @param {ListContent} content @param {ListScreen} ctx @param {Answer} answer */
const screen = (q, content, { place }, answer) => ({
  view: "list_proof",
  title: q.t("field.proof"),
  status: answer.wrong ? 422 : 200,
  at: `/field/list/${content.list.id}/proof`,
  ctx: proofView(content, { ...answer, place, freshAt: q.store.state.sync.freshAt }, q.w),
});

route(
  "GET",
  AT,
  whoLooks((q, content, ctx) => screen(q, content, ctx, { asked: placesToAsk() })),
);

/** What a form says of a paper, as a question to each version; null for what cannot be. @param {URLSearchParams} form @param {ListContent["list"]} list @returns {((hash: string) => boolean) | null} */
function questionIn(form, list) {
  const text = form.get("code");
  if (text) {
    const code = readCode(text);
    return code && ((hash) => code.list === list.id && code.hash === hash);
  }
  const said = [...form].flatMap(([name, value]) => {
    const place = Number(/^block_(\d+)$/.exec(name)?.[1]);
    return place ? [/** @type {[number, string]} */ ([place, value])] : [];
  });
  const typed = typedBlocks(said);
  return typed && ((hash) => hasBlocks(hash, typed));
}

route(
  "POST",
  AT,
  whoLooks(async (q, content, ctx) => {
    const asks = questionIn(q.form, content.list);
    const places = (q.form.get("asked") ?? "").split(",").map(Number);
    const again = places.length === ASKED && places.every((n) => n > 0 && n <= BLOCKS);
    if (!asks) {
      const form = Object.fromEntries(q.form);
      return screen(q, content, ctx, { asked: again ? places : placesToAsk(), form, wrong: true });
    }
    const found = judge(await papersOf(content, q.w), ({ hash }) => asks(hash));
    return screen(q, content, ctx, { asked: placesToAsk(), found });
  }),
);
