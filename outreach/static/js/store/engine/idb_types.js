// IndexedDB with the types of what lies in it; there is no code here. Who knows the stores of a
// database names them: a map from each store's name to Rows or Named.

/**
 * A store whose records are all alike.
 * @template T
 * @typedef {Omit<IDBObjectStore, "get" | "getAll" | "put" | "add" | "index"> & {
 *   get(key: IDBValidKey | IDBKeyRange): IDBRequest<T | undefined>,
 *   getAll(range?: IDBValidKey | IDBKeyRange | null, count?: number): IDBRequest<T[]>,
 *   put(record: T, key?: IDBValidKey): IDBRequest<IDBValidKey>,
 *   add(record: T, key?: IDBValidKey): IDBRequest<IDBValidKey>,
 *   index(name: string): Omit<IDBIndex, "getAll"> & {
 *     getAll(range?: IDBValidKey | IDBKeyRange | null): IDBRequest<T[]>
 *   }
 * }} Rows
 */
/**
 * A store of single values, each under its name.
 * @template M
 * @typedef {Omit<IDBObjectStore, "get" | "put"> & {
 *   get<K extends keyof M>(key: K): IDBRequest<M[K]>,
 *   put<K extends keyof M>(value: M[K], key: K): IDBRequest<IDBValidKey>
 * }} Named
 */
/**
 * @template S
 * @typedef {Omit<IDBTransaction, "objectStore"> & {objectStore<N extends keyof S>(name: N): S[N]}} Tx
 */

export {};
