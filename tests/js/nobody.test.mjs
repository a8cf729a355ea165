// A phone on which nobody works: a form that comes all the same, as from a tab left open, ends on a
// page that says how to log in, and never on the one of a failure.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.self = globalThis;
globalThis.navigator ??= {};
globalThis.caches = { has: async () => false };
const page = "https://jangkau.test";
globalThis.location = new URL(`${page}/sw.js`);

const { provide, unsafeRoutes, answer } = await import("../../outreach/static/js/field/router.js");
await import("../../outreach/static/js/field/second_part.js");
await import("../../outreach/static/js/field/first_part.js");
const { context, token } = await import("../../outreach/static/js/field/context.js");
provide(context, token);

const PARTS = { draft: "d", step: "nik", id: "w", purpose: "pendaftaran", code: "18.04.04.2002" };

for (const address of unsafeRoutes()) {
  test(`${address} does not fail where nobody works`, async () => {
    const [method, pattern] = address.split(" ");
    const path = pattern.replace(/\{(\w+)\}/g, (_, name) => PARTS[name]);
    const headers = { "Jangkau-Token": await token() };
    const body = new URLSearchParams({ date: "1-12-2026", village: PARTS.code, q: "siti" });
    const { status } = await answer(new Request(page + path, { method, headers, body }));
    assert.ok(status < 500, `${status}`);
  });
}
