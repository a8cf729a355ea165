/**
 * "Titip kirim": files of sealed saves for somebody else to carry. They are made from what lies
 * sealed, so they can be made of a database that no screen can open.
 */
import { rawDatabase } from "../../../store/set_aside_database.js";
import { putAside } from "../../../store/engine/db.js";
import { newId } from "../../../store/engine/ids.js";
import * as meta from "../../../store/engine/meta.js";
import { fileOf, makeParcel, parcelsOf, waitingToBeCarried } from "../../../sync/carried_files.js";
import { sealSome } from "../../../store/access/seal_backlog.js";
import { strictHeaders } from "../../headers.js";
import { route } from "../../router.js";
import { carryView } from "./view.js";

/** @typedef {import("../../request_types.js").Q} Q */
/** @typedef {import("../../request_types.js").Made} Made */

/**
 * @typedef {object} Source a database to carry from
 * @property {string} user
 * @property {number} n
 * @property {import("../../../store/records/record_types.js").Connection} conn
 * @property {import("../../request_types.js").Store | null} store
 * @property {boolean} aside
 */
/** @typedef {Pick<Q, "t" | "lang" | "now" | "form" | "query" | "params"> & Partial<Pick<Q, "profile" | "store">>} Asking also where no store could be opened */

/**
 * The answer of `work`, given the database that is asked for: the present one, or one put aside.
 * @param {Asking} q @param {string | null} asked @param {(from: Source) => Promise<Exclude<Made, null>>} work
 */
async function withSource(q, asked, work) {
  const user = await meta.currentUser();
  if (!user) return { redirect: "/field/" };
  const present = (await putAside())[user] ?? 0;
  const n = /^\d+$/.test(asked ?? "") ? Number(asked) : present;
  const conn = rawDatabase(user, n);
  try {
    return await work({
      user,
      n,
      conn,
      store: n === present ? /** @type {Source["store"]} */ (q.store) : null,
      aside: n !== present,
    });
  } finally {
    await conn.close();
  }
}

/** What is still unsealed is sealed first, where it can be read. @param {import("../../request_types.js").Store | null} store */
async function sealAll(store) {
  if (store) while (await sealSome(store.state));
}

/** @param {Asking} q @param {Source} from */
async function show(q, { user, n, conn, aside }) {
  const [waits, parcels] = [await waitingToBeCarried(conn), await parcelsOf(conn)];
  const name = q.profile?.user?.username ?? user;
  const ctx = carryView({ waits, parcels, name, n: String(n), aside }, { t: q.t, lang: q.lang });
  return { view: "carry", title: q.t("field.carry"), ctx };
}

/** @param {Asking} q */
export const carryPage = (q) => withSource(q, q.query.get("n"), (from) => show(q, from));

/** @param {Asking} q */
export const carryMake = (q) =>
  withSource(q, q.form.get("n"), async (from) => {
    await sealAll(from.store).catch(() => {});
    await makeParcel(from.conn, newId(q.now), q.now);
    return { redirect: `/field/carry?n=${from.n}` };
  });

/** @param {Asking} q */
export const carryFile = (q) =>
  withSource(q, q.params.n, async ({ user, conn }) => {
    const parcels = await parcelsOf(conn);
    const parcel = parcels.find(({ id }) => id === q.params.id);
    const i = Number(q.params.i);
    if (!parcel?.parts[i]) return new Response(null, { status: 404, headers: strictHeaders() });
    const headers = strictHeaders({ "Content-Type": "application/octet-stream" });
    return new Response(await fileOf(conn, user, parcel, i), { headers });
  });

route("GET", "/field/carry", carryPage);
route("POST", "/field/carry", carryMake);
route("GET", "/field/carry/{n}/{id}/{i}", carryFile);
