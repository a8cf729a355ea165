// How many bytes left this phone, by month: what was sent as records and what as pictures.
// Counted are the bodies as they travel; what the network adds around them is not known here.
import { ask } from "../store/engine/idb.js";

/** @typedef {import("../store/records/state.js").State} State */
/** @typedef {import("./wire.js").Fetch} Fetch */
/** @typedef {{month: string, records: number, photos: number}} Traffic */

const KEY = "traffic";

/**
 * `fetch` that counts what it is given to send; `flush` writes the count down.
 * @param {Fetch} fetch
 */
export function counting(fetch) {
  let records = 0;
  let photos = 0;
  /** @type {Fetch} */
  const counted = (url, init) => {
    const size = /** @type {Uint8Array | undefined} */ (init?.body)?.length ?? 0;
    if (url.startsWith("/sync/v1/blob/")) photos += size;
    else records += size;
    return fetch(url, init);
  };
  /** @param {State} s @param {string} month of the phone's clock */
  const flush = async (s, month) => {
    if (!records && !photos) return;
    const more = { records, photos };
    records = 0;
    photos = 0;
    await s.conn.run(["meta"], "readwrite", async (tx) => {
      const meta = tx.objectStore("meta");
      const before = await ask(meta.get(KEY));
      const base = before?.month === month ? before : { month, records: 0, photos: 0 };
      meta.put(
        { month, records: base.records + more.records, photos: base.photos + more.photos },
        KEY,
      );
    });
  };
  return { fetch: counted, flush };
}

/** The traffic of a month, in bytes. @param {State} s @param {string} month @returns {Promise<Traffic>} */
export async function trafficOf(s, month) {
  const found = await s.conn.run(["meta"], "readonly", (tx) =>
    ask(tx.objectStore("meta").get(KEY)),
  );
  return found?.month === month ? found : { month, records: 0, photos: 0 };
}
