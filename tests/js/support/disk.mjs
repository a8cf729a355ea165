// What lies on a phone's disk, looked at without the store's code.

/** @param {string} name @returns {Promise<IDBDatabase>} */
export const openRaw = (name, version, upgrade = () => {}) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Every record of every store of a database: {store: [[key, value], …]}. */
export async function everything(name) {
  const db = await openRaw(name);
  const stores = [...db.objectStoreNames];
  const tx = db.transaction(stores);
  const found = {};
  for (const store of stores) {
    found[store] = await new Promise((resolve) => {
      const list = [];
      tx.objectStore(store).openCursor().onsuccess = ({ target: { result } }) => {
        if (!result) return resolve(list);
        list.push([result.key, result.value]);
        result.continue();
      };
    });
  }
  db.close();
  return found;
}

/** All texts and bytes inside a value, as text in which words can be looked for. */
export function readable(value) {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value);
    return `${bytes.toString("latin1")}\n${bytes.toString("utf16le")}\n`;
  }
  if (typeof value === "string") return `${value}\n`;
  if (value === null || typeof value !== "object") return `${value}\n`;
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${readable(part)}`)
    .join("");
}
