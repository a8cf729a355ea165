/** The server's signed receipt: read by the officer, scanned by a supervisor. */
import { mine } from "../../../store/journal/chain.js";
import { isSigned, readReceipt } from "../../../sync/receipt.js";
import { route } from "../../router.js";
import { qrPath } from "./qr.js";
import { receiptView } from "./view.js";
import { person, waits } from "../../context.js";

/** @param {import("../../../store/records/state.js").State} state @param {import("../../../sync/receipt.js").Receipt} said */
async function sameHash(state, said) {
  if (said.device !== state.head.device) return null;
  const own = await mine(state, said.last_mid);
  return own ? own.hash === said.last_hash : null;
}

route("GET", "/field/receipt", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const ledger = await q.store.ledger();
  const { state } = q.store;
  const token = state.sync.receipt ?? "";
  const said = readReceipt(token);
  const ctx = {
    said,
    token,
    signed: said ? await isSigned(token, state.keys) : null,
    same: said ? await sameHash(state, said) : null,
    qr: said ? qrPath(token) : null,
    ledger,
    photos: waits(ledger).photos,
    before: state.head.before,
    device: state.head.device,
    name: person(q).name,
  };
  return { view: "receipt", title: q.t("field.receipt"), ctx: receiptView(ctx, q.w) };
});
