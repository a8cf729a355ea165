// The camera reads until it sees a receipt, and stops when it is closed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "../../outreach/static/js/ui/scan.js";

const seen = (...frames) => {
  let n = 0;
  return {
    detect: async () => {
      const frame = frames[Math.min(n++, frames.length - 1)];
      if (frame === null) throw new Error("not ready");
      return frame.map((rawValue) => ({ rawValue }));
    },
  };
};

test("other codes and frames that cannot be read are passed over", async () => {
  const camera = { srcObject: {} };
  const found = await look(seen(null, [], ["https://x"], ["9", "JKR1.a.b"]), camera);
  assert.equal(found, "JKR1.a.b");
});

test("a closed camera ends the search without a text", async () => {
  const camera = { srcObject: {} };
  setTimeout(() => {
    camera.srcObject = null;
  }, 5);
  assert.equal(await look(seen([]), camera), "");
});
