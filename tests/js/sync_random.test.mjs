// Random runs with a seed: saves, edits, drops, lost answers, crashes and restores in any order.
// Whatever happens, nothing that was called saved is lost or doubled, and the ledger adds up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone, VILLAGE } from "./support/phone.mjs";
import { FakeServer } from "./support/fakeServer.mjs";

/** A generator with a seed (mulberry32). */
function seeded(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function run(seed) {
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const server = new FakeServer();
  const phones = [await Phone.at(server), await Phone.at(server)];
  const saved = [];
  let backup = null;
  const acts = {
    add: async (phone) => {
      const made = await phone.add(`N${saved.length}`, { rt: "0" });
      saved.push({ ...made, phone, fields: { full_name: `N${saved.length}`, rt: "0" } });
    },
    edit: async (phone) => {
      const mine = saved.filter((one) => one.fields && one.phone === phone);
      if (!mine.length) return;
      const one = pick(mine);
      const rt = String(Math.floor(random() * 99));
      const { key, unchanged } = await phone.edit(one.id, { rt });
      one.fields.rt = rt;
      if (!unchanged) saved.push({ id: one.id, key, phone, edit: true });
    },
    step: (phone) => phone.step({ force: true }),
    faulty: async (phone) => {
      server.faults.push(pick(["drop", "lose", "lose", 500, 503, 429]));
      phone.clock.pass(50);
      await phone.step({ force: true });
      server.faults = [];
    },
    crash: async (phone) => {
      server.faults.push("lose");
      await phone.step({ force: true });
      server.faults = [];
      await phone.reopen();
    },
    backup: async () => {
      backup = server.backup();
    },
    restore: async () => {
      if (backup) server.restore(backup);
      backup = null;
    },
  };
  const deck = ["add", "add", "edit", "edit", "step", "step", "step", "faulty", "faulty", "crash"];
  for (let i = 0; i < 40; i++) {
    const phone = pick(phones);
    await acts[random() < 0.05 ? pick(["backup", "restore"]) : pick(deck)](phone);
    const { recorded, received, pending } = await phone.store.counts();
    assert.equal(recorded, received + pending, `seed ${seed} step ${i}`);
  }
  for (const phone of [...phones, ...phones]) await phone.sync(200);
  for (const { key } of saved) assert.ok(server.state.first[key], `seed ${seed}: ${key} is lost`);
  assert.equal(server.keys.length, new Set(saved.map((one) => one.key)).size);
  for (const phone of phones) {
    const { recorded, received, pending } = await phone.store.counts();
    assert.deepEqual([recorded, pending], [received, 0]);
    for (const one of saved.filter((made) => made.fields)) {
      const worker = await phone.store.worker(one.id);
      assert.deepEqual(
        [worker.data.full_name, worker.data.rt, worker.state],
        [one.fields.full_name, server.state.rows[one.id].data.rt, ""],
        `seed ${seed}`,
      );
      assert.equal(server.state.rows[one.id].data.rt, one.fields.rt, `seed ${seed}`);
    }
    assert.equal(
      await phone.store.count(VILLAGE),
      Object.values(server.state.rows).filter((row) => row.table === "worker").length,
    );
  }
}

for (let seed = 1; seed <= 25; seed++)
  test(`nothing is lost or doubled, seed ${seed}`, () => run(seed));
