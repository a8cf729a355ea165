/** "Siap berangkat?": what three days without signal need, each with what mends it, one verdict. */
import { formatNumber } from "../../../domain/formats.js";
import { durationWords } from "../../parts_of_screens/duration.js";

/** @typedef {import("../../request_types.js").Words} Words */

const DAYS = 3;
const HOUR = 3600000;
/** Room for three days of thirty people with two pictures each, and some to spare. */
export const ROOM_NEEDED = 40 * 1048576;
const CLS = { ok: "mark mark-arrived", warn: "mark mark-fix", stop: "mark mark-fix" };

/**
 * @typedef {object} Facts
 * @property {{name: string, listed: boolean, whole: boolean, rows: number}[]} villages
 * @property {boolean} whole_regency this person carries no village
 * @property {number | null} age milliseconds since the lists were last brought up to date
 * @property {string} ask whom to ask for an assignment
 * @property {import("../../../store/engine/free_space.js").FreeSpace} room
 * @property {boolean | null} pin null where there is none to set
 * @property {number} clock milliseconds that the clock is ahead
 * @property {number} unsent
 * @property {number} stuck of these, how many are older than the server's last answer
 * @property {number} photos
 * @property {number | null} lease days left
 * @property {boolean} complete all of the app is on the phone
 * @property {boolean} update a newer version waits
 * @property {string} version
 */
/** @typedef {{level: "ok" | "warn" | "stop", key: string, args?: Record<string, unknown>, fix?: string, first?: string}} Check */

/** @param {Facts} f @returns {Check[]} */
function lists({ villages, whole_regency: all, ask, age }) {
  if (all) return [];
  if (!villages.length)
    return [{ level: "stop", key: "no_village", args: { ask }, fix: "send", first: "village" }];
  /** @type {Check[]} */
  const each = villages.map(({ name, listed, whole, rows }) => {
    const args = { name, n: rows };
    if (!listed) return { level: "stop", key: "not_listed", args, fix: "send", first: "list" };
    if (!whole) return { level: "warn", key: "not_whole", args, fix: "send" };
    return { level: "ok", key: "list", args };
  });
  return [...each, fresh(age)];
}

/** @param {number | null} age @returns {Check} */
function fresh(age) {
  if (age === null || age > 72 * HOUR)
    return { level: "stop", key: "stale", args: { age }, fix: "send", first: "list" };
  if (age > 24 * HOUR) return { level: "warn", key: "old", args: { age }, fix: "send" };
  return { level: "ok", key: "fresh", args: { age } };
}

/** @param {Facts} f @returns {Check} */
function room({ room: { level, used, quota } }) {
  const args = { free: Math.max(0, Math.floor((quota - used) / 1048576)) };
  if (level === "unknown") return { level: "warn", key: "room_unknown", fix: "install" };
  if (level === "stop" || quota - used < ROOM_NEEDED)
    return { level: "stop", key: "room_full", args, first: "room" };
  return level === "warn"
    ? { level: "warn", key: "room_low", args }
    : { level: "ok", key: "room", args };
}

/** @param {Facts} f @returns {Check[]} */
function app({ complete, update, version, lease }) {
  /** @type {Check[]} */
  const found = [];
  if (lease !== null)
    found.push(
      lease >= DAYS
        ? { level: "ok", key: "lease", args: { n: lease } }
        : { level: "stop", key: "lease_short", args: { n: lease }, fix: "send", first: "lease" },
    );
  if (!complete) found.push({ level: "stop", key: "incomplete", fix: "reload", first: "app" });
  else if (update) found.push({ level: "warn", key: "update", args: { version }, fix: "update" });
  else found.push({ level: "ok", key: "app", args: { version } });
  return found;
}

/**
 * What is unsent keeps nobody at home who is out already: only what the phone had signal for, and did
 * not send, has to go first. @param {Facts} f @returns {Check}
 */
function sent({ unsent, stuck, photos }) {
  const args = { n: unsent, photos };
  if (stuck) return { level: "stop", key: "unsent", args, fix: "send", first: "send" };
  if (photos) return { level: "warn", key: "unsent", args, fix: "send" };
  return unsent ? { level: "ok", key: "working", args } : { level: "ok", key: "sent" };
}

/** Every check in the order of the screen. @param {Facts} f @returns {Check[]} */
export function checks(f) {
  /** @type {(Check | null)[]} */
  const all = [
    ...lists(f),
    sent(f),
    f.pin === null
      ? null
      : f.pin
        ? { level: "ok", key: "pin" }
        : { level: "stop", key: "no_pin", fix: "pin", first: "pin" },
    room(f),
    f.room.persisted
      ? { level: "ok", key: "kept" }
      : { level: "warn", key: "loose", fix: "install" },
    f.clock
      ? { level: "warn", key: "clock", args: { off: f.clock } }
      : { level: "ok", key: "clock_ok" },
    ...app(f),
  ];
  return all.filter((one) => one !== null);
}

/** @param {Check} check @param {Words} w */
function item({ level, key, args = {}, fix }, w) {
  const told = { ...args };
  if ("age" in told)
    told.age =
      told.age === null
        ? w.t("field.ready.never")
        : durationWords(/** @type {number} */ (told.age), w);
  if ("off" in told) told.off = durationWords(/** @type {number} */ (told.off), w);
  for (const name of ["n", "free"].filter((one) => one in told))
    told[name] = formatNumber(/** @type {number} */ (told[name]), w.lang);
  return {
    cls: CLS[level],
    word: w.t(`field.ready.level.${level}`),
    text: w.t(`field.ready.${key}`, told),
    fix: fix ?? "",
    name: key,
  };
}

/** @param {Facts} facts @param {Words} w */
export function readyView(facts, w) {
  const order = ["stop", "warn", "ok"];
  const all = checks(facts).sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const first = all.find(({ level }) => level === "stop");
  return {
    ready: first ? 0 : 1,
    verdict: first
      ? w.t(`field.ready.first.${first.first}`, { n: formatNumber(facts.unsent, w.lang) })
      : w.t("field.ready.yes", { n: DAYS }),
    verdict_cls: first ? "note note-warn" : "note note-good",
    items: all.map((one) => item(one, w)),
  };
}
