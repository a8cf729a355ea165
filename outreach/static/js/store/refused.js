// Pictures that the server refused for good, or whose bytes are gone: each is taken again, and named
// until the worker has another in its place.
import { hashesIn, refusedBlobs } from "./blobs.js";
import { addToInbox, nameOf } from "./ledger.js";
import { viewOf } from "./view.js";

/** @typedef {import("./state.js").State} State */

/** The field that holds a picture now; undefined once another took its place. @param {Record<string, any>} data @param {string} sha */
const fieldOf = (data, sha) =>
  Object.keys(data).find((field) => hashesIn({ [field]: [null, data[field]] }).includes(sha));

/** What has to be taken again. Call after refresh(). @param {State} s */
export async function toTakeAgain(s) {
  const found = await Promise.all(
    (await refusedBlobs(s)).map(async ({ sha, row, mid, at, refused }) => {
      const view = row ? await viewOf(s, row) : null;
      const field = view && fieldOf(view.data, sha);
      if (!row || !field) return [];
      const data = { errors: { [field]: [{ code: refused }] } };
      return [{ kind: "photo", id: row, mid, at, name: nameOf(s, row), data }];
    }),
  );
  return found.flat();
}

addToInbox(toTakeAgain);
