/** View models of what the first save needs: Today, and the page after saving. */
import { nearing65 } from "../../domain/age.js";
import { formatDate, formatDay, formatNumber, formatTime } from "../../domain/formats.js";
import { afterSaving } from "../../domain/statuses.js";
import { missingForDoor } from "../../domain/rules.js";
import { draftName, fieldLabel, label, mark } from "./kit.js";

/** @param {any} ledger @param {any} w @param {number} [photos] that the server lacks */
export const numbers = (ledger, w, photos = 0) => ({
  recorded: formatNumber(ledger.recorded, w.lang),
  received: formatNumber(ledger.received, w.lang),
  pending: formatNumber(ledger.pending, w.lang),
  photos: photos ? w.t("field.ledger.photos", { n: photos }) : "",
});

/** Seconds of sending: 250 bytes a record and 90 kB a picture at a weak 15 kB/s. */
const estimate = (/** @type {any} */ waits) =>
  Math.ceil((waits.records * 0.25 + waits.kilobytes) / 15);

/** Nothing waits; that not everything arrived is never left out. @param {{done?: string, lost?: number}} ledger @param {any} w */
export const allSent = ({ done = "field.all_sent", lost }, w) => w.t(done, { n: lost });

/** What waits, with how long sending takes on a weak network. @param {any} waits @param {any} w */
export function waiting(waits, w) {
  if (!waits.records && !waits.kilobytes) return allSent(waits, w);
  const minutes = Math.max(1, Math.ceil(estimate(waits) / 60));
  return w.t("field.waits", { n: waits.records, photos: waits.photos, minutes });
}

/** @param {any[]} drafts @param {any} ctx @param {any} w */
function draftLines(drafts, ctx, w) {
  return drafts.map((d) => ({
    id: d.id,
    step: d.data.step || "nik",
    name: draftName(d.data, w),
    place: ctx.villageName(d.scope),
    when: w.t("field.draft_at", { at: formatTime(d.at, w.lang) }),
  }));
}

/** @param {any} ctx @param {any} w */
export function todayView(ctx, w) {
  const add = ctx.canAdd;
  return {
    date: formatDay(ctx.today, w.lang),
    notes: ctx.notes,
    links: ctx.links,
    first: ctx.first ? { title: w.t("field.first.title"), text: w.t("field.first.text") } : "",
    ledger_numbers: numbers(ctx.ledger, w, ctx.waits.photos),
    sync_words: waiting(ctx.waits, w),
    drafts: draftLines(ctx.drafts, ctx, w),
    villages: ctx.villages,
    villages_none: w.t(ctx.allVillages ? "field.village.search_first" : "field.village.none"),
    all_villages: ctx.allVillages ? 1 : 0,
    can_add: add ? 1 : 0,
    only_village: add && !ctx.allVillages && ctx.villages.length === 1 ? ctx.villages[0].code : "",
    install: 1,
  };
}

/** @param {any} worker @param {any} ctx @param {any} w */
export function savedView(worker, ctx, w) {
  const code = ctx.code;
  const missing = missingForDoor(worker.data, ctx.today);
  const name = afterSaving(worker.status, worker.data, ctx.today);
  const { after_saving: main, after_saving_tail: tail, [name]: own } = ctx.texts;
  // Before the second part has come: the two sentences that are true of everybody.
  const known = own && tail ? `${own} ${tail}` : main.split(/(?<=\.) /, 2).join(" ");
  const share = name === "after_saving" ? main : known;
  const [intro, warning, ...rest] = share.split(/(?<=\.) /);
  const turns = nearing65(worker.data.birth_date, ctx.today);
  return {
    id: worker.id,
    village: worker.scope,
    name: worker.data.full_name || w.t("field.no_name"),
    mark: mark(worker.state, w),
    status: label("status", worker.status, w),
    missing: missing.map((name) => fieldLabel(name, w)).join(", "),
    intro,
    warning: warning ?? "",
    rest: rest.join(" "),
    code: `${code.slice(0, 3)} ${code.slice(3, 5)} ${code.slice(5)}`,
    spelled: [...code].join(" "),
    share,
    soon: turns ? w.t("field.age.soon", { date: formatDate(turns, w.lang) }) : "",
    can_add: ctx.canAdd ? 1 : 0,
  };
}
