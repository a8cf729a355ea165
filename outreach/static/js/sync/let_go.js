// What a phone that went on as another device no longer keeps of the numbers it had before. Nobody
// pushes as those devices any more, so a server that came back from an older archive hears it here.
import { tell } from "./lineage.js";

/**
 * Tell it, where there is any; what does not arrive is told at the next registration.
 * @param {import("../store/records/state.js").State} s @param {import("./wire.js").Fetch} fetch
 */
export async function tellLetGo(s, fetch) {
  const { device, was, let_go: gone = [] } = s.head;
  if (gone.length) await tell(s, fetch, { device, was, let_go: gone });
}
