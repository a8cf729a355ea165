// Carried files go one by one in the order of their names, and a break is said, not hidden.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sendAll } from "../../outreach/static/js/ui/receive_files.js";

const part = () => ({
  textContent: "",
  hidden: true,
  kept: [],
  append(piece) {
    this.kept.push(piece);
  },
  replaceChildren() {
    this.kept = [];
  },
});

function desk() {
  const [said, list, results] = [part(), part(), part()];
  const form = {
    action: "/carried",
    dataset: { busy: "file {i} of {n}", done: "done", failed: "broke at {name}" },
    querySelector: () => said,
  };
  const body = {
    querySelector: (name) => (name === "[data-receive-files-list]" ? list : results),
  };
  const root = {
    body,
    createElement: () => ({
      set innerHTML(text) {
        this.content = text;
      },
    }),
  };
  return { root, form, said, list, results };
}

const file = (name) => new File(["x"], name);

test("each file is sent alone, in the order of names, and its result is shown", async () => {
  const { root, form, said, list, results } = desk();
  const sent = [];
  const send = async (url, { body, headers }) => {
    sent.push([url, body.get("files").name, headers["HX-Request"], said.textContent]);
    return new Response(`<li>${body.get("files").name}</li>`);
  };
  await sendAll(root, form, [file("b"), file("a")], send);
  assert.deepEqual(sent, [
    ["/carried", "a", "true", "file 1 of 2"],
    ["/carried", "b", "true", "file 2 of 2"],
  ]);
  assert.deepEqual(list.kept, ["<li>a</li>", "<li>b</li>"]);
  assert.equal(results.hidden, false);
  assert.equal(said.textContent, "done");
});

test("a refused or broken sending stops and names the file", async () => {
  for (const answer of [
    () => new Response("", { status: 413 }),
    () => Promise.reject(new Error()),
  ]) {
    const { root, form, said, list } = desk();
    let n = 0;
    const send = async () => (n++ ? answer() : new Response("<li>1</li>"));
    await sendAll(root, form, [file("a"), file("b"), file("c")], send);
    assert.equal(said.textContent, "broke at b");
    assert.equal(list.kept.length, 1);
    assert.equal(n, 2);
  }
});
