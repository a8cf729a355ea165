/** The exact list that is signed: its bytes, their hash, and the root over its lines. */
import { canonicalBytes, listDocument, merkleRoot } from "../../../domain/list_document.js";
import { sha256 } from "../../../store/engine/hash.js";

/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../../../domain/list_document.js").ListDocument} ListDocument */
/** @typedef {{document: ListDocument, bytes: Uint8Array<ArrayBuffer>, hash: string}} ExactList */

const reader = new TextDecoder();

/** What stands on the screen, in the one form that is signed. @param {ListContent} content @returns {Promise<ExactList>} */
export async function exactList({ list, lines, resolved }) {
  const { id, scope, purpose, fund = null, year, month = null, no } = list;
  const facts = { list: id, village: scope, purpose, fund, year, month, no: Number(no) };
  const document = listDocument(facts, lines, resolved);
  const bytes = canonicalBytes(document);
  return { document, bytes, hash: await sha256(bytes) };
}

/** @param {ListDocument} document */
export const rootOf = ({ items }) => merkleRoot(items, sha256);

/**
 * The list that a version signed, where it lies on this phone or still reads the same here.
 * @param {import("../../../store/store.js").Store} store @param {ListContent} content @param {string} hash
 * @returns {Promise<ListDocument | null>}
 */
export async function signedList(store, content, hash) {
  const kept = await store.blob(hash);
  if (kept) return JSON.parse(reader.decode(kept.bytes));
  const now = await exactList(content);
  return now.hash === hash ? now.document : null;
}
