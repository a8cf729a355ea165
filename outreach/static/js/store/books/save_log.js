// The ledger in full: one line for every save, kept also when the save itself may go.
//
// Lines of saves that nothing is left to do for lie in chunks of a hundred; what is still under
// way is read from the journal each time. Lines are numbered over all devices of this storage
// (`before` + `mid`), so that a new device id changes no number.
import { hashesIn, todoBlobs } from "../records/blobs.js";
import { ask } from "../engine/idb.js";
import { exclusively } from "../engine/locks.js";
import { decode, encode } from "../records/payload.js";
import { isHot, open, openAll } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").Entry} Entry */
/** @typedef {import("../records/state.js").JournalRecord} JournalRecord */
/** @typedef {import("../records/record_types.js").PackedLine} PackedLine */
/**
 * @typedef {object} Line
 * @property {number} n number of the save
 * @property {string} at
 * @property {string} id the worker
 * @property {string} key
 * @property {string} name
 * @property {"new" | "change" | "gone"} what
 * @property {string[]} fields what a change touched
 * @property {number} photos pictures of this save
 * @property {number} missing how many of them the server lacks
 * @property {string} state as in the journal
 * @property {string} [table] of a feature, for a save that is no worker's
 * @property {1} [open] screen or sender still need it
 */

const CHUNK = 100;
const PIECE = 400;

/** @typedef {Map<number, Line>} Lines */
/** @type {WeakMap<State, Lines>} */
const held = new WeakMap();

/** @param {number} n */
const chunkOf = (n) => Math.ceil(n / CHUNK);

/** @param {Line} l @returns {PackedLine} */
const pack = (l) => {
  /** @type {PackedLine} */
  const packed = [l.n, l.at, l.id, l.key, l.name, l.what, l.fields, l.photos, l.state];
  if (l.table) packed.push(l.table);
  return packed;
};

/** @param {PackedLine} packed @returns {Line} */
function unpack([n, at, id, key, name, what, fields, photos, state, table]) {
  return { n, at, id, key, name, what, fields, photos, missing: 0, state, table };
}

/** The lines written down before. @param {State} s @returns {Promise<Lines>} */
async function written(s) {
  const known = held.get(s);
  if (known) return known;
  const all = IDBKeyRange.bound("book/", "book0", false, true);
  const [keys, payloads] = await s.conn.run(["meta"], "readonly", (tx) => {
    const meta = tx.objectStore("meta");
    return Promise.all([ask(meta.getAllKeys(all)), ask(meta.getAll(all))]);
  });
  const chunks = await Promise.all(
    keys.map((key, i) => readable(s, /** @type {`book/${string}`} */ (String(key)), payloads[i])),
  );
  const lines = new Map(chunks.flat().map((packed) => [packed[0], unpack(packed)]));
  held.set(s, lines);
  return lines;
}

/**
 * A chunk; nothing of one that was written under a data key which is lost.
 * @param {State} s @param {`book/${string}`} key @param {Uint8Array} payload
 * @returns {Promise<PackedLine[]>}
 */
const readable = (s, key, payload) =>
  decode(s, key, payload).catch((error) => {
    if (error.code !== "key_lost") throw error;
    return [];
  });

/** @param {State} s @param {Entry} entry @param {Set<string>} todo @returns {Line} */
function lineOf(s, { mid, id, key, m, state, verdict }, todo) {
  const hashes = hashesIn(m.set);
  const isNew = m.op === "put" && m.ver === 0 && key === id;
  return {
    n: s.head.before + mid,
    at: m.at,
    id,
    key,
    name: String(m.set.full_name?.[1] ?? s.find(verdict.into ?? id)?.row.name ?? ""),
    what: m.op === "delete" ? "gone" : isNew ? "new" : "change",
    fields: isNew ? [] : Object.keys(m.set),
    photos: hashes.length,
    missing: hashes.filter((sha) => todo.has(sha)).length,
    state,
    table: m.table === "worker" ? undefined : m.table,
  };
}

/**
 * Write down what has come to its end since the last time; answers all lines that are written,
 * by number. What could not be written stays in the journal.
 * @param {State} s
 * @returns {Promise<Lines>}
 */
export const noteDown = (s) => exclusively(`jk-${s.userId}-book`, () => addEnded(s));

/** @param {State} s @returns {Promise<Lines>} */
async function addEnded(s) {
  const { before, device } = s.head;
  const lines = new Map(await written(s));
  const uploading = new Set((await todoBlobs(s)).map((blob) => blob.mid));
  /** @type {Set<number>} */
  const touched = new Set();
  for (const mid of s.hot.keys()) {
    if (lines.delete(before + mid)) touched.add(chunkOf(before + mid));
  }
  for (const [from, to] of unwritten(s, lines, uploading)) {
    const ended = (await journalPiece(s, from, to)).filter((rec) => !isHot(rec));
    for (const entry of await openAll(s, ended)) {
      const line = lineOf(s, entry, new Set());
      lines.set(line.n, line);
      touched.add(chunkOf(line.n));
    }
  }
  if (touched.size && !(await write(s, lines, touched, device))) {
    held.delete(s);
    return written(s);
  }
  held.set(s, lines);
  return lines;
}

/**
 * Ranges of numbers to read from the journal: neither written down nor under way.
 * @param {State} s @param {Lines} lines @param {Set<number | undefined>} uploading
 * @returns {[number, number][]}
 */
function unwritten({ head, hot }, lines, uploading) {
  /** @type {[number, number][]} */
  const ranges = [];
  for (let mid = head.floor.mid + 1; mid <= head.mid; mid++) {
    if (lines.has(head.before + mid) || hot.has(mid) || uploading.has(mid)) continue;
    const last = ranges.at(-1);
    if (last && last[1] === mid - 1 && mid - last[0] < PIECE) last[1] = mid;
    else ranges.push([mid, mid]);
  }
  return ranges;
}

/** @param {State} s @param {number} from @param {number} to @returns {Promise<JournalRecord[]>} */
const journalPiece = (s, from, to) =>
  s.conn.run(["journal"], "readonly", (tx) =>
    ask(tx.objectStore("journal").getAll(IDBKeyRange.bound(from, to))),
  );

/**
 * Write the touched chunks; false when this storage went on under another device id meanwhile,
 * so that what was read bears numbers of two.
 * @param {State} s @param {Lines} lines @param {Set<number>} touched @param {string} device
 */
async function write(s, lines, touched, device) {
  /** @type {Map<number, PackedLine[]>} */
  const chunks = new Map([...touched].map((chunk) => [chunk, []]));
  for (const line of lines.values()) chunks.get(chunkOf(line.n))?.push(pack(line));
  const records = await Promise.all(
    [...chunks].map(async ([chunk, packed]) => {
      const key = /** @type {const} */ (`book/${chunk}`);
      return { key, payload: await encode(s, key, packed) };
    }),
  );
  return s.conn.run(["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    if ((await ask(meta.get("head"))).device !== device) return false;
    for (const { key, payload } of records) meta.put(payload, key);
    return true;
  });
}

/**
 * Every save of this storage as a line, the newest first.
 * @param {State} s
 * @returns {Promise<Line[]>}
 */
export async function allLines(s) {
  await s.refresh();
  const ended = await noteDown(s);
  const todo = await todoBlobs(s);
  const lacking = new Set(todo.map((blob) => blob.sha));
  const entries = [...s.hot.values(), ...(await uploadingOnly(s, todo))];
  /** @type {Line[]} */
  const begun = entries.map((entry) => ({ ...lineOf(s, entry, lacking), open: 1 }));
  const lines = [...ended.values(), ...begun].sort((a, b) => b.n - a.n);
  const names = new Map(lines.filter((line) => line.name).map(({ id, name }) => [id, name]));
  return lines.map((line) => ({ ...line, name: line.name || (names.get(line.id) ?? "") }));
}

/**
 * Saves that only a picture keeps open.
 * @param {State} s @param {import("../records/blobs.js").BlobInfo[]} todo @returns {Promise<Entry[]>}
 */
async function uploadingOnly(s, todo) {
  const mids = new Set(todo.map((blob) => blob.mid ?? 0).filter((mid) => mid && !s.hot.has(mid)));
  const records = await s.conn.run(["journal"], "readonly", (tx) =>
    Promise.all([...mids].map((mid) => ask(tx.objectStore("journal").get(mid)))),
  );
  return openAll(s, /** @type {JournalRecord[]} */ (records.filter(Boolean)));
}

/**
 * One save whole: its line, and while the journal still has it what was said in it, the server's
 * verdict and its pictures. Null when no save has this number.
 * @param {State} s @param {number} n
 */
export async function oneSave(s, n) {
  const line = (await allLines(s)).find((one) => one.n === n);
  if (!line) return null;
  const mid = n - s.head.before;
  const { rec, infos } = await s.conn.run(["journal", "blobs"], "readonly", async (tx) => ({
    rec: mid > 0 ? await ask(tx.objectStore("journal").get(mid)) : undefined,
    infos: await ask(tx.objectStore("blobs").getAll()),
  }));
  if (!rec) return { line, entry: null, photos: [] };
  const entry = await open(s, rec);
  const named = hashesIn(entry.m.set);
  return { line, entry, photos: infos.filter(({ sha }) => named.includes(sha)) };
}
