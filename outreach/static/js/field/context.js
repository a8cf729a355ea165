/**
 * The context of every screen's handler: who works here, reference data of the
 * phone or of the build, villages, and the words. Reference rows that were pulled win over the
 * ones that came with the build.
 */
import { jakartaDate } from "../domain/age.js";
import { formatDate, formatMoney } from "../domain/formats.js";
import { bandsOf } from "../domain/tariffs.js";
import * as built from "../gen/reference.js";
import { onLoss } from "../store/engine/idb.js";
import { scopeRows } from "../store/books/save_counts.js";
import { rightTime } from "../store/engine/clock.js";
import * as meta from "../store/engine/meta.js";
import { openUser } from "../store/store.js";
import { tokenOf } from "../store/engine/token.js";
import { extra, language } from "./language.js";

/** @typedef {import("./request_types.js").Q} Q */
/** @typedef {import("./request_types.js").Lang} Lang */
/** @typedef {import("./request_types.js").Profile} Profile */
/** @typedef {import("../store/books/save_counts.js").Counts} Counts */
/** @typedef {import("../store/books/save_counts.js").LedgerItem} LedgerItem */

const ADDERS = ["officer", "mpp", "supervisor"];
const WHOLE = ["mpp", "supervisor"];

/**
 * The context of a request: {lang, t, store, profile, meta, now, frame}. Without a user there is no store
 * and the screens say how to log in; ``now`` is the server's time where the clock is known as wrong.
 */
export async function context() {
  known ??= look();
  const { user, chosen, profile } = await known.catch((error) => {
    forget();
    throw error;
  });
  if (profile.locked) forget();
  const { lang, t } = await language(chosen);
  const store = user ? await openUser(user) : null;
  const now = new Date(rightTime(store?.state.sync, Date.now()));
  const frame = { desk: servesAll({ profile }) };
  return { lang, t, store, profile, meta: changing, w: { t, lang }, now, frame };
}

/** @type {Promise<{user: string | null, chosen: Lang, profile: Profile}> | null} */
let known = null;
/** @type {ReturnType<typeof lookAround> | null} */
let turn = null;

/** Whose turn it is, in which language, and their token: only this worker changes it. */
async function lookAround() {
  const [user, chosen] = await Promise.all([meta.currentUser(), meta.language()]);
  return { user, chosen, token: await tokenOf(user) };
}

/** Like lookAround(), read once. */
function whose() {
  turn ??= lookAround().catch((error) => {
    forget();
    throw error;
  });
  return turn;
}

/** The token that a form has to carry now. */
export const token = async () => (await whose()).token;
/** Who works here; null for nobody. */
export const user = async () => (await whose()).user;

/** Who works here, as far as it is known to an open phone; read once. */
async function look() {
  const { user, chosen } = await whose();
  const profile = user ? await (await openUser(user)).profile().catch(shut) : {};
  return { user, chosen, profile };
}

/** While the phone is locked nobody knows who works here; asked again at the next request. @param {{code?: string}} error @returns {Profile} */
function shut(error) {
  if (error.code !== "locked") throw error;
  return { locked: true };
}

/** Read the person, the language and the profile again at the next request. */
export function forget() {
  known = null;
  turn = null;
}
onLoss(forget);

/** The phone's own store, whose changes of person and language are seen at once. */
const changing = {
  ...meta,
  /** @param {string | null} user */
  setCurrentUser: (user) => meta.setCurrentUser(user).finally(forget),
  /** @param {"id" | "en"} lang */
  setLanguage: (lang) => meta.setLanguage(lang).finally(forget),
};

/** @type {{key: string, refs: Refs} | null} */
let held = null;

/**
 * Occupations, bands, texts, settings and benefits, the phone's own where it has them.
 * @param {{store: import("./request_types.js").Store | null, lang: Lang}} q
 */
export async function references(q) {
  const state = q.store?.state;
  const base = state?.base.ref;
  const more = extra();
  const about = `${q.store?.userId} ${base?.gen} ${base?.list} ${base?.full}`;
  const key = `${q.lang} ${Boolean(more.english)} ${about}`;
  if (held?.key === key) return held.refs;
  const rows = base ? await scopeRows(state, "ref") : [];
  const refs = merged(new Map(rows.map(({ data }) => [data.id, data.data])), q.lang, more);
  held = { key, refs };
  return refs;
}

/**
 * @typedef {object} Occupation
 * @property {string} code
 * @property {string} id
 * @property {string} en
 * @property {string} local what people here call it
 * @property {string} words that find it
 */
/** @typedef {import("./language.js").English} English */
/** @typedef {{id?: string, en?: string, value?: number}} Setting */
/** @typedef {{programme: string, benefit: string, amount: number}} Benefit */
/**
 * @typedef {object} Refs
 * @property {Occupation[]} occupations
 * @property {import("../domain/tariffs.js").Band[]} bands
 * @property {Record<string, {text: string, version: string}>} texts
 * @property {Record<string, Setting>} settings
 * @property {Benefit[]} benefits
 */
/** @typedef {{id: string, en: string, terms?: string}} OwnOccupation */
/** @typedef {{from: number, base: number, jkk: number, jkm: number, jht: number}} OwnTariff */
/** @typedef {{name?: string, version: string, id: string, en?: string}} Text */

/**
 * @param {Map<string, Record<string, unknown>>} rows pulled, by id @param {Lang} lang
 * @param {Partial<import("./language.js").MoreReference>} more what the second set brought
 * @returns {Refs}
 */
function merged(
  rows,
  lang,
  {
    texts: told = {},
    benefits: sums = [],
    occupations: rare = [],
    words = {},
    english = /** @type {Partial<English>} */ ({}),
  },
) {
  const listed = [...built.occupations.slice(0, -1), ...rare, ...built.occupations.slice(-1)];
  const occupations = listed.map((row) => {
    const [code, id, local] = row;
    const o = {
      code,
      id,
      en: english.occupations?.[code] ?? id,
      local,
      words: words[code] ?? local,
    };
    const own = /** @type {OwnOccupation | undefined} */ (rows.get(code));
    return own ? { ...o, ...own, code: o.code, local: own.terms ?? o.local } : o;
  });
  const bands = bandsOf(
    built.bands.map((b) => {
      const own = /** @type {OwnTariff | undefined} */ (
        rows.get(`bpu-${String(b.band).padStart(2, "0")}`)
      );
      if (!own) return b;
      return {
        band: b.band,
        income_from: own.from,
        base_income: own.base,
        jkk_month: own.jkk,
        jkm_month: own.jkm,
        jht_month: own.jht,
      };
    }),
  );
  const texts = Object.entries(
    /** @type {Record<string, Text>} */ ({ ...built.texts, ...told }),
  ).map(([name, first]) => {
    const text = { ...first, en: english.texts?.[name] };
    const own = /** @type {Text[]} */ ([...rows.values()]).filter(
      (row) => row?.name === name && row.version >= text.version,
    );
    const newest = own.sort((a, b) => (a.version < b.version ? 1 : -1))[0] ?? text;
    return [name, { text: newest[lang] ?? newest.id, version: newest.version }];
  });
  /** @type {Record<string, Setting>} */
  const settings = {
    ...Object.fromEntries(
      Object.entries(built.settings).map(([name, value]) => [
        name,
        { ...value, en: english.settings?.[name] },
      ]),
    ),
    ...Object.fromEntries(
      Object.keys(built.settings)
        .filter((k) => rows.has(k))
        .map((k) => [k, /** @type {Setting} */ (rows.get(k))]),
    ),
  };
  const benefits = sums.map((b) => ({
    programme: /** @type {string} */ (b[0]),
    benefit: /** @type {string} */ (b[1]),
    amount: /** @type {number} */ (b[2]),
  }));
  return { occupations, bands, texts: Object.fromEntries(texts), settings, benefits };
}

/** @typedef {{code: string, name: string, kind: string}} Region */
/** @typedef {Region & {place: string}} Village */
/** @type {Map<string, Region>} */
const regions = new Map();
for (const [district, name, villages] of /** @type {[string, string, string[]][]} */ (
  built.districts
)) {
  regions.set(district, { code: district, name, kind: "kecamatan" });
  for (let i = 0; i < villages.length; i += 2) {
    const kind = villages[i][0] === "1" ? "kelurahan" : "pekon";
    const code = `${district}.${villages[i]}`;
    regions.set(code, { code, name: villages[i + 1], kind });
  }
}

/** A village with its kecamatan's name; the code itself for one nobody knows. @param {string} code @returns {Village} */
export function village(code) {
  const found = regions.get(code) ?? { code, name: code, kind: "pekon" };
  const above = regions.get(code.slice(0, 8));
  return { ...found, place: above ? `Kec. ${above.name}` : "" };
}

/** Every village of the regency. */
export const everyVillage = () =>
  [...regions.keys()].filter((code) => code.length > 8).map(village);

/** Villages whose name or kecamatan holds the words typed. @param {string} query */
export function findVillages(query) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  return everyVillage()
    .filter((v) => wanted.every((word) => `${v.name} ${v.place}`.toLowerCase().includes(word)))
    .slice(0, 20);
}

/** Who works here. @param {Pick<Q, "profile">} q */
export const person = (q) => ({
  name: q.profile.user?.name ?? "",
  office: q.profile.user?.office?.name ?? "",
  role: q.profile.role ?? "officer",
});

/** True when this person may register somebody. @param {Pick<Q, "profile">} q */
export const canAdd = (q) => ADDERS.includes(q.profile.role ?? "officer");
/** True for those who serve the whole regency. @param {Pick<Q, "profile">} q */
export const servesAll = (q) => WHOLE.includes(/** @type {string} */ (q.profile.role));
/** The villages assigned to this person. @param {Pick<Q, "profile">} q @returns {string[]} */
export const ownVillages = (q) =>
  (q.profile.scopes ?? []).filter((s) => /^\d\d\.\d\d\.\d\d\.\d{4}$/.test(s));

/** The letter of assignment for a village, or any of this person's. @param {Pick<Q, "profile">} q @param {string} [code] */
export function letter(q, code = "") {
  const letters = q.profile.user?.letters ?? {};
  return letters[code] ?? Object.values(letters)[0] ?? "";
}

/** Today in the regency. @param {Pick<Q, "now">} q */
export const today = (q) => jakartaDate(q.now.getTime());

/** How dates and money read. @param {Pick<Q, "lang">} q */
export const formats = (q) => ({
  date: (/** @type {string} */ iso) => formatDate(iso, q.lang),
  money: (/** @type {number} */ n) => formatMoney(n, q.lang),
});

/**
 * The texts of a village's screens with names filled in. @param {Q} q @param {Refs} refs
 * @param {string} code @param {Record<string, string>} [more]
 */
export function spoken(q, refs, code, more = {}) {
  const place = village(code);
  const who = person(q);
  const kw = {
    officer: who.name,
    office: who.office,
    village: `${place.kind === "kelurahan" ? "kelurahan" : "pekon"} ${place.name}`,
    retention: refs.settings.retention?.[q.lang] ?? "",
    contact: refs.settings.contact?.[q.lang] ?? "",
    letter: letter(q, code) || "–",
    ...more,
  };
  return Object.fromEntries(
    Object.entries(refs.texts).map(([name, { text }]) => [
      name,
      Object.entries(kw).reduce(
        (said, [key, value]) => said.replaceAll(`{${key}}`, () => String(value)),
        text,
      ),
    ]),
  );
}

/**
 * The unsent saves, in records and kilobytes.
 * @template {Counts & {items?: LedgerItem[]}} L
 * @param {L} ledger
 */
export const waits = (ledger) => {
  const photos = (ledger.items ?? []).reduce(
    (/** @type {number} */ n, /** @type {LedgerItem} */ i) => n + (i.missing ?? 0),
    0,
  );
  return { ...ledger, records: ledger.pending, photos, kilobytes: photos * 90 };
};
