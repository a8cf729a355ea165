// Several phones with the real store and sync client, driven line by line over standard input and
// output. A request of a phone goes out as a line too: whoever drives decides how it fares.
//
// in:  {do, phone, …}                          out: {done: …} or {failed: text}
// out: {fetch: {url, method, headers, body}}   in:  {answer: {status, headers, body} | null}
import { createInterface } from "node:readline";
import { IDBDatabase, IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";

const { createStore } = await import("../../../outreach/static/js/store/store.js");
await import("../../../outreach/static/js/sync/second_part.js");
const { register, step } = await import("../../../outreach/static/js/sync/client.js");
const { openAll } = await import("../../../outreach/static/js/store/records/state.js");
const { viewOf } = await import("../../../outreach/static/js/store/replica/view.js");
const { scopeRows } = await import("../../../outreach/static/js/store/books/save_counts.js");
const { ask } = await import("../../../outreach/static/js/store/engine/idb.js");

const START = Date.parse("2026-11-22T06:00:00Z");
const isVillage = (scope) => /^\d/.test(scope);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const hear = async () => JSON.parse((await lines.next()).value ?? "null");

/** Every record of every store, as it lies there. @param {IDBDatabase} db */
function photograph(db) {
  const names = [...db.objectStoreNames];
  const tx = db.transaction(names);
  return Promise.all(
    names.map(async (name) => {
      const store = tx.objectStore(name);
      return [name, store.keyPath, await ask(store.getAllKeys()), await ask(store.getAll())];
    }),
  );
}

class Phone {
  constructor(userId) {
    Object.assign(this, { userId, ms: START, photos: [], factory: new IDBFactory() });
  }

  /** The app starts on this disk. */
  async start() {
    this.dead = false;
    this.store = await createStore(this.userId, { clock: () => new Date(this.ms) });
  }

  db() {
    return this.store.state.conn.open();
  }

  async putBack(photo) {
    const db = await this.db();
    const tx = db.transaction([...db.objectStoreNames], "readwrite");
    for (const [name, keyPath, keys, values] of photo) {
      const store = tx.objectStore(name);
      store.clear();
      for (const [i, value] of values.entries()) store.put(value, keyPath ? undefined : keys[i]);
    }
    await new Promise((resolve, reject) => {
      tx.oncomplete = resolve;
      tx.onabort = () => reject(tx.error);
    });
    await this.store.close();
    await this.start();
  }

  fetch = async (url, init) => {
    if (this.dead) throw new TypeError("network");
    const { method, headers, body } = init;
    say({ fetch: { url, method, headers, body: body && Buffer.from(body).toString("base64") } });
    const { answer } = await hear();
    if (!answer) throw new TypeError("network");
    const bytes = Buffer.from(answer.body, "base64");
    const { status } = answer;
    return new Response([204, 304].includes(status) ? null : bytes, answer);
  };

  register(more = {}) {
    return register(this.store, { fetch: this.fetch, app: "test", ...more });
  }

  /** One step after so many seconds; where the server wants a login, the person logs in. */
  async step(seconds) {
    this.ms += seconds * 1000;
    const { did, more } = await step(this.store, {
      fetch: this.fetch,
      now: () => new Date(this.ms),
      random: () => 0.5,
      force: true,
    });
    if (did === "auth" && !this.dead) await this.register();
    return { did, more };
  }

  /** One step in which the phone dies right after its so-manieth write: its disk is as it was then. */
  async dyingStep(writes) {
    let left = writes;
    let photo = null;
    const { prototype } = IDBDatabase;
    const { transaction } = prototype;
    const phone = this;
    prototype.transaction = function begin(stores, mode, options) {
      const tx = transaction.call(this, stores, mode, options);
      if (mode === "readwrite" && this.name.startsWith("jk-")) {
        tx.addEventListener("complete", () => {
          left -= 1;
          if (left) return;
          phone.dead = true;
          photo = photograph(this);
        });
      }
      return tx;
    };
    await this.step(60).finally(() => {
      prototype.transaction = transaction;
    });
    if (photo) await this.putBack(await photo);
    return { did: "died", more: Boolean(photo) };
  }

  async save({ scope, changes, id, op }) {
    const { state } = this.store;
    await state.refresh();
    if (id && !(await viewOf(state, id))) return null;
    const fresh = Object.entries(changes).map(([field, to]) => [field, [null, to]]);
    const what = id ? { id, changes } : { id: this.store.newId(), set: Object.fromEntries(fresh) };
    const { key, unchanged } = await this.store.save({ ...what, scope, op });
    return unchanged ? null : key;
  }

  async entries() {
    const { state } = this.store;
    await state.refresh();
    const records = await state.conn.run(["journal"], "readonly", (tx) =>
      ask(tx.objectStore("journal").getAll()),
    );
    return openAll(state, records);
  }

  /** [scope, id] of what the screens list, and of own saves. */
  async shown() {
    const own = (await this.entries()).map(({ m }) => [m.scope, m.id]);
    const { state } = this.store;
    const villages = Object.keys(state.base).filter(isVillage);
    const base = villages.flatMap((scope) =>
      [...(state.index(scope)?.rows.keys() ?? [])].map((id) => [scope, id]),
    );
    return [...new Map([...own, ...base].map((pair) => [pair.join(), pair])).values()].sort();
  }

  async broken() {
    const refused = (await this.entries()).filter(
      ({ state, m }) => state === "invalid" && m.set.nik,
    );
    return refused.map(({ m }) => [m.scope, m.id]);
  }

  /** Rows by scope: {id: [ver, data]}; only what is here whole. */
  async rows() {
    const { state } = this.store;
    const found = {};
    for (const scope of Object.keys(state.base).filter((one) => one !== "ref")) {
      const index = state.index(scope);
      const list = await scopeRows(state, scope);
      found[scope] = Object.fromEntries(
        list.map(({ row, data }) => {
          const { status: _status, flags: _flags, ...facts } = isVillage(scope) ? { ...data } : {};
          return [row, [index?.rows.get(row)?.ver, isVillage(scope) ? facts : data]];
        }),
      );
    }
    return found;
  }

  async counts() {
    const { lost: _, done: _words, ...counts } = await this.store.counts();
    return counts;
  }

  async report() {
    const entries = await this.entries();
    const { head } = this.store.state;
    return {
      device: head.device,
      kept: entries.map(({ key, m }) => [key, { op: m.op, set: m.set }]),
      states: Object.fromEntries(
        entries.map(({ key, state }) => [key, state === "sending" ? "waiting" : state]),
      ),
      unsettled: entries.filter(({ state }) => ["waiting", "sending"].includes(state)).length,
      rows: await this.rows(),
      floor: head.floor.mid,
      line: (head.let_go ?? []).map(([device]) => device),
      ...(await this.counts()),
    };
  }
}

/** @type {Phone[]} */
let phones = [];
const acts = {
  clear: () => {
    phones = [];
  },
  make: async (before, { user, phone: number }) => {
    await before?.store.close();
    const phone = new Phone(user);
    phones[number] = phone;
    globalThis.indexedDB = phone.factory;
    await phone.start();
    const { ok, code } = await phone.register();
    if (!ok) throw new Error(`not registered: ${code}`);
  },
  register: (phone) => phone.register(),
  enter: (phone) => phone.register({ login: true }),
  step: (phone, { seconds }) => phone.step(seconds),
  die: (phone, { writes }) => phone.dyingStep(writes),
  save: (phone, what) => phone.save(what),
  shown: (phone) => phone.shown(),
  broken: (phone) => phone.broken(),
  report: (phone) => phone.report(),
  device: (phone) => phone.store.state.head.device,
  disk: async (phone) => phone.photos.push(await photograph(await phone.db())) - 1,
  putBack: (phone, { photo }) => phone.putBack(phone.photos[photo]),
};

for (;;) {
  const what = await hear();
  if (!what) break;
  const phone = phones[what.phone];
  if (phone) globalThis.indexedDB = phone.factory;
  try {
    say({ done: (await acts[what.do](phone, what)) ?? null });
  } catch (error) {
    say({ failed: error.stack ?? String(error) });
  }
}
