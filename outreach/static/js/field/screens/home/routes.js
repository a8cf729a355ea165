/** Today, choosing a village, and the change of user that a login asks for (?u=). */
import { route } from "../../router.js";
import { netWords } from "../../parts_of_screens/net_words.js";
import { todayView } from "./view.js";
import {
  canAdd,
  findVillages,
  ownVillages,
  servesAll,
  today,
  village,
  waits,
} from "../../context.js";
import { enter } from "../../user_change.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("./view.js").Note} Note */

/**
 * Notes of the phone itself on Today; the second part of the worker brings it (field/screens/device/routes.js).
 * @type {(q: Open, ledger: import("./view.js").Ledger) => Promise<{cards: Record<string, string>[], notes: Note[], links: Record<string, string>[]}>}
 */
let tell = async () => ({ cards: [], notes: [], links: [] });

/** @param {typeof tell} work */
export function onToday(work) {
  tell = work;
}

/** @param {Open} q @param {string[]} codes */
export async function villageLines(q, codes) {
  const rows = await q.store.tally(codes);
  return codes.map((code, i) => ({
    ...village(code),
    count: q.t("field.people", { n: rows[i] }),
  }));
}

const TROUBLES = ["signal", "login", "server"];

/** Why somebody else could not begin here. @param {Q} q @param {string} why */
const notEntered = (q, why) =>
  TROUBLES.includes(why)
    ? `${netWords(q, /** @type {import("../../../sync/wire.js").Trouble} */ (why))} ${q.t("field.enter.again")}`
    : q.t("field.enter.login");

route("GET", "/field/", async (q) => {
  if (q.query.get("u")) return enter(q);
  if (!q.store)
    return {
      view: "missing",
      ctx: { title: q.t("field.no_user"), text: q.t("field.no_user_text"), login: 1 },
    };
  const [ledger, drafts, scopes] = await Promise.all([
    q.store.ledger(),
    q.store.drafts(),
    q.store.scopes(),
  ]);
  const all = servesAll(q);
  const { cards, notes, links } = await tell(q, ledger);
  if (q.query.get("e"))
    notes.push({
      cls: "note note-warn",
      text: notEntered(q, /** @type {string} */ (q.query.get("e"))),
      login: q.t("field.login_again"),
    });
  const first = ownVillages(q).some((code) => !scopes[code]?.listed);
  const ctx = {
    today: today(q),
    cards,
    notes,
    links,
    first: !all && first,
    ledger,
    waits: waits(ledger),
    drafts,
    villages: await villageLines(q, all ? [] : ownVillages(q)),
    villageName: (/** @type {string} */ code) => village(code).name,
    allVillages: all,
    canAdd: canAdd(q),
  };
  return { view: "today", title: q.t("field.today"), ctx: todayView(ctx, q.w) };
});

route("POST", "/field/villages/find", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const found = findVillages(q.form.get("q") ?? "");
  const villages = await villageLines(
    q,
    found.map((v) => v.code),
  );
  return { view: "_villages", ctx: { villages, villages_none: q.t("field.village.none_found") } };
});

route("GET", "/field/choose", (q) => {
  const all = servesAll(q);
  const villages = all ? [] : ownVillages(q).map(village);
  const none = q.t(all ? "field.village.search_first" : "field.village.none");
  return {
    view: "choose",
    title: q.t("field.choose_village"),
    ctx: { villages, villages_none: none, all_villages: all ? 1 : 0 },
  };
});

route("POST", "/field/choose/find", (q) => {
  const villages = findVillages(q.form.get("q") ?? "");
  return { view: "_choose", ctx: { villages, villages_none: q.t("field.village.none_found") } };
});
