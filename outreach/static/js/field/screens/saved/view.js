/** The view model of the page after saving. */
import { nearing65 } from "../../../domain/age.js";
import { formatDate } from "../../../domain/formats.js";
import { afterSaving } from "../../../domain/statuses.js";
import { missingForDoor } from "../../../domain/rules.js";
import { label, mark } from "../../parts_of_screens/field_builders.js";

/** @typedef {import("../../request_types.js").Words} Words */

/**
 * What is missing, as the screens ask it; the second part knows their words.
 * @type {{ask: typeof import("../../parts_of_screens/missing_questions.js").missingQuestions}}
 */
export const lacks = { ask: () => [] };

/**
 * @param {import("../../../store/replica/view.js").View} worker
 * @param {{today: string, code: string, texts: Record<string, string>, canAdd: boolean}} ctx
 * @param {Words} w
 */
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
    missing: lacks
      .ask(missing, worker.data, w)
      .map(({ label: asked }) => asked)
      .join(" · "),
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
