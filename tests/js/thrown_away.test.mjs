// The browser may throw away everything that lies on the phone while the worker runs.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.self = globalThis;
globalThis.navigator ??= {};
globalThis.location = new URL("https://jangkau.test/sw.js");

const { token, user } = await import("../../outreach/static/js/field/context.js");
const { phone, setCurrentUser } = await import("../../outreach/static/js/store/engine/meta.js");
const USER = "01930000-0000-7000-8000-00000000a001";

test("a worker whose storage was thrown away remembers neither person nor token", async () => {
  await setCurrentUser(USER);
  // Read once, so that both are in the worker's memory.
  const [who, before] = [await user(), await token()];
  assert.equal(who, USER);
  const db = await phone.open();
  db.close();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(db.name).onsuccess = resolve;
  });
  db.onclose();
  assert.equal(await user(), null);
  assert.notEqual(await token(), before);
});
