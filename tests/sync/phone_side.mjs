// The phone's own code against the real server's formats: makes a carried file, checks a receipt.
// Reads one JSON object on stdin and answers one on stdout.
import { FakeServer } from "../js/support/fakeServer.mjs";
import { Phone } from "../js/support/phone.mjs";
import { fileOf, makeParcel } from "../../outreach/static/js/sync/carried_files.js";
import { isSigned } from "../../outreach/static/js/sync/receipt.js";
import { sealSome } from "../../outreach/static/js/store/access/seal_backlog.js";
import { keysOf } from "../../outreach/static/js/vault/session.js";

async function carry({ user, keys, names }) {
  const server = new FakeServer();
  server.pairs = keys;
  const phone = await Phone.at(server, user);
  for (const name of names) await phone.add(name);
  const { state } = phone.store;
  await state.refresh();
  while (await sealSome(state));
  const parcel = await makeParcel(state.conn, "p1", phone.clock.now());
  const file = await fileOf(state.conn, user, parcel, 0);
  const { public: point } = await keysOf(state);
  return { file, device: state.head.device, public: point, hash: state.head.hash };
}

let input = "";
for await (const part of process.stdin) input += part;
const asked = JSON.parse(input);
const told = {
  carried: asked.carry ? await carry(asked.carry) : null,
  signed: await Promise.all((asked.receipts ?? []).map((token) => isSigned(token, asked.keys))),
};
process.stdout.write(JSON.stringify(told), () => process.exit(0));
