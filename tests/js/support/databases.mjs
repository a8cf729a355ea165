// Every IndexedDB database of a phone as JSON and back, so that what earlier versions wrote can be
// kept. Bytes and keys are marked; a key must have been made extractable to be written down.
const { subtle } = globalThis.crypto;
const ask = (req) =>
  new Promise((resolve, reject) => {
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });

async function down(value) {
  if (value instanceof CryptoKey) {
    const { type, algorithm, usages } = value;
    const jwk = await subtle.exportKey("jwk", value);
    return { $key: { type, algorithm, usages: [...usages], jwk: { ...jwk, ext: true } } };
  }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return Promise.all(value.map(down));
  if (!value || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(async ([name, inner]) => [name, await down(inner)]);
  return Object.fromEntries(await Promise.all(pairs));
}

async function up(value) {
  if (Array.isArray(value)) return Promise.all(value.map(up));
  if (!value || typeof value !== "object") return value;
  if (value.$bytes !== undefined) return Uint8Array.from(Buffer.from(value.$bytes, "base64"));
  if (value.$date) return new Date(value.$date);
  if (value.$key) {
    const { type, algorithm, usages, jwk } = value.$key;
    return subtle.importKey("jwk", jwk, algorithm, type === "public", usages);
  }
  const pairs = Object.entries(value).map(async ([name, inner]) => [name, await up(inner)]);
  return Object.fromEntries(await Promise.all(pairs));
}

/** Let keys that are made from now on be written down. Only for phones that nobody uses. */
export function makeKeysReadable() {
  for (const [name, at] of [
    ["generateKey", 1],
    ["unwrapKey", 5],
  ]) {
    const real = subtle[name].bind(subtle);
    subtle[name] = (...args) => real(...args.with(at, true));
  }
}

async function written(name) {
  const db = await ask(indexedDB.open(name));
  const tx = db.transaction([...db.objectStoreNames]);
  const stores = await Promise.all(
    [...db.objectStoreNames].map(async (at) => {
      const store = tx.objectStore(at);
      const indexes = [...store.indexNames].map((one) => [one, store.index(one).keyPath]);
      const all = [ask(store.getAllKeys()), ask(store.getAll())];
      return { name: at, keyPath: store.keyPath, indexes, all: await Promise.all(all) };
    }),
  );
  const { version } = db;
  db.close();
  return { name, version, stores: await down(stores) };
}

/** All databases that lie here. */
export async function dump() {
  const names = (await indexedDB.databases()).map(({ name }) => name).sort();
  return Promise.all(names.map(written));
}

/** Lay databases down as they were. */
export async function lay(databases) {
  for (const { name, version, stores } of databases) {
    const ready = await up(stores);
    const req = indexedDB.open(name, version);
    req.onupgradeneeded = () => {
      for (const { name: at, keyPath, indexes, all } of ready) {
        const store = req.result.createObjectStore(at, keyPath === null ? {} : { keyPath });
        for (const [index, path] of indexes) store.createIndex(index, path);
        const [keys, values] = all;
        for (const [i, one] of values.entries())
          store.put(one, keyPath === null ? keys[i] : undefined);
      }
    };
    (await ask(req)).close();
  }
}
