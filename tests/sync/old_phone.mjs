// What a phone of an earlier version has in its journal, read with today's code.
// Reads {name} on stdin and answers the texts that travel, in order, and the chain's end.
import { readFileSync } from "node:fs";
import "../js/support/phone.mjs";
import { lay } from "../js/support/databases.mjs";

const { createStore } = await import("../../outreach/static/js/store/store.js");
const { openAll } = await import("../../outreach/static/js/store/records/state.js");
const { ask } = await import("../../outreach/static/js/store/engine/idb.js");

let input = "";
for await (const part of process.stdin) input += part;
const { name } = JSON.parse(input);
const at = new URL(`../fixtures/versions/${name}/phone.json`, import.meta.url);
const kept = JSON.parse(readFileSync(at));
await lay(kept.databases);
const { state } = await createStore(kept.user, { clock: () => new Date(kept.now) });
await state.refresh();
const records = await state.conn.run(["journal"], "readonly", (tx) =>
  ask(tx.objectStore("journal").getAll()),
);
const entries = await openAll(state, records);
const [id] = Object.keys(kept.people);
const told = {
  device: state.head.device,
  hash: state.head.hash,
  texts: entries.map(({ json }) => json),
  pulled: { id, full_name: "HERI UJI" },
};
process.stdout.write(JSON.stringify(told), () => process.exit(0));
