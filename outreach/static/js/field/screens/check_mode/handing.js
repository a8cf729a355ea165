/** Handing the phone over with one list, and taking it back. */
import {
  bringBack,
  dropListStore,
  handOnSealed,
  makeListStore,
  shrinkListStore,
} from "../../../store/list_store.js";
import { openUser } from "../../../store/store.js";
import { leave, leftElsewhere } from "../../../vault/left.js";
import { openUnder, shutUnder } from "../../../vault/list_key.js";
import { isOpen } from "../../../vault/session.js";
import { keepHanded } from "../../../store/engine/handed_list.js";
import { begin, end, noteListRead, unreadOf } from "../../check_mode.js";
import { network } from "../../user_change.js";

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("../../../store/replica/pull_staging.js").PulledRow} PulledRow */
/** @typedef {import("../../check_mode.js").HandedList} HandedList */

const LOGOUT = "/logout";
/** Nobody waits longer for a slow server: it is told with the next step. */
const PATIENCE = 4000;

/** Other open pages show what the officer saw: they go to the list. */
async function turnPages() {
  const { clients } = /** @type {Partial<ServiceWorkerGlobalScope>} */ (self);
  const pages = (await clients?.matchAll({ type: "window" })) ?? [];
  const ours = pages.filter(({ url }) => new URL(url).pathname.startsWith("/field/"));
  /** @type {WindowClient} */ for (const page of ours) page.navigate("/field/").catch(() => null);
}

/** The officer's login in this browser ends; where there is no signal, with a later step. @param {HandedList} mode */
export async function endLogin(mode) {
  if (mode.out) return;
  const how = /** @type {const} */ ({ method: "POST", redirect: "manual" });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  const gone = await Promise.race([network(LOGOUT, how).catch(() => null), late]);
  if (!gone) return;
  mode.out = true;
  await keepHanded(mode);
}

/**
 * Hand the phone over with one list. The officer is logged out first: whatever interrupts this, the
 * officer's own data are shut before anybody else has the phone.
 * @param {Store} officer @param {{id: string, scope: string}} list @param {PulledRow[]} rows @param {string} code
 */
export async function handPhoneOver(officer, { id, scope }, rows, code) {
  const store = await makeListStore(officer, scope, rows, code);
  const key = await shutUnder(store.state, code, officer.state);
  await leave(officer.state, false);
  const mode = { user: store.userId, officer: officer.userId, list: id, key };
  await begin(mode);
  await endLogin(mode);
  await turnPages();
}

/** What was decided on a list can be read by its officer, whose store is open. @param {HandedList} mode @param {Store} officer */
async function readBack(mode, officer) {
  const key = await openUnder(mode.key, officer.state);
  await bringBack(await openUser(mode.user), officer, key);
}

/**
 * The phone is the officer's again. What was decided stays: readable where the PIN was given, else
 * as it was sealed until it is. The log-out of the hand-over is no news by then: it asks for no
 * second PIN.
 * @param {HandedList} mode @param {boolean} open the officer's PIN was given
 */
export async function endMode(mode, open) {
  const [list, officer] = [await openUser(mode.user), await openUser(mode.officer)];
  const read = open && (await isOpen(officer.state));
  if (read) await readBack(mode, officer);
  else await handOnSealed(list, officer);
  await leftElsewhere(officer.state);
  await end(mode, !read);
  if (read) await dropListStore(mode.user);
  else await shrinkListStore(list);
}

/** Read what came back while the officer's PIN was not given. @param {Store} officer open by now */
export async function readUnread(officer) {
  for (const mode of await unreadOf(officer.userId)) {
    // After a forgotten PIN only that one opens it.
    const read = await readBack(mode, officer).then(
      () => true,
      (error) => {
        if (error.code !== "key_lost") throw error;
        return false;
      },
    );
    if (!read) continue;
    await noteListRead(mode);
    await dropListStore(mode.user);
  }
}
