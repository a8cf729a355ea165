// The journal: every save is numbered, chained and kept until the server has it in a backup.
// This module saves. The ends of a save are in settle.js, the chain as a whole in chain.js, the
// screen's view of it in store/replica/view.js and store/books/save_counts.js.
import { jakartaDate } from "../../domain/age.js";
import { equal, mergeView } from "../../domain/merge.js";
import { deriveStatus } from "../../domain/statuses.js";
import { attachBlobs, encodeBlobs, hashesIn, heldBlobs } from "../records/blobs.js";
import { StoreError } from "../engine/errors.js";
import { byteLength, link } from "../engine/hash.js";
import { ask } from "../engine/idb.js";
import { newId } from "../engine/ids.js";
import { exclusively } from "../engine/locks.js";
import { utf8 } from "../engine/bytes.js";
import { mutationInfo, sealed } from "../../vault/seal.js";
import { encode } from "../records/payload.js";
import { raise, stampIn } from "../records/state.js";
import { liveOf, viewOf } from "../replica/view.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").Entry} Entry */
/** @typedef {import("../records/state.js").Mutation} Mutation */
/** @typedef {import("../records/record_types.js").Tx} Tx */
/**
 * @typedef {object} SaveRequest
 * @property {string} [table] worker when absent
 * @property {string} id
 * @property {string} scope
 * @property {"put" | "delete"} [op]
 * @property {Record<string, [unknown, unknown]>} [set] what the person saw and what they made of it
 * @property {Record<string, unknown>} [changes] new values; what was seen is the present view
 * @property {string} [draftId] the draft that this save completes
 * @property {{sha: string, bytes?: Uint8Array, mime?: string}[]} [blobs]
 * @property {string} [on_behalf]
 */
/** @typedef {{mid: number, key: string, unchanged?: true}} Saved */

export const SCHEMA = 1;
export const MAX_BYTES = 24000;
export const ATTEMPTS = 50;

/**
 * Bases of values that the server refused, by field: it never had that value, so a later save cannot
 * be compared with it.
 * @param {Entry[]} live
 * @returns {Record<string, {refused: unknown, from: unknown}>}
 */
function underRefused(live) {
  /** @type {Record<string, {refused: unknown, from: unknown}>} */
  const under = {};
  for (const { state, m } of live) {
    for (const [field, [from, to]] of Object.entries(m.set)) {
      const below = under[field];
      if (state !== "invalid") delete under[field];
      else if (below && equal(below.refused, from))
        under[field] = { refused: to, from: below.from };
      else under[field] = { refused: to, from };
    }
  }
  return under;
}

/**
 * The fields that really change: seen value and new value.
 * @param {SaveRequest} request @param {Record<string, unknown>} shown
 * @param {ReturnType<typeof underRefused>} under
 * @returns {Record<string, [unknown, unknown]>}
 */
function changed(request, shown, under) {
  /** @param {string} field @param {unknown} from */
  const known = (field, from) =>
    under[field] && equal(under[field].refused, from) ? under[field].from : from;
  /** @type {Record<string, [unknown, unknown]>} */
  const pairs = { ...request.set };
  for (const [field, to] of Object.entries(request.changes ?? {})) {
    pairs[field] = [shown[field] ?? null, to];
  }
  return Object.fromEntries(
    Object.entries(pairs)
      .filter(([field, [, to]]) => !equal(shown[field], to))
      .map(([field, [from, to]]) => [field, [known(field, from) ?? null, to ?? null]]),
  );
}

/**
 * Save one aggregate: numbered, chained, with its draft gone and its pictures kept, in one strict
 * transaction. Resolves only once that is complete on the disk. Saving the same thing again
 * changes nothing and answers the number it already has.
 * @param {State} s @param {SaveRequest} request @param {Date} now
 * @param {import("../records/state.js").Seen} [ready] the row as somebody has read it already: the record is
 *   then made while others are waited for, and made again where one of them wrote to the journal
 * @returns {Promise<Saved>}
 * @throws {StoreError} storage_full, mutation_too_big, blob_missing; the draft stays
 */
export async function save(s, request, now, ready) {
  const blobs = await encodeBlobs(s, request.blobs ?? []);
  const early = ready?.j === s.stamp.j ? compose(s, request, ready, now).catch(() => null) : null;
  return exclusively(`jk-${s.userId}-journal`, async () => {
    const first = await early;
    if (first && (await write(s, request, first, blobs))) return numbered(first);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const seen = await s.refresh(true, request.id);
      const made = await compose(s, request, seen, now);
      if (!made) return unchanged(s, request, seen.records);
      if (await write(s, request, made, blobs)) return numbered(made);
    }
    throw new StoreError("storage_busy");
  });
}

/** @param {Made} made @returns {Saved} */
const numbered = ({ m }) => ({ mid: m.mid, key: m.key });

/**
 * The next journal record, or null when nothing would change.
 * @param {State} s @param {SaveRequest} request @param {import("../records/state.js").Seen} seen
 * @param {Date} now
 */
async function compose(s, request, { records, j }, now) {
  const { head } = s;
  const view = await viewOf(s, request.id);
  const under = s.find(request.id) ? underRefused(liveOf(s, request.id)) : {};
  const set = changed(request, view?.data ?? {}, under);
  const op = request.op ?? "put";
  if (op === "put" && !Object.keys(set).length) return null;
  const isNew = !view && Object.values(set).every(([from]) => from === null);
  const fresh = isNew && !records.length;
  /** @type {Mutation} */
  const m = {
    mid: head.mid + 1,
    key: fresh ? request.id : newId(now),
    schema: SCHEMA,
    op,
    table: request.table ?? "worker",
    id: request.id,
    scope: request.scope,
    ver: view?.ver ?? 0,
    set,
    at: now.toISOString(),
    ...(request.on_behalf ? { on_behalf: request.on_behalf } : {}),
  };
  const json = JSON.stringify(m);
  const size = byteLength(json);
  if (size > MAX_BYTES) throw new StoreError("mutation_too_big", { size, max: MAX_BYTES });
  const after = mergeView(view?.data ?? {}, set);
  const st =
    m.table === "worker" ? deriveStatus(after, jakartaDate(m.at), view?.status) : undefined;
  const [h, kept] = await Promise.all([link(head.hash, json), twice(s, m.key, json, st)]);
  return { m, json, h, st, kept, j };
}

/** @typedef {NonNullable<Awaited<ReturnType<typeof compose>>>} Made */

/**
 * One operation as it lies in the journal: encrypted for the screen, sealed for the server.
 * @param {State} s @param {string} key @param {string} json @param {string | undefined} st
 */
export async function twice(s, key, json, st) {
  const [payload, copy] = await Promise.all([
    encode(s, `journal/${key}`, { m: json, st }),
    sealed(s.keys, mutationInfo(key), utf8(json)),
  ]);
  return { payload, ...copy };
}

/** @param {State} s @param {SaveRequest} request @param {import("../records/state.js").JournalRecord[]} records @returns {Promise<Saved>} */
async function unchanged(s, request, records) {
  if (request.draftId) {
    const id = request.draftId;
    await s.conn.run(["drafts"], "readwrite", (tx) => ask(tx.objectStore("drafts").delete(id)));
  }
  const last = records.at(-1);
  return { mid: last?.mid ?? 0, key: last?.key ?? "", unchanged: true };
}

/**
 * The one strict transaction of a save. False when somebody wrote to the journal since its record
 * was made: its number, its link in the chain or its changes may be others.
 * @param {State} s @param {SaveRequest} request @param {Made} made
 * @param {Awaited<ReturnType<typeof encodeBlobs>>} blobs
 */
async function write(s, request, made, blobs) {
  const { m, json, st, h, kept, j } = made;
  const { mid, key, id, scope } = m;
  const rec = { mid, key, id, scope, state: "waiting", live: 1, hot: 1, h, ...kept };
  const stores = ["meta", "journal", "drafts", "blobs", "bytes"];
  const work = async (/** @type {Tx} */ tx) => {
    const [held, stamp, pictures] = await Promise.all([
      ask(tx.objectStore("meta").get("head")),
      stampIn(tx),
      heldBlobs(tx, blobs, hashesIn(m.set)),
    ]);
    if (stamp.j !== j) return null;
    const head = { ...held, mid, hash: h, key };
    tx.objectStore("journal").add(rec);
    tx.objectStore("meta").put(head, "head");
    if (request.draftId) tx.objectStore("drafts").delete(request.draftId);
    attachBlobs(tx, blobs, pictures, mid, m.at);
    await raise(tx, "j", stamp);
    return head;
  };
  const head = await s.conn.run(stores, "readwrite", work, "strict");
  if (!head) return false;
  s.head = head;
  s.hot.set(mid, { ...rec, m, json, st, verdict: {}, rec });
  s.stamp = { ...s.stamp, j: j === s.stamp.j ? j + 1 : -1 };
  return true;
}

/** Mutations the server has not answered, lowest number first. @param {State} s */
export const unsettled = (s) =>
  [...s.hot.values()]
    .filter((entry) => ["waiting", "sending"].includes(entry.state))
    .sort((a, b) => a.mid - b.mid);
