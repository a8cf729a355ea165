// A sheet of the office prints itself once, when it is first opened.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wakePrint } from "../../outreach/static/js/ui/office_print.js";

/** How often a page that was come to like this prints by itself. */
function prints(came, marked = true) {
  let count = 0;
  const page = { addEventListener: () => {}, querySelector: () => (marked ? {} : null) };
  wakePrint(
    page,
    () => count++,
    () => came,
  );
  return count;
}

test("a sheet prints itself when it is opened, not at Back or reload", () => {
  assert.equal(prints("navigate"), 1);
  assert.equal(prints("reload"), 0);
  assert.equal(prints("back_forward"), 0);
  assert.equal(prints("navigate", false), 0);
});
