/** What the screens of a list need of a request: the list itself, and who may do what with it. */
import { CHECKER } from "../../../store/list_store.js";
import { ownVillages, references, today, village } from "../../context.js";
import { readList } from "./lists_read.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Handler} Handler */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").VillageList} VillageList */

/** The village's head and secretary on their own phone, and whoever was handed an officer's. */
const DECIDERS = ["head", CHECKER];

/** @param {Open} q @param {VillageList} list @param {string[]} roles */
const works = (q, { scope }, roles) =>
  roles.includes(q.profile.role ?? "") && ownVillages(q).includes(scope);

/** @param {Open} q @param {ListContent} content */
export async function contextOf(q, { list }) {
  const { name, kind } = village(list.scope);
  const { occupations } = await references(q);
  const open = list.state !== "closed";
  const can = open && works(q, list, DECIDERS);
  const hands = open && works(q, list, ["officer"]);
  const shares = open && works(q, list, ["head"]);
  const worksHere = works(q, list, [...DECIDERS, "officer"]);
  return { today: today(q), occupations, kind, place: name, can, hands, shares, works: worksHere };
}

/** @typedef {Awaited<ReturnType<typeof contextOf>>} ListScreen */

/** The line of a list that an address or a form names. @param {ListContent} content @param {string | null} id */
export const lineOf = ({ lines }, id) => lines.find((line) => line.id === id && !line.gone);

/**
 * A handler that has the list of its address; the lists where there is none of this id.
 * @param {(q: Open, content: ListContent, ctx: ListScreen) => Made | Promise<Made>} handler
 * @returns {Handler}
 */
export const withList = (handler) => async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const open = /** @type {Open} */ (q);
  const content = await readList(q.store, q.params.id);
  if (!content) return { redirect: "/field/lists" };
  return handler(open, content, await contextOf(open, content));
};

/** The same for who may decide; everybody else sees the list. @param {Parameters<typeof withList>[0]} handler */
export const whoDecides = (handler) =>
  withList((q, content, ctx) =>
    ctx.can ? handler(q, content, ctx) : { redirect: `/field/list/${content.list.id}` },
  );
