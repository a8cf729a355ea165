// One at a time: Web Locks across tabs and the worker; a queue where the browser has none.

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map();
/** @type {Set<string>} */
const busy = new Set();

/**
 * The answer of `work`, run while nobody else holds `name`.
 * @template T
 * @param {string} name @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function exclusively(name, work) {
  const locks = globalThis.navigator?.locks;
  if (locks) return /** @type {Promise<T>} */ (locks.request(name, work));
  const turn = (queues.get(name) ?? Promise.resolve()).then(work, work);
  queues.set(
    name,
    turn.catch(() => {}),
  );
  return turn;
}

/**
 * Like exclusively(), but answers `undefined` at once when somebody holds `name`.
 * @template T
 * @param {string} name @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
export async function ifFree(name, work) {
  const locks = globalThis.navigator?.locks;
  if (locks) {
    const answer = locks.request(name, { ifAvailable: true }, (lock) =>
      lock ? work() : undefined,
    );
    return /** @type {Promise<T | undefined>} */ (answer);
  }
  if (busy.has(name)) return undefined;
  busy.add(name);
  try {
    return await work();
  } finally {
    busy.delete(name);
  }
}
