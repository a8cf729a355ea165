// The phone's answers to the vectors of the village's list; tests/domain asks the server's code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as decisions from "../../outreach/static/js/domain/village_decisions.js";
import * as lists from "../../outreach/static/js/domain/list_document.js";
import { sha256 } from "../../outreach/static/js/store/engine/hash.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../shared/${name}`, import.meta.url)));
const { resolve } = decisions;

const functions = {
  resolve,
  counts: (lines, all) => decisions.counts(lines, resolve(all)),
  blocking_lines: (lines, all) =>
    decisions.blockingLines(lines, resolve(all)).map((line) => line.no),
  together_lines: (lines, all, ...rt) => decisions.togetherLines(lines, resolve(all), ...rt),
  over_for: (all, lines) => decisions.overFor(resolve(all), lines),
  decision_fault: decisions.decisionFault,
  missing_name_faults: decisions.missingNameFaults,
  twin_of: (text, own, numbers) =>
    decisions.twinOf(
      text,
      own,
      Object.entries(numbers).map(([id, no]) => ({ id, no })),
    ),
};

for (const [name, rows] of Object.entries(read("village_decisions.json"))) {
  test(`the phone answers ${name} as the vectors say`, () => {
    for (const [args, expected] of rows) {
      assert.deepEqual(functions[name](...args), expected, JSON.stringify(args));
    }
  });
}

const vectors = read("list_document.json");
const numbers = (n) =>
  Array.from({ length: n }, (_, i) => ({ no: i + 1, salt: i.toString(16).padStart(32, "0") }));

test("the phone makes the document, its hash and its root", async () => {
  for (const [[facts, lines, all], expected] of vectors.document) {
    const whole = lists.listDocument(facts, lines, resolve(all));
    assert.equal(lists.canonical(whole), expected.text);
    assert.equal(await lists.documentHash(whole, sha256), expected.hash);
    assert.equal(await lists.merkleRoot(whole.items, sha256), expected.root);
  }
});

test("the phone finds the path of each item, and checks it", async () => {
  for (const [[n, index], { root, path }] of vectors.proof) {
    const items = numbers(n);
    assert.deepEqual(await lists.proof(items, index, sha256), path);
    assert.equal(await lists.checkProof(items[index], index, n, path, root, sha256), true);
    const other = { ...items[index], salt: "0" };
    assert.equal(await lists.checkProof(other, index, n, path, root, sha256), false);
  }
});

test("a hash is sixteen blocks", () => {
  for (const [[digest], expected] of vectors.blocks) {
    assert.deepEqual(lists.blocks(digest), expected);
  }
});
