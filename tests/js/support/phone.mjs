// A phone with a database of its own, for tests. Import this before anything of the store.
import "fake-indexeddb/auto";

const { createStore } = await import("../../../outreach/static/js/store/store.js");
await import("../../../outreach/static/js/sync/second_part.js");
const { register, step } = await import("../../../outreach/static/js/sync/client.js");

export const VILLAGE = "18.04.04.2002";
export const OTHER = "18.04.04.2003";
let users = 0;

/** A user id that no other test has. */
export const newUser = () => `01930000-0000-7000-8000-${String(++users).padStart(12, "0")}`;

/** A clock that only tests move. */
export class Clock {
  constructor() {
    this.ms = Date.parse("2026-11-22T06:00:00Z");
    this.now = () => new Date(this.ms);
  }

  /** @param {number} seconds */
  pass(seconds) {
    this.ms += seconds * 1000;
  }
}

/** One installation of the app: `reopen` is a crash and a new start. */
export class Phone {
  constructor(server, userId, clock) {
    Object.assign(this, { server, userId, clock, sent: [] });
  }

  static async at(server, userId = newUser(), clock = new Clock(), scopes = [VILLAGE]) {
    const phone = new Phone(server, userId, clock);
    server.users.set(userId, { role: "officer", scopes });
    await phone.reopen();
    const registered = await phone.register();
    if (!registered.ok) throw new Error(`not registered: ${registered.code}`);
    return phone;
  }

  async reopen() {
    await this.store?.close();
    this.store = await createStore(this.userId, { clock: this.clock.now });
  }

  register() {
    return register(this.store, { fetch: this.server.fetch, app: "test" });
  }

  step(options = {}) {
    const { server, clock } = this;
    return step(this.store, { fetch: server.fetch, now: clock.now, random: () => 0.5, ...options });
  }

  /** Steps until nothing is left to do; answers what was done. */
  async sync(limit = 60) {
    const done = [];
    this.clock.pass(60);
    for (let i = 0; i < limit; i++) {
      const { did, more } = await this.step({ force: true });
      done.push(did);
      if (!more) return done;
    }
    throw new Error(`sync never ends: ${done.join(" ")}`);
  }

  async add(name, extra = {}, scope = VILLAGE) {
    const id = this.store.newId();
    const set = Object.entries({ full_name: name, village_code: scope, ...extra });
    const pairs = Object.fromEntries(set.map(([field, to]) => [field, [null, to]]));
    const saved = await this.store.save({ id, scope, set: pairs });
    return { id, ...saved };
  }

  edit(id, changes, scope = VILLAGE) {
    return this.store.save({ id, scope, changes });
  }
}
