/** A signed version: how it stands, its print, the stamped sheet, and an office holder's own word. */
import { route } from "../../router.js";
import { village } from "../../context.js";
import { fieldKit } from "../../parts_of_screens/field_builders.js";
import { inkPath } from "../worker/record_view.js";
import { follow } from "../list_check/decide.js";
import { withList } from "../list_check/list_context.js";
import { MINUTES } from "../list_check/versions_read.js";
import { signedList } from "./exact_list.js";
import { inksId } from "./minutes_form.js";
import { paperView, SIZES } from "./paper_view.js";
import { mayAdd, mayConfirm, PHOTOS, signedView } from "./signed_view.js";

/** @typedef {import("../../request_types.js").Open} Open */
/** @typedef {import("../../request_types.js").Made} Made */
/** @typedef {import("../list_check/list_types.js").ListContent} ListContent */
/** @typedef {import("../list_check/list_types.js").SignedVersion} SignedVersion */
/** @typedef {import("../list_check/list_context.js").ListScreen} ListScreen */
/** @typedef {ListScreen & {user: string, role: string}} Ctx */

const AT = "/field/list/{id}/signed/{version}";
const reader = new TextDecoder();

/** @param {ListContent} content @param {SignedVersion} version @param {string} [rest] */
const at = ({ list }, { id }, rest = "") => `/field/list/${list.id}/signed/${id}${rest}`;

/**
 * A handler that has the version of its address; the list where it has none of this id.
 * @param {(q: Open, version: SignedVersion, content: ListContent, ctx: Ctx) => Made | Promise<Made>} handler
 */
const withVersion = (handler) =>
  withList((q, content, ctx) => {
    const version = content.versions.find(({ id }) => id === q.params.version);
    if (!version) return { redirect: `/field/list/${content.list.id}` };
    const role = q.profile.role ?? "";
    return handler(q, version, content, { ...ctx, user: q.store.userId, role });
  });

route(
  "GET",
  AT,
  withVersion(async (q, version, content, ctx) => {
    const printable = Boolean(await signedList(q.store, content, version.hash));
    return {
      view: "list_signed",
      title: q.t("field.minutes.signed"),
      ctx: signedView(version, content, printable, ctx, q.w),
    };
  }),
);

/** Something added to a version that was signed. @param {Open} q @param {SignedVersion} version @param {ListContent} content @param {Record<string, [unknown, unknown]>} set @param {string} [draftId] */
async function add(q, version, { list }, set, draftId) {
  await q.store.save({ table: MINUTES, id: version.id, scope: list.scope, set, draftId });
  await follow(q.store);
}

route(
  "POST",
  `${AT}/confirm`,
  withVersion(async (q, version, content, ctx) => {
    if (mayConfirm(version, content, ctx))
      await add(q, version, content, { confirmed: [false, true] });
    return { redirect: at(content, version) };
  }),
);

/** @typedef {typeof PHOTOS[number]} Photo */

/** @param {SignedVersion} version @param {Photo} what */
const draftOf = ({ id }, what) => `${what}/${id}`;

/** @param {Open} q @param {SignedVersion} version @param {Photo} what @param {ListContent} content @param {Record<string, string>} form @param {string} [code] */
function photoScreen(q, version, what, content, form, code) {
  const kit = fieldKit(form, code ? { [what]: [{ code }] } : undefined, q.w);
  const photo = kit.photo(what, {
    key: `field.minutes.ask.${what}`,
    hintKey: "field.minutes.hint.photo",
    button: "field.photo.evidence",
  });
  return {
    view: "list_photo",
    title: q.t("field.minutes.signed"),
    status: code ? 422 : 200,
    at: at(content, version, `/${what}`),
    ctx: {
      list: content.list.id,
      version: version.id,
      what,
      title: q.t(`field.minutes.photo.${what}`),
      draft: draftOf(version, what),
      user: q.store.userId,
      fields: [{ ...photo, sheet: 1 }],
    },
  };
}

/** A handler of a photo that may be added. @param {Photo} what @param {(q: Open, version: SignedVersion, content: ListContent) => Made | Promise<Made>} handler */
const whoAdds = (what, handler) =>
  withVersion((q, version, content, ctx) =>
    mayAdd(version, what, ctx) ? handler(q, version, content) : { redirect: at(content, version) },
  );

for (const what of PHOTOS) {
  route(
    "GET",
    `${AT}/${what}`,
    whoAdds(what, async (q, version, content) => {
      const id = draftOf(version, what);
      const form = (await q.store.draft(id))?.data.form ?? {};
      const { scope } = content.list;
      await q.store.putDraft(id, { scope, data: { form }, blank: !form[what] });
      return photoScreen(q, version, what, content, form);
    }),
  );
  route(
    "POST",
    `${AT}/${what}`,
    whoAdds(what, async (q, version, content) => {
      const sha = q.form.get(what) ?? "";
      const here = sha && (await q.store.blob(sha));
      if (!here) return photoScreen(q, version, what, content, {}, "field.minutes.error.photo");
      await add(q, version, content, { [what]: ["", sha] }, draftOf(version, what));
      return { redirect: at(content, version) };
    }),
  );
}

/** What was drawn on this phone, by role. @param {Open} q @param {SignedVersion} version */
async function inksOf(q, { id }) {
  /** @type {Map<string, ReturnType<typeof inkPath>>} */
  const inks = new Map();
  const kept = await q.store.draft(inksId(id));
  for (const [role, sha] of Object.entries(kept?.data.form ?? {})) {
    const blob = await q.store.blob(sha);
    if (blob) inks.set(role, inkPath(JSON.parse(reader.decode(blob.bytes))));
  }
  return inks;
}

for (const what of ["paper", "copy"])
  route(
    "GET",
    `${AT}/${what}`,
    withVersion(async (q, version, content, ctx) => {
      const document = await signedList(q.store, content, version.hash);
      if (!document) return { redirect: at(content, version) };
      const size = SIZES.find((one) => one === q.query.get("s")) ?? SIZES[0];
      const { place: above, name: place } = village(content.list.scope);
      const paper = { place, above, kind: ctx.kind, size, copy: what === "copy" };
      return {
        view: "list_paper",
        title: q.t("field.minutes.signed"),
        ctx: paperView(version, document, content, await inksOf(q, version), paper, q.w),
      };
    }),
  );
