// Pulled pages into the base: one transaction each, only when the page continues where this phone
// stopped, and a row only when it is newer. Also: swapping a base that was rebuilt from 0 whole.
import { ask } from "../engine/idb.js";
import { decode, encode } from "../records/payload.js";
import { chunkOf, newListIndex, placeOf } from "../records/list_index.js";
import { isSeen, newScope } from "./scopes.js";
import { noteTables, tablesOf } from "./other_tables.js";
import { PullStaging, takeRow } from "./pull_staging.js";
import { isHot, raise } from "../records/state.js";

/** @typedef {import("../records/state.js").State} State */
/** @typedef {import("../records/state.js").ScopeState} ScopeState */
/** @typedef {import("../records/list_index.js").Row} Row */
/** @typedef {import("./pull_staging.js").PulledRow} PulledRow */
/** @typedef {import("../records/record_types.js").ChunkRecord} ChunkRecord */
/** @typedef {import("../records/record_types.js").PageRecord} PageRecord */
/** @typedef {import("../records/record_types.js").Notice} Notice */
/** @typedef {{from: number, cursor: number, more: boolean, rows: PulledRow[]}} ScopePage */
/** @typedef {{scopes: Record<string, ScopePage>, revoked?: string[]}} PullAnswer */
/** @typedef {import("./pull_staging.js").ViewName} ViewName */
/** @typedef {import("../records/record_types.js").Tx} Tx */

/**
 * The work one answer asks for, staged beside what is shown.
 * @param {State} s @param {PullAnswer} answer @param {ViewName} view @param {string[]} asked
 */
function stagePage(s, answer, view, asked) {
  const base = structuredClone(s.base);
  /** @type {PullStaging[]} */
  const stages = [];
  const more = Object.values(answer.scopes).some((page) => page.more);
  for (const [scope, page] of Object.entries(answer.scopes)) {
    base[scope] ??= newScope(scope);
    const state = base[scope];
    const stage = stageScope(s, scope, state, page, view);
    if (!stage) continue;
    stages.push(stage);
    advance(state, page.cursor, page.more, view);
    if (view === "full") noteTables(scope, state, page.from);
  }
  // An absent scope has nothing to say, but only when nobody was cut short by the limit.
  for (const scope of asked) {
    if (base[scope] && !answer.scopes[scope] && !more) {
      advance(base[scope], cursorOf(base[scope], view), false, view);
    }
  }
  const dropped = (answer.revoked ?? []).filter((scope) => base[scope]);
  for (const scope of dropped) delete base[scope];
  return {
    base,
    stages: stages.filter((stage) => base[stage.scope]),
    dropped,
    swapped: swap(base),
  };
}

/** Where the next page of a scope has to begin. @param {ScopeState} state @param {ViewName} view */
export const cursorOf = (state, view) =>
  state.fresh && view === "full" ? state.fresh.cursor : state[view];

/**
 * @param {State} s @param {string} scope @param {ScopeState} state
 * @param {ScopePage} page @param {ViewName} view
 */
function stageScope(s, scope, state, page, view) {
  if (page.from !== cursorOf(state, view)) {
    // Only the server may send a phone back to 0: what left meanwhile has no marker any more.
    if (page.from !== 0) return null;
    state.fresh = { gen: state.gen + 1, cursor: 0, done: false };
    if (view === "list") return null;
  }
  const gen = state.fresh && view === "full" ? state.fresh.gen : state.gen;
  const stage = new PullStaging(scope, gen, s.indexes.get(`${scope}|${gen}`) ?? newListIndex());
  for (const row of page.rows) takeRow(stage, row, view);
  return stage;
}

/** @param {ScopeState} state @param {number} cursor @param {boolean} more @param {ViewName} view */
function advance(state, cursor, more, view) {
  if (state.fresh && view === "full") {
    state.fresh.cursor = cursor;
    state.fresh.done = !more;
    return;
  }
  state[view] = cursor;
  state.drained = !more;
  if (more) return;
  state.listed = true;
  if (view === "full") Object.assign(state, { whole: true, list: cursor });
}

/**
 * Show the rebuilt generations once every one of them is complete; answers them.
 * @param {Record<string, ScopeState>} base
 * @returns {{scope: string, gen: number}[]}
 */
function swap(base) {
  const rebuilt = Object.entries(base).filter(([, state]) => state.fresh);
  if (!rebuilt.every(([, state]) => state.fresh?.done)) return [];
  return rebuilt.map(([scope, state]) => {
    const fresh = /** @type {NonNullable<ScopeState["fresh"]>} */ (state.fresh);
    const { gen, cursor } = fresh;
    const done = { listed: true, whole: true, drained: true, fresh: null, tables: tablesOf(fresh) };
    Object.assign(state, { gen, list: cursor, full: cursor, ...done });
    return { scope, gen };
  });
}

/**
 * The records to write: chunks whole, pages merged with what they held.
 * @param {State} s @param {PullStaging[]} stages
 */
async function encodeStages(s, stages) {
  /** @type {ChunkRecord[]} */ const chunks = [];
  /** @type {PageRecord[]} */ const pages = [];
  for (const stage of stages) {
    const { scope, gen } = stage;
    for (const [n, chunk] of stage.chunks) {
      chunks.push(await chunkOf(s, { scope, gen, n }, chunk));
    }
    for (const [n, changes] of stage.pages) {
      const held = await heldPage(s, stage, n);
      for (const [id, data] of changes) {
        if (data === undefined) delete held[id];
        else held[id] = data;
      }
      const payload = await encode(s, placeOf("pages", { scope, gen, n }), held);
      pages.push({ scope, gen, n, payload });
    }
  }
  return { chunks, pages };
}

/** @param {State} s @param {PullStaging} stage @param {number} n */
async function heldPage(s, stage, n) {
  const had = [...(stage.index.chunks.get(n)?.values() ?? [])].some((row) => row.full);
  if (!had) return {};
  const key = [stage.scope, stage.gen, n];
  const page = await s.conn.run(["pages"], "readonly", (tx) =>
    ask(tx.objectStore("pages").get(key)),
  );
  return page ? decode(s, placeOf("pages", page), page.payload) : {};
}

/** @param {State} s @param {ReturnType<typeof stagePage>} staged */
function leaving(s, staged) {
  /** @param {string} scope @param {string} id */
  const look = (scope, id) => {
    const { gen } = staged.base[scope];
    const stage = staged.stages.find((one) => one.scope === scope && one.gen === gen);
    return stage ? stage.get(id) : s.indexes.get(`${scope}|${gen}`)?.rows.get(id);
  };
  return [...s.hot.values()].filter(
    (entry) =>
      entry.live &&
      ["arrived", "conflict"].includes(entry.state) &&
      isSeen(entry, staged.base, look),
  );
}

/** Pages of a scope older than a generation; all of them without one. @param {string} scope @param {number} [gen] */
const rangeOf = (scope, gen) => IDBKeyRange.bound([scope], [scope, gen ?? []], false, true);

/**
 * Apply one pull answer; answers how many rows it brought.
 * @param {State} s @param {PullAnswer} answer @param {ViewName} view
 * @param {string[]} asked scopes the request named
 * @returns {Promise<number>}
 */
export async function applyPage(s, answer, view, asked) {
  for (let attempt = 0; attempt < 4; attempt++) {
    await s.refresh();
    const at = s.stamp.b;
    const staged = stagePage(s, answer, view, asked);
    const { chunks, pages } = await encodeStages(s, staged.stages);
    const left = leaving(s, staged);
    const decided = await decisions(s, answer);
    const ranges = [
      ...staged.swapped.map(({ scope, gen }) => rangeOf(scope, gen)),
      ...staged.dropped.map((scope) => rangeOf(scope)),
    ];
    const stores = ["meta", "index", "pages", "journal"];
    const done = await s.conn.run(stores, "readwrite", async (tx) => {
      const before = await raise(tx, left.length || decided.size ? "jb" : "b");
      if (before.b !== at) return false;
      for (const range of ranges) {
        tx.objectStore("index").delete(range);
        tx.objectStore("pages").delete(range);
      }
      for (const chunk of chunks) tx.objectStore("index").put(chunk);
      for (const page of pages) tx.objectStore("pages").put(page);
      tx.objectStore("meta").put(staged.base, "base");
      await leaveView(tx, left);
      await decide(tx, decided);
      return before.j;
    });
    if (done === false) continue;
    remember(s, staged, left, decided.size ? -2 : done);
    return staged.stages.reduce((sum, stage) => sum + stage.rows.size, 0);
  }
  return 0;
}

/** @param {Tx} tx @param {import("../records/state.js").Entry[]} left */
async function leaveView(tx, left) {
  const journal = tx.objectStore("journal");
  for (const { mid } of left) {
    const rec = await ask(journal.get(mid));
    if (!rec) continue;
    delete rec.live;
    if (!isHot(rec)) delete rec.hot;
    journal.put(rec);
  }
}

/**
 * Own saves that a person has decided on, as my own scope tells: its rows bear the key of the save
 * they speak of, and a row that goes means that nothing is left to do.
 * @param {State} s @param {PullAnswer} answer
 * @returns {Promise<Map<number, {state: string, verdict: Uint8Array}>>}
 */
async function decisions(s, answer) {
  /** @type {Map<number, {state: string, verdict: Uint8Array}>} */
  const decided = new Map();
  const rows = answer.scopes[`u:${s.userId}`]?.rows ?? [];
  const mine = new Map([...s.hot.values()].map((entry) => [entry.key, entry]));
  for (const { id, gone, data } of rows) {
    const entry = mine.get(id);
    if (!entry || !["held", "invalid", "returned"].includes(entry.state)) continue;
    const state = gone ? "resolved" : decision(/** @type {Notice | undefined} */ (data));
    if (!state) continue;
    const { words } = { ...entry.verdict, ...data };
    const told = { ...entry.verdict, words, resolved: Boolean(gone) };
    const verdict = await encode(s, `verdict/${entry.key}`, told);
    decided.set(entry.mid, { state, verdict });
  }
  return decided;
}

/** The word of a row of my own scope on a save: returned, discarded, or nothing yet. @param {Notice | undefined} data */
function decision(data) {
  if (data?.kind === "discarded" || data?.decision === "discard") return "discarded";
  return data?.kind === "returned" ? "returned" : "";
}

/** @param {Tx} tx @param {Awaited<ReturnType<typeof decisions>>} decided */
async function decide(tx, decided) {
  const journal = tx.objectStore("journal");
  for (const [mid, change] of decided) {
    const rec = await ask(journal.get(mid));
    if (!rec) continue;
    Object.assign(rec, change);
    if (["resolved", "discarded"].includes(rec.state)) delete rec.live;
    if (!isHot(rec)) delete rec.hot;
    journal.put(rec);
  }
}

/**
 * Carry the committed page into memory.
 * @param {State} s @param {ReturnType<typeof stagePage>} staged
 * @param {import("../records/state.js").Entry[]} left @param {number} journalStamp before this write
 */
function remember(s, staged, left, journalStamp) {
  for (const stage of staged.stages) {
    const index = stage.index;
    s.indexes.set(`${stage.scope}|${stage.gen}`, index);
    for (const [n, chunk] of stage.chunks) index.chunks.set(n, chunk);
    for (const [id, row] of stage.rows) {
      if (row) index.rows.set(id, row);
      else index.rows.delete(id);
    }
    index.last = stage.last;
  }
  for (const name of [...s.indexes.keys()]) {
    const [scope, gen] = name.split("|");
    const replaced = staged.swapped.some((one) => one.scope === scope && Number(gen) < one.gen);
    if (replaced || staged.dropped.includes(scope)) s.indexes.delete(name);
  }
  s.base = staged.base;
  const known = s.stamp.j === journalStamp;
  for (const { mid } of left) s.hot.delete(mid);
  s.stamp = { j: known ? journalStamp + (left.length ? 1 : 0) : -1, b: s.stamp.b + 1 };
}
