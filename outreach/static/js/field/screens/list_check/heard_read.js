/**
 * What other phones said that came as a file: it lies beside what was pulled, and is never sent.
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

/**
 * What the files say, as rows: decisions, or names said to be missing.
 * @param {HeardFile[]} files @param {string} list @param {"decisions" | "names"} [what]
 */
export const heardRows = (files, list, what = "decisions") =>
  files.flatMap(({ user, name, at, [what]: rows = [] }) =>
    rows.map(({ id, ...data }) => ({
      id,
      data: { ...data, author: user, author_name: name, via: "own", file: at, list },
    })),
  );

/** Rows with those of before: of the same id, as they were. @template {{id: string}} T @param {T[]} [rows] @param {T[]} [before] */
const whole = (rows = [], before = []) => [
  ...new Map([...before, ...rows, ...before].map((one) => [one.id, one])).values(),
];

/**
 * Keep a file beside those that were heard before: what one phone said is never less than it was.
 * @param {Store} store @param {{id: string, scope: string}} list @param {HeardFile} file
 */
export async function keepHeard(store, { id, scope }, file) {
  const files = await heardFiles(store, id);
  const before = files.find(({ device }) => device === file.device);
  const at = before && before.at > file.at ? before.at : file.at;
  const decisions = whole(file.decisions, before?.decisions);
  const names = whole(file.names, before?.names);
  const kept = [...files.filter((one) => one !== before), { ...file, at, decisions, names }];
  const data = { form: { files: JSON.stringify(kept) } };
  await store.putDraft(heardId(id), { scope, data, blank: true });
}
