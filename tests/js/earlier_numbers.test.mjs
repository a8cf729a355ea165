// Numbers that a phone had as earlier devices and the server lacks: said on the screen, counted as
// gone, and never as received.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer } from "./support/fakeServer.mjs";
import { Phone } from "./support/phone.mjs";
import { losses } from "../../outreach/static/js/store/books/lost_numbers.js";
import { ask } from "../../outreach/static/js/store/engine/idb.js";
import { renumber } from "../../outreach/static/js/store/journal/renumber.js";
import { noteSync } from "../../outreach/static/js/store/records/sync_state.js";
import { register } from "../../outreach/static/js/sync/client.js";
import { tellLetGo } from "../../outreach/static/js/sync/let_go.js";

const FIRST = "01930000-0000-7000-8000-00000000aaaa";
const SECOND = "01930000-0000-7000-8000-00000000bbbb";

/** A phone that was two devices before, with twelve saves that it let go of. */
async function twice(change = {}) {
  const server = new FakeServer();
  const phone = await Phone.at(server);
  const safe = {
    before: 12,
    was: SECOND,
    let_go: [
      [FIRST, 1, 10],
      [SECOND, 1, 2],
      [SECOND, 5, 6, 1],
    ],
  };
  await put(phone, { ...safe, ...change });
  return { server, phone };
}

/** Change the head as it lies on the disk. */
async function put(phone, change) {
  const s = phone.store.state;
  await s.conn.run(["meta"], "readwrite", (tx) =>
    ask(tx.objectStore("meta").put({ ...s.head, ...change }, "head")),
  );
  await s.refresh();
}

const numbers = async (phone) => {
  const { recorded, received, pending, gone, lost } = await phone.store.counts();
  return [recorded, received, pending, gone, lost];
};

test("what the server lacks of devices before is gone, by the numbers of this phone", async () => {
  const { server, phone } = await twice();
  await phone.add("A");
  server.earlier = [
    {
      device: FIRST,
      missing: [
        [3, 4, 1],
        [9, 14],
      ],
    },
    {
      device: SECOND,
      missing: [
        [2, 2],
        [5, 9],
      ],
      back: [
        [1, 1],
        [2, 2, 1],
      ],
    },
  ];
  await phone.sync();
  // Of 13 it lacks 3, 4, 9, 10 and 12; 3 and 4 are settled. 11 and 15, 16 went when storage turned back.
  assert.deepEqual(await numbers(phone), [13, 8, 0, 5, 6]);
  const { gone, lost } = losses(phone.store.state);
  assert.deepEqual(gone, [
    [9, 10],
    [12, 12],
  ]);
  assert.deepEqual(
    [lost.ranges, lost.known, lost.seen],
    [
      [
        [15, 16],
        [11, 11],
      ],
      true,
      true,
    ],
  );
  assert.deepEqual(server.heard[0], [
    [FIRST, 1, 10],
    [SECOND, 1, 2],
    [SECOND, 5, 6],
  ]);
  await phone.reopen();
  assert.deepEqual(await numbers(phone), [13, 8, 0, 5, 6]);
});

test("once it is settled or has arrived it leaves the screen", async () => {
  const { server, phone } = await twice();
  server.earlier = [{ device: FIRST, missing: [[9, 10]] }];
  await phone.sync();
  assert.deepEqual(losses(phone.store.state).gone, [[9, 10]]);
  server.earlier = [{ device: FIRST, missing: [[9, 10, 1]] }];
  await phone.sync();
  assert.deepEqual(losses(phone.store.state).gone, []);
  assert.deepEqual(await numbers(phone), [12, 10, 0, 2, 0]);
  server.earlier = [];
  await register(phone.store, { fetch: server.fetch });
  assert.deepEqual(await numbers(phone), [12, 12, 0, 0, 0]);
});

test("each later life of the server hears it again, without a login", async () => {
  const { server, phone } = await twice();
  server.earlier = [];
  await phone.sync();
  assert.equal(server.heard.length, 1);
  await phone.sync();
  assert.equal(server.heard.length, 1);
  server.restore(server.backup());
  server.earlier = [{ device: FIRST, missing: [[9, 10]] }];
  phone.clock.pass(60);
  for (let more = true; more; ) ({ more } = await phone.step());
  assert.equal(server.heard.length, 2);
  assert.deepEqual(await numbers(phone), [12, 10, 0, 2, 2]);
});

test("a server of an earlier version tells nothing, and what is known stays", async () => {
  const { server, phone } = await twice();
  await phone.sync();
  assert.deepEqual(await numbers(phone), [12, 12, 0, 0, 0]);
  server.earlier = [{ device: SECOND, missing: [[1, 2]] }];
  await register(phone.store, { fetch: server.fetch });
  delete server.earlier;
  await register(phone.store, { fetch: server.fetch });
  assert.deepEqual(await numbers(phone), [12, 10, 0, 2, 2]);
});

test("however often it went on as another, all are told, as many at once as the server takes", async () => {
  const many = Array.from({ length: 45 }, (_, n) => [
    `01930000-0000-7000-8000-${String(n).padStart(12, "0")}`,
    1,
    1,
  ]);
  const { server, phone } = await twice({ before: 45, let_go: many });
  server.earlier = many.map(([device]) => ({ device, missing: [[1, 1]] }));
  await phone.sync();
  const sizes = server.heard.map((one) => one.length);
  assert.deepEqual(sizes, [20, 20, 5]);
  assert.deepEqual(await numbers(phone), [45, 0, 0, 45, 45]);
  await put(phone, { floor: { ...phone.store.state.head.floor, mid: 1 }, mid: 1 });
  await renumber(phone.store.state, phone.store.newId());
  assert.equal(phone.store.state.head.let_go.length, 46);
});

test("a request that fails is made again with the next step and leaves what is known", async () => {
  const { server, phone } = await twice();
  server.earlier = [{ device: FIRST, missing: [[9, 10]] }];
  await tellLetGo(phone.store.state, server.fetch);
  server.earlier = [];
  server.restore(server.backup());
  await noteSync(phone.store.state, { epoch: server.state.epoch });
  for (const fault of ["drop", 500]) {
    server.faults = [fault];
    await tellLetGo(phone.store.state, server.fetch);
    assert.deepEqual(await numbers(phone), [12, 10, 0, 2, 2]);
  }
  phone.clock.pass(60);
  for (let more = true; more; ) ({ more } = await phone.step());
  assert.deepEqual(await numbers(phone), [12, 12, 0, 0, 0]);
});

test("a phone that goes on as another keeps saying what was missing of the one before", async () => {
  const { phone } = await twice();
  const { floor } = phone.store.state.head;
  await put(phone, { mid: 9, floor: { ...floor, mid: 9 } });
  await noteSync(phone.store.state, {
    received: 9,
    missing: [
      [4, 5],
      [7, 7, 1],
    ],
  });
  const before = await numbers(phone);
  assert.deepEqual(before, [21, 18, 0, 3, 2]);
  assert.deepEqual(losses(phone.store.state).gone, [[16, 17]]);
  await renumber(phone.store.state, phone.store.newId());
  assert.deepEqual(await numbers(phone), before);
  assert.deepEqual(losses(phone.store.state).gone, [[16, 17]]);
});

test("numbers given out a second time stay named when the phone goes on as another", async () => {
  const { server, phone } = await twice();
  const { device } = phone.store.state.head;
  for (const name of ["A", "B", "C"]) await phone.add(name);
  await phone.sync();
  await put(phone, { lost: { device, mid: 3, missing: [[2, 3]] } });
  assert.deepEqual(losses(phone.store.state).lost.ranges, [[14, 15]]);
  await renumber(phone.store.state, phone.store.newId());
  assert.deepEqual(phone.store.state.head.let_go.at(-1), [device, 2, 3, 1]);
  server.earlier = [{ device, missing: [], back: [[2, 3]] }];
  await register(phone.store, { fetch: server.fetch });
  await phone.sync();
  assert.deepEqual(losses(phone.store.state).lost.ranges, [[14, 15]]);
  assert.deepEqual(await numbers(phone), [15, 15, 0, 0, 2]);
});
