// j and k never leave the list, and Enter is the link's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { step } from "../../outreach/static/js/ui/office_keys.js";

test("the first j stands on the first row, the first k on the last", () => {
  assert.equal(step("j", -1, 5), 0);
  assert.equal(step("k", -1, 5), 4);
});

test("keys stop at both ends and nowhere without rows", () => {
  assert.equal(step("j", 4, 5), 4);
  assert.equal(step("k", 0, 5), 0);
  assert.equal(step("j", 1, 5), 2);
  assert.equal(step("j", -1, 0), -1);
});
