// The door to one user's data on this phone. Screens, routes and the sync client come in here.
import * as blobs from "./records/blobs.js";
import * as drafts from "./books/drafts.js";
import { userDatabase } from "./engine/db.js";
import { ask, onLoss } from "./engine/idb.js";
import { newId } from "./engine/ids.js";
import * as journal from "./journal/journal.js";
import { recoverSending, resolve } from "./journal/settle.js";
import * as books from "./books/save_counts.js";
import * as lists from "./replica/lists.js";
import { noteUser } from "./engine/meta.js";
import { mirror, mirrored } from "./engine/cookie_mirror.js";
import { follow } from "./replica/scopes.js";
import { decode, encode } from "./records/payload.js";
import { isOpen, keysOf } from "../vault/session.js";
import { NEW_SYNC, newHead, State } from "./records/state.js";
import { viewOf } from "./replica/view.js";

/** @typedef {import("./replica/view.js").View} View */
/** @typedef {import("./records/record_types.js").Profile} Profile */
/** @typedef {import("./records/record_types.js").DraftData} DraftData */
/** @typedef {Partial<Profile> & {device: string, epoch: number, serverTime?: string}} Known */
/** @typedef {View & {history: Awaited<ReturnType<typeof books.history>>}} WorkerView */

const PAGE = 30;

export class Store {
  /** @param {State} state @param {() => Date} clock */
  constructor(state, clock) {
    this.state = state;
    this.userId = state.userId;
    this.clock = clock;
    /** @type {{id: string, seen: Promise<import("./records/state.js").Seen | undefined>} | null} */
    this.ready = null;
  }

  /** Who works here; {} before the first registration. @returns {Promise<Known>} */
  async profile() {
    const { conn } = this.state;
    /** @type {any[]} each of its own type, in the order of the names */
    const [payload, head, sync] = await conn.run(["meta"], "readonly", (tx) => {
      const meta = tx.objectStore("meta");
      return Promise.all(
        /** @type {const} */ (["profile", "head", "sync"]).map((key) => ask(meta.get(key))),
      );
    });
    const known = payload ? await decode(this.state, "profile", payload) : {};
    return { ...known, device: head.device, epoch: sync.epoch, serverTime: sync.serverTime };
  }

  /** Change what is known of the user; scopes named here begin to be pulled. @param {Partial<Profile>} change */
  async setProfile(change) {
    const { device: _d, epoch: _e, serverTime: _s, ...known } = await this.profile();
    const profile = { ...known, ...change };
    const payload = await encode(this.state, "profile", profile);
    await this.state.conn.run(["meta"], "readwrite", (tx) =>
      ask(tx.objectStore("meta").put(payload, "profile")),
    );
    const own = [`u:${this.userId}`, "ref"];
    await follow(this.state, [...new Set([...own, ...(profile.scopes ?? [])])]);
    await noteUser({ id: this.userId });
  }

  /**
   * The pulled reference rows of a kind (texts, codes, tariffs, rules) in their order; [] when the
   * server has sent none, and what the app was built with counts.
   * @param {string} kind
   * @returns {Promise<import("./records/record_types.js").ReferenceRow[]>}
   */
  async ref(kind) {
    await this.state.refresh(false);
    const rows = await books.scopeRows(this.state, "ref");
    const found = rows.filter(({ row }) => row.startsWith(`${kind}/`)).map(({ data }) => data);
    return found.sort((a, b) => a.position - b.position);
  }

  /**
   * A save of this row may come at once: read meanwhile what it looks at. @param {string} id
   */
  prepare(id) {
    const seen = this.state.refresh(true, id).catch(() => undefined);
    this.ready = { id, seen };
  }

  /**
   * Save one aggregate; see journal.save. The screen may say "saved" once this resolves.
   * @param {journal.SaveRequest} request
   */
  async save(request) {
    const ready = this.ready?.id === request.id ? await this.ready.seen : undefined;
    this.ready = null;
    const saved = await journal.save(this.state, request, this.clock(), ready);
    const { device, mid } = this.state.head;
    // Only names what a cleared storage took along: the screen need not wait for the cookie.
    mirror(this.userId, device, mid);
    // For the list of users only: a failure there must not make a finished save look failed.
    const unsent = journal.unsettled(this.state).length;
    noteUser({ id: this.userId, unsent }).catch(() => {});
    return saved;
  }

  /** A worker as the screen shows it, with what this phone did to it; null when unknown. @param {string} id @returns {Promise<WorkerView | null>} */
  async worker(id) {
    const { records } = await this.state.refresh(true, id);
    const view = await viewOf(this.state, id);
    return view && { ...view, history: await books.history(this.state, records) };
  }

  /**
   * A worker as it is right after its save, from memory: what that wrote need not be read again.
   * @param {string} id @returns {Promise<View | null>}
   */
  asSaved(id) {
    return viewOf(this.state, id);
  }

  /** One page of a scope, by name or by place. @param {string} scope @param {{after?: string, limit?: number, order?: "name" | "place"}} [page] */
  async list(scope, { limit = PAGE, ...page } = {}) {
    await this.state.refresh();
    return lists.list(this.state, scope, { limit, ...page });
  }

  /** How many workers a scope shows. @param {string} scope */
  async count(scope) {
    await this.state.refresh();
    return lists.count(this.state, scope);
  }

  /** How many workers each of these scopes shows. @param {string[]} scopes @returns {Promise<number[]>} */
  async tally(scopes) {
    await this.state.refresh();
    return scopes.map((scope) => lists.count(this.state, scope));
  }

  /** How much of each scope is here; `rows` are people. @returns {Promise<Record<string, {listed: boolean, whole: boolean, rows: number}>>} */
  async scopes() {
    await this.state.refresh();
    const { base } = this.state;
    return Object.fromEntries(
      Object.entries(base).map(([scope, { listed, whole }]) => {
        return [scope, { listed, whole, rows: lists.count(this.state, scope) }];
      }),
    );
  }

  /** Records that may be the same person. @param {Parameters<typeof lists.duplicates>[1]} person */
  async duplicates(person) {
    await this.state.refresh();
    return lists.duplicates(this.state, person);
  }

  /** recorded, received, pending, and the operations behind them. */
  async ledger() {
    await this.state.refresh();
    return books.ledger(this.state);
  }

  /** Only the three numbers: cheap, also right after the start, and while the phone is locked. */
  async counts() {
    await this.state.peek();
    return books.counts(this.state);
  }

  /** The saves that the officer has to put right. */
  async inbox() {
    await this.state.refresh();
    return books.inbox(this.state);
  }

  /** Saves that a person has decided on leave the view. @param {number[]} mids */
  async resolve(mids) {
    await this.state.refresh();
    await resolve(this.state, mids);
  }

  /** @param {string} id */
  draft(id) {
    return drafts.inTurn(id, () => drafts.getDraft(this.state, id));
  }

  /** @param {string} id @param {{scope?: string, data: DraftData, blank?: boolean}} draft */
  putDraft(id, draft) {
    return drafts.putDraft(this.state, id, draft, this.clock());
  }

  /** Registrations begun; what a feature keeps as a draft of its own is named "<feature>/<id>". */
  async drafts() {
    return (await drafts.allDrafts(this.state)).filter(({ id }) => !id.includes("/"));
  }

  /** @param {string} id */
  deleteDraft(id) {
    return drafts.deleteDraft(this.state, id);
  }

  /** @param {string} sha @param {Uint8Array} bytes @param {string} [mime] */
  putBlob(sha, bytes, mime = "image/jpeg") {
    return blobs.putBlob(this.state, sha, bytes, mime);
  }

  /** @param {string} sha */
  blob(sha) {
    return blobs.getBlob(this.state, sha);
  }

  /** Let go of pictures verified 30 days ago when space is short. @param {boolean} short */
  freeSpace(short) {
    return blobs.freeSpace(this.state, this.clock(), short);
  }

  /** A new id for a worker, a draft or a visit. */
  newId() {
    return newId(this.clock());
  }

  /** Let go of the database, as a closing tab does. */
  close() {
    return this.state.conn.close();
  }
}

/**
 * A store of its own, as each tab and the worker has one.
 * @param {string} userId @param {{clock?: () => Date, n?: number}} [options] n: how many databases
 *   are put aside before it
 * @returns {Promise<Store>}
 * @throws {import("./engine/errors.js").StoreError} storage_broken, storage_newer, storage_blocked, storage_full
 */
export async function createStore(userId, { clock = () => new Date(), n } = {}) {
  const state = new State(userId, clock, userDatabase(userId, n));
  const remembered = await mirrored(userId);
  const fresh = newHead(newId(clock()));
  await state.conn.run(
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const head = (await ask(meta.get("head"))) ?? fresh;
      const gone = remembered && (remembered.device !== head.device || remembered.mid > head.mid);
      // Whatever lies beside no head was written by somebody who had an earlier database in memory.
      if (head === fresh) meta.clear();
      if (head === fresh || (gone && !head.lost)) {
        if (gone && (head === fresh || remembered.device === head.device)) head.lost = remembered;
        meta.put(head, "head");
      }
      if (await ask(meta.get("base"))) return;
      meta.put({ j: 0, b: 0 }, "stamp");
      meta.put({ ...NEW_SYNC }, "sync");
      meta.put({}, "base");
    },
    "strict",
  );
  await keysOf(state);
  if (await isOpen(state)) {
    await state.refresh(false);
    await recoverSending(state);
  }
  return new Store(state, clock);
}

/** @type {Map<string, Promise<Store>>} */
const opened = new Map();
onLoss(() => opened.clear());

/**
 * The store of a user, opened once per context.
 * @param {string} userId
 * @returns {Promise<Store>}
 */
export function openUser(userId) {
  let store = opened.get(userId);
  if (!store) {
    store = createStore(userId);
    opened.set(userId, store);
    store.catch(() => opened.delete(userId));
  }
  return store;
}

/** Let go of a user's store, so that the next use opens it anew. @param {string} userId */
export async function closeUser(userId) {
  const store = opened.get(userId);
  opened.delete(userId);
  await (await store?.catch(() => null))?.close();
}
