/** What stands on the slip of a registration, and the shorter text that leaves the phone. */
import { jakartaDate } from "../../../domain/age.js";
import { formatDate } from "../../../domain/formats.js";
import { nikText } from "../../parts_of_screens/field_builders.js";
import { occupationName } from "../../parts_of_screens/people_rows.js";
import { savedView } from "../saved/view.js";

/** @typedef {import("../../request_types.js").Words} Words */
/** @typedef {import("../../../store/replica/view.js").View} View */
/**
 * @typedef {object} SlipContext
 * @property {string} today
 * @property {string} code
 * @property {Record<string, string>} texts
 * @property {{name: string, office: string}} person who hands the slip over
 * @property {string} letter
 * @property {import("../../context.js").Village} village
 * @property {import("../../context.js").Occupation[]} occupations
 */

/** States in which the words after saving are still true: recorded, and no member by it yet. */
const BEFORE_MEMBERSHIP = [
  "draf",
  "calon",
  "verifikasi_pekon",
  "terverifikasi",
  "diusulkan",
  "cadangan",
  "perbaikan_data",
  "dirujuk_pu",
  "sudah_peserta",
  "di_luar_usia",
];

/**
 * Whether there is something to hand over: somebody met the person, nobody took the consent back,
 * and membership has not begun.
 * @param {View} worker
 */
export const hasSlip = ({ status, data }) =>
  Boolean(data.captured_at) &&
  !data.consent_withdrawn?.pendaftaran &&
  BEFORE_MEMBERSHIP.includes(status);

/**
 * A name for a text that may pass through many hands: its first word and initials, "SITI A.".
 * @param {string} name
 */
export const shortName = (name) =>
  name
    .trim()
    .split(/\s+/)
    .map((word, i) => (i ? `${word[0]}.` : word))
    .join(" ");

/** The day on which the person was met; "" for a name that nobody has met. @param {View} worker @param {Words} w */
function metOn({ data }, w) {
  const at = Date.parse(data.captured_at ?? "");
  return at ? formatDate(jakartaDate(at), w.lang) : "";
}

/**
 * What the phone's share sheet gets: no NIK, address, telephone, income or heirs.
 * @param {View} worker @param {string[]} said @param {SlipContext} ctx @param {Words} w
 */
function shared(worker, said, ctx, w) {
  const name = shortName(worker.data.full_name ?? "");
  const first = [name, ctx.village.name, metOn(worker, w)].filter(Boolean).join(" · ");
  return [first, ...said].join("\n");
}

/** @param {View} worker @param {SlipContext} ctx @param {Words} w */
export function slipView(worker, ctx, w) {
  const { data } = worker;
  const { share, code, spelled } = savedView(worker, { ...ctx, canAdd: false }, w);
  const { slip_ask: ask, slip_withdraw: withdraw } = ctx.texts;
  const [intro, warning, ...rest] = share.split(/(?<=\.) /);
  const facts = [
    ["name", data.full_name || w.t("field.no_name")],
    ["nik", nikText(data.nik, w)],
    ["work", occupationName(ctx.occupations, data.occupation_code ?? "", w)],
    ["village", [ctx.village.name, ctx.village.place].filter(Boolean).join(", ")],
    ["date", metOn(worker, w)],
    ["officer", [ctx.person.name, ctx.person.office].filter(Boolean).join(", ")],
    ["letter", ctx.letter],
  ];
  return {
    id: worker.id,
    intro,
    warning: warning ?? "",
    rest: rest.join(" "),
    code,
    spelled,
    facts: facts
      .filter(([, value]) => value)
      .map(([name, value]) => ({ label: w.t(`field.slip.${name}`), value })),
    ask,
    withdraw,
    printed: w.t("field.slip.printed", { date: formatDate(ctx.today, w.lang) }),
    share: shared(worker, [share, ask], ctx, w),
  };
}
