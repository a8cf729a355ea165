// The mark of a storage that refused a write for lack of room. Browsers no longer tell how much there
// really is: Chrome's estimate always leaves ten gigabytes. So a refusal counts until as much as
// a few pictures need can be written again; worker and pages share it by a cookie.

const NAME = "jk_full";
const DAY = 86400000;
const PROBE = "jangkau-room";
const BYTES = 1_000_000;
let full = false;

/** @typedef {import("./cookie_mirror.js").Cookies} Cookies */

const jar = () => /** @type {{cookieStore?: Cookies}} */ (globalThis).cookieStore;

/** Remember a refusal. */
export function noteDiskFull() {
  full = true;
  const expires = Date.now() + DAY;
  jar()
    ?.set({ name: NAME, value: "1", path: "/", sameSite: "strict", expires })
    .catch(() => {});
}

/** True after a refusal, until there is room again. @returns {Promise<boolean>} */
export async function isDiskFull() {
  full ||= Boolean(await jar()?.get(NAME));
  if (full && (await canWrite())) {
    full = false;
    await jar()?.delete({ name: NAME, path: "/" });
  }
  return full;
}

/** Writes what a few pictures take, beside everything that counts, and takes it away again. */
function canWrite() {
  return new Promise((resolve) => {
    const asked = indexedDB.open(PROBE);
    /** @param {boolean} can */
    const end = (can) => {
      asked.result?.close();
      indexedDB.deleteDatabase(PROBE);
      resolve(can);
    };
    asked.onupgradeneeded = () => asked.result.createObjectStore("s");
    asked.onerror = () => resolve(false);
    asked.onsuccess = () => {
      const write = asked.result.transaction("s", "readwrite");
      write.objectStore("s").put(new Uint8Array(BYTES), 1);
      write.oncomplete = () => end(true);
      write.onabort = () => end(false);
    };
  });
}
