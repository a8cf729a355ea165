// The phone's answers to the vectors of minutes; tests/domain asks the server's code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { minutesFault } from "../../outreach/static/js/domain/list_signers.js";

const file = new URL("../shared/list_signers.json", import.meta.url);

test("minutes name what is missing, as on the server", () => {
  for (const [args, expected] of JSON.parse(readFileSync(file))) {
    assert.equal(minutesFault(...args), expected, JSON.stringify(args));
  }
});
