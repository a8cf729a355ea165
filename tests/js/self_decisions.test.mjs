// The phone's answers to the vectors of who may decide on himself; tests/domain asks the server's code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  deciderOf,
  ownRecords,
  personOf,
  tie,
} from "../../outreach/static/js/domain/self_decisions.js";

const file = new URL("../shared/self_decisions.json", import.meta.url);

/** No phone that signs is told of heirs. */
const here = (tie) => (tie === "heir" ? null : tie);

test("a decider is tied to a person as on the server", () => {
  for (const [args, expected] of JSON.parse(readFileSync(file))) {
    const [names, phones, data, others] = args;
    const decider = deciderOf(names, phones);
    const known = [data, ...others].map(personOf);
    const found = tie(decider, known[0], ownRecords(decider, known));
    assert.equal(found, here(expected), JSON.stringify(args));
  }
});
