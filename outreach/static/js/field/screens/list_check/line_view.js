/** One line of a list as its row shows it: who, what was said, what can be answered. */
import { stateOf } from "../../../domain/village_decisions.js";
import { label, who } from "../../parts_of_screens/field_builders.js";
import { occupationName } from "../../parts_of_screens/people_rows.js";
import { ANSWERS, answerWords, kindOf, lineName } from "./answers.js";
import { fileWords } from "./heard_words.js";
import { changedWords, earlierWords, joinedWords } from "./changed_words.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("./list_types.js").ListContent} ListContent */
/** @typedef {import("./list_types.js").ListDecision} ListDecision */
/** @typedef {import("./list_types.js").SignedLine} Line */
/** @typedef {import("./list_types.js").Resolution} Resolution */
/**
 * @typedef {object} LineContext
 * @property {string} today
 * @property {import("../../context.js").Occupation[]} occupations
 * @property {boolean} can the person who works here may decide
 */

const FLAGS = ["maybe_duplicate", "soon_65", "other_address"];
const GONE = ["merged", "moved", "withdrawn", "erased", "left"];
const NO = ["tidak_masuk", "meninggal", "pindah", "tidak_dikenal"];
const LATER = ["tunda", "tidak_tahu"];
/** The sign before an answer: no answer is told by colour alone. */
const SIGNS = { open: "", yes: "✓", no: "✗", later: "…" };

/** @param {Resolution} state */
const toneOf = ({ verdict }) =>
  !verdict ? "open" : NO.includes(verdict) ? "no" : LATER.includes(verdict) ? "later" : "yes";

/** What became of somebody who is no longer on the list. @param {Line} line @param {Line[]} lines @param {Words} w */
function goneWords({ gone, into }, lines, w) {
  if (!gone) return "";
  const twin = into && lines.find(({ worker, no }) => worker === into && no);
  if (gone === "merged" && twin)
    return w.t("field.lists.gone.merged_into", { whom: lineName(twin, w) });
  return w.t(`field.lists.gone.${GONE.includes(gone) ? gone : "left"}`);
}

/** From which sheet a decision was read, and how it was entered. @param {import("../../../domain/paper_entry.js").Paper} paper @param {Words} w */
function paperWords({ entries, same, n, page }, w) {
  const how = entries === 1 ? "_once" : same ? "_same" : "";
  const sheet = n && page ? ` (${w.t("field.lists.from_sheet", { n, page })})` : "";
  return w.t(`field.lists.from_paper${how}`) + sheet;
}

/** Who said what, where phones that did not hear each other said different things; of a sheet also which. @param {string[]} heads @param {ListContent} content @param {Words} w */
const sides = (heads, content, w) =>
  heads
    .flatMap((id) => content.decisions.get(id) ?? [])
    .filter(({ verdict }) => verdict !== "batal")
    .map((decision) => ({
      said: answerWords(decision, content, w),
      by: [
        decision.mine
          ? w.t("field.lists.by_you")
          : fileWords(decision, w) || decision.author_name || w.t("field.lists.by_other"),
        decision.paper ? paperWords(decision.paper, w) : "",
      ]
        .filter(Boolean)
        .join(", "),
    }));

/** How a decision was made, where that is to be said. @param {Resolution} state @param {ListContent} content @param {Words} w */
function howWords({ heads, together }, { decisions }, w) {
  const via = heads.map((id) => decisions.get(id)?.via).find((one) => one && one !== "own");
  const file = heads.map((id) => fileWords(decisions.get(id), w)).find(Boolean);
  const paper = heads.flatMap((id) => decisions.get(id)?.paper ?? [])[0];
  return [
    together ? w.t("field.lists.together_mark") : "",
    paper ? paperWords(paper, w) : "",
    file ?? "",
    via
      ? w.t(
          `field.lists.via.${["officer_phone", "desk", "link", "record"].includes(via) ? via : "desk"}`,
        )
      : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/**
 * A row. `seen` names the decisions that its reader sees: the next one replaces these.
 * @param {Line} line @param {ListContent} content @param {LineContext} ctx @param {Words} w
 */
export function lineView(line, content, ctx, w) {
  const state = stateOf(content.resolved, line.id);
  const kind = kindOf(content.list, line);
  const gone = goneWords(line, content.lines, w);
  const can = ctx.can && !gone;
  const tone = toneOf(state);
  const words = ANSWERS[kind];
  return {
    id: line.id,
    list: content.list.id,
    name: lineName(line, w),
    who: [
      who(
        { sex: line.sex ?? "", birth: line.birth_year ? String(line.birth_year) : "" },
        ctx.today,
        w,
      ),
      occupationName(ctx.occupations, line.occupation ?? "", w),
      content.list.purpose === "monthly" ? label("status", line.status, w) : "",
    ]
      .filter(Boolean)
      .join(" · "),
    nik: line.nik ?? "",
    flags: FLAGS.filter((flag) => line.flags?.includes(flag)).map((flag) =>
      w.t(`field.lists.flag.${flag}`),
    ),
    cls: `check ${gone ? "is-gone" : state.clash ? "is-clash" : `is-${tone}`}`,
    gone,
    clash: state.clash ? sides(state.heads, content, w) : [],
    changed: changedWords(line, content.list, ctx.occupations, w),
    joined: joinedWords(line, w),
    earlier: earlierWords(state, content, w),
    said: state.verdict
      ? `${SIGNS[tone]} ${answerWords({ ...state, verdict: state.verdict }, content, w)}`
      : "",
    how: howWords(state, content, w),
    seen: state.heads.join(" "),
    asks: can && !state.verdict ? 1 : 0,
    undoes: can && state.verdict ? 1 : 0,
    yes: words.yes,
    yes_words: w.t(`field.lists.do.${words.yes}`),
    no_words: w.t(`field.lists.no.${kind}`),
    later: words.later,
    later_words: w.t(`field.lists.do.${words.later}`),
  };
}

/** @typedef {ReturnType<typeof lineView>} LineView */
