// The ledger (recorded, received, pending) and what waits for the officer to put right.
// "Received" is what the server answered; "pending" is counted in the journal; neither is the
// difference of the others.
import { ask } from "../engine/idb.js";
import { todoBlobs } from "../records/blobs.js";
import { decode } from "../records/payload.js";
import { placeOf } from "../records/list_index.js";
import { openAll } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").Entry} Entry */
/** @typedef {import("../records/state.js").JournalRecord} JournalRecord */
/** @typedef {import("../records/record_types.js").Notice} Notice */
/** @template {string} S @typedef {import("../records/record_types.js").RowOf<S>} RowOf */
/**
 * @typedef {object} Counts
 * @property {number} recorded
 * @property {number} received
 * @property {number} pending
 * @property {number} [gone] of these, what neither the server nor this phone has
 * @property {string} [done] what is said where nothing waits and something is lost
 * @property {number} [lost] saves that are nowhere and that nobody has settled yet
 */
/**
 * @typedef {object} LedgerItem
 * @property {number} mid
 * @property {string} key
 * @property {string} at
 * @property {string} id
 * @property {string} table
 * @property {string} scope
 * @property {string} name
 * @property {string} state
 * @property {import("../records/state.js").Verdict} verdict
 * @property {number} missing pictures the server lacks
 * @property {number} photos pictures of this save
 * @property {boolean} shut its key is gone: it is sent as it was sealed and cannot be shown
 */
/**
 * @typedef {object} FixItem
 * @property {string} kind held | invalid | returned | conflict | decided | task, as the server or the verdict names it;
 *   photo for a picture that was refused
 * @property {string} id the worker
 * @property {string} name
 * @property {string} [table] of a feature, where it is about no worker
 * @property {number} [mid]
 * @property {string} [row] id of the row in the person's own scope, the key of the save it is about
 * @property {string} [at]
 * @property {Notice & import("../records/state.js").Verdict} data what the server said
 */

const RECENT = 50;

/** Nothing was put aside. @type {Counts} */
const NONE = { recorded: 0, received: 0, pending: 0 };

/**
 * Counts that the second part adds: gone and lost saves (lost_numbers.js).
 * @type {(s: State, counts: Counts) => Counts}
 */
let withLosses = (_s, counts) => counts;

/** @param {typeof withLosses} work */
export function completeCounts(work) {
  withLosses = work;
}

/**
 * Pictures to take again; the second part of the app finds them (refused_pictures.js).
 * @type {(s: State) => Promise<FixItem[]>}
 */
let refusedPictures = async () => [];

/** @param {typeof refusedPictures} work */
export function addToInbox(work) {
  refusedPictures = work;
}

/**
 * The numbers of the ledger, with those of databases that were put aside (store/set_aside_database.js).
 * @param {State} s @returns {Promise<Counts>}
 */
export async function counts(s) {
  const after = IDBKeyRange.lowerBound(s.sync.received, true);
  const [pending, aside = NONE] = await s.conn.run(["journal", "meta"], "readonly", (tx) =>
    Promise.all([
      ask(tx.objectStore("journal").count(after)),
      ask(tx.objectStore("meta").get("aside")),
    ]),
  );
  const { before, mid } = s.head;
  return withLosses(s, {
    recorded: before + mid + aside.recorded,
    received: before + s.sync.received + aside.received,
    pending: pending + aside.pending,
  });
}

/**
 * The three numbers and, the newest first, every operation that is unsent, unresolved or lacks
 * pictures, with the last fifty others.
 * @param {State} s
 * @returns {Promise<Counts & {items: LedgerItem[]}>}
 */
export async function ledger(s) {
  const recent = IDBKeyRange.lowerBound(s.head.mid - RECENT, true);
  const todo = await todoBlobs(s);
  const records = await s.conn.run(["journal"], "readonly", async (tx) => {
    const journal = tx.objectStore("journal");
    /** @type {Map<number, JournalRecord | undefined>} */
    const found = new Map();
    for (const rec of await ask(journal.getAll(recent))) found.set(rec.mid, rec);
    for (const mid of new Set([...s.hot.keys(), ...todo.map((blob) => blob.mid ?? 0)])) {
      if (!found.has(mid)) found.set(mid, await ask(journal.get(mid)));
    }
    return /** @type {JournalRecord[]} */ ([...found.values()].filter(Boolean));
  });
  const photos = await photosOf(s, records);
  const entries = await openAll(s, records);
  const items = entries.map((entry) => item(s, entry, photos.get(entry.mid) ?? []));
  items.sort((a, b) => b.mid - a.mid);
  return { ...(await counts(s)), items };
}

/** @param {State} s @param {JournalRecord[]} records */
async function photosOf(s, records) {
  return s.conn.run(["blobs"], "readonly", async (tx) => {
    const index = tx.objectStore("blobs").index("mid");
    /** @type {Map<number, import("../records/blobs.js").BlobInfo[]>} */
    const found = new Map();
    for (const { mid } of records) found.set(mid, await ask(index.getAll(mid)));
    return found;
  });
}

/** @param {State} s @param {Entry} entry @param {import("../records/blobs.js").BlobInfo[]} photos @returns {LedgerItem} */
function item(s, entry, photos) {
  const { mid, key, id, m, state, verdict } = entry;
  const missing = photos.filter((blob) => blob.todo === 1).length;
  const common = { mid, key, at: m.at, id, table: m.table, scope: m.scope };
  const shown = { name: nameOf(s, id, entry), shut: Boolean(entry.shut) };
  return { ...common, ...shown, state, verdict, missing, photos: photos.length };
}

/** @param {State} s @param {string} id @param {Entry} [entry] */
export function nameOf(s, id, entry) {
  const saved = [...s.hot.values()].findLast((one) => one.id === id && one.m.set.full_name);
  const set = entry?.m.set.full_name ?? saved?.m.set.full_name;
  return String(set?.[1] ?? s.find(id)?.row.name ?? "");
}

/** The kind of a row of the own scope; a conflict that the office has ended is `decided`. @param {Notice} data */
const kindOf = (data) =>
  data.decided && !data.conflicts?.length ? "decided" : (data.kind ?? "task");

/**
 * The saves that the officer has to put right or has not read yet: the rows of their own scope, and own saves
 * that were held or refused and that no such row speaks of.
 * @param {State} s
 * @returns {Promise<FixItem[]>}
 */
export async function inbox(s) {
  const [rows, read = {}] = await Promise.all([
    ownRows(s),
    s.conn.run(["meta"], "readonly", (tx) => ask(tx.objectStore("meta").get("read"))),
  ]);
  const named = new Set(rows.map(({ row }) => row));
  const told = rows.map(({ row, data }) => {
    const id = data.worker_id ?? row;
    const mid = [...s.hot.values()].find((entry) => entry.key === row)?.mid;
    return { kind: kindOf(data), id, row, mid, name: nameOf(s, id), at: data.at, data };
  });
  const items = told.filter(
    ({ kind, row, data }) =>
      kind !== "decided" || read[row] !== /** @type {unknown[]} */ (data.decided).length,
  );
  const mine = [...s.hot.values()]
    .filter(({ state, key }) => ["held", "invalid", "returned"].includes(state) && !named.has(key))
    .map((entry) => {
      const { id, mid, state, verdict, m } = entry;
      return { kind: state, id, mid, name: nameOf(s, id, entry), at: m.at, data: verdict };
    });
  return [...items, ...mine, ...(await refusedPictures(s))];
}

/** Notes of the person's own scope; a feature's rows there have a / in their names. @param {State} s */
const ownRows = async (s) =>
  (await scopeRows(s, /** @type {`u:${string}`} */ (`u:${s.userId}`))).filter(
    ({ row }) => !row.includes("/"),
  );

/**
 * Every full row of a small scope.
 * @template {string} S
 * @param {State} s @param {S} scope
 * @returns {Promise<{row: string, data: RowOf<S>}[]>}
 */
export async function scopeRows(s, scope) {
  const gen = s.base[scope]?.gen ?? 0;
  const range = IDBKeyRange.bound([scope, gen], [scope, gen, []]);
  const pages = await s.conn.run(["pages"], "readonly", (tx) =>
    ask(tx.objectStore("pages").getAll(range)),
  );
  const bodies = await Promise.all(
    pages.map((page) => decode(s, placeOf("pages", page), page.payload)),
  );
  return bodies.flatMap((body) =>
    Object.entries(/** @type {Record<string, RowOf<S>>} */ (body)).map(([row, data]) => ({
      row,
      data,
    })),
  );
}

/**
 * Everything this phone did to a row, oldest first.
 * @param {State} s @param {JournalRecord[]} records the row's, in the journal
 */
export async function history(s, records) {
  const entries = await openAll(s, records);
  return entries.map(({ mid, m, state, verdict }) => ({
    mid,
    at: m.at,
    set: m.set,
    status: state,
    errors: verdict.errors ?? {},
    conflicts: verdict.conflicts ?? [],
  }));
}
