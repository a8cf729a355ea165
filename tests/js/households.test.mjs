// The phone's answers to the vectors of who lives in one house; tests/domain asks the server's code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { housemates } from "../../outreach/static/js/domain/households.js";

const file = new URL("../shared/households.json", import.meta.url);

test("a house is what officers said, as on the server", () => {
  for (const [[id, people], expected] of JSON.parse(readFileSync(file)))
    assert.deepEqual(housemates(id, new Map(Object.entries(people))), expected, id);
});
