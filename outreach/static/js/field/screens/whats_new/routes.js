/** What each version changed: read here, offline too, and told to the server as a save of its own. */
import { ownSaves, tableRows } from "../../../store/books/feature_rows.js";
import { knowTable } from "../../../store/replica/other_tables.js";
import { addLink } from "../../parts_of_screens/feature_links.js";
import { nameSaves } from "../../parts_of_screens/other_saves.js";
import { extra } from "../../language.js";
import { route } from "../../router.js";
import { newsLink, releasesView } from "./view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("./view.js").Release} Release */

const TABLE = "release_read";
knowTable(TABLE, "own");
nameSaves(TABLE, "whats_new.save");

/** The versions that came with this app, the newest first. */
const releases = () => /** @type {Release[]} */ (extra().features?.whats_new ?? []);

/** The versions that this person has read of, here or elsewhere. @param {Open} q */
async function readVersions({ store }) {
  const s = store.state;
  await s.refresh();
  const rows = await tableRows(s, `u:${store.userId}`, TABLE);
  const own = ownSaves(s, TABLE).map(({ m }) => m.set.version?.[1]);
  return new Set([...rows.map(({ data }) => data.version), ...own]);
}

addLink(async (q) => newsLink(releases(), await readVersions(q), q.w));

route("GET", "/field/whats-new", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const ctx = releasesView(releases(), await readVersions(/** @type {Open} */ (q)), q.w);
  return { view: "whats_new", title: q.t("whats_new.title"), ctx };
});

route("POST", "/field/whats-new", async (q) => {
  if (!q.store) return { redirect: "/field/" };
  const version = q.form.get("version") ?? "";
  const read = await readVersions(/** @type {Open} */ (q));
  if (releases().some((one) => one.version === version) && !read.has(version)) {
    const scope = `u:${q.store.userId}`;
    await q.store.save({ table: TABLE, id: q.store.newId(), scope, changes: { version } });
  }
  return { redirect: "/field/whats-new" };
});
