// What a phone that went on as another device no longer keeps of the numbers it had before. Nobody
// pushes as those devices any more, so a server that came back from an older archive hears it here,
// and tells which of them it lacks.
import { noteSync } from "../store/records/sync_state.js";
import { tell } from "./lineage.js";

/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("../store/records/record_types.js").Earlier} Earlier */

/** As many ranges as the server takes in one request. */
const AT_ONCE = 20;

/**
 * Tell it, where there is any; what does not arrive is told with the next step.
 * @param {State} s @param {import("./wire.js").Fetch} fetch
 */
export async function tellLetGo(s, fetch) {
  const { device, was, let_go: gone = [] } = s.head;
  /** @type {Partial<import("../store/records/state.js").SyncState>} */
  let known = {};
  /** @type {Map<string, Earlier>} */
  const earlier = new Map();
  for (let at = 0; at < gone.length; at += AT_ONCE) {
    const numbers = gone.slice(at, at + AT_ONCE).map((range) => range.slice(0, 3));
    const { status, body } = await tell(s, fetch, { device, was, let_go: numbers });
    if (status !== 200) return;
    for (const one of body?.earlier ?? []) earlier.set(one.device, one);
    // A server of an earlier version tells nothing of it: what is known stays.
    known = { toldIn: body?.epoch, ...(body?.earlier ? { earlier: [...earlier.values()] } : {}) };
  }
  if (gone.length) await noteSync(s, known);
}

/**
 * The same where this life of the server has not heard it yet, and with each round while something
 * is missing: somebody may have settled it.
 * @param {State} s @param {import("./wire.js").Fetch} fetch @param {boolean} round one begins
 */
export async function tellLetGoAnew(s, fetch, round) {
  const { epoch, toldIn, earlier = [] } = s.sync;
  if (toldIn !== epoch || (round && earlier.length)) await tellLetGo(s, fetch);
}
