/**
 * Decisions of other phones that came as a file: they lie beside what was pulled, and are never sent.
 * A pulled row of the same id takes their place.
 */

/** @typedef {import("../../../store/store.js").Store} Store */
/** @typedef {import("./list_types.js").HeardFile} HeardFile */

/** @param {string} list */
const heardId = (list) => `heard/${list}`;

/** What was heard of a list by files, by phone. @param {Store} store @param {string} list @returns {Promise<HeardFile[]>} */
export async function heardFiles(store, list) {
  const draft = await store.draft(heardId(list));
  return JSON.parse(draft?.data.form.files ?? "[]");
}

/** @param {HeardFile} file */
const rowsIn = ({ user, name, at, decisions }) =>
  decisions.map(({ id, ...data }) => ({
    id,
    data: { ...data, author: user, author_name: name, via: "own", file: at },
  }));

/** What the files say, as rows. @param {HeardFile[]} files @param {string} list */
export const heardRows = (files, list) =>
  files.flatMap(rowsIn).map(({ id, data }) => ({ id, data: { ...data, list } }));

/**
 * Keep a file beside those that were heard before: what one phone said is never less than it was.
 * @param {Store} store @param {{id: string, scope: string}} list @param {HeardFile} file
 */
export async function keepHeard(store, { id, scope }, file) {
  const files = await heardFiles(store, id);
  const before = files.find(({ device }) => device === file.device);
  const known = new Set(before?.decisions.map((one) => one.id));
  const news = file.decisions.filter((one) => !known.has(one.id));
  const at = before && before.at > file.at ? before.at : file.at;
  const whole = { ...file, at, decisions: [...(before?.decisions ?? []), ...news] };
  const kept = [...files.filter((one) => one !== before), whole];
  const data = { form: { files: JSON.stringify(kept) } };
  await store.putDraft(heardId(id), { scope, data, blank: true });
}
