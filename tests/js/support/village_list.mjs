// A village's list on a phone, for tests: sixty names in three hamlets, and its screens.
import { translator } from "./words.mjs";
import { Clock, newUser, Phone, VILLAGE } from "./phone.mjs";
import { FakeServer } from "./fakeServer.mjs";
import { find } from "../../../outreach/static/js/field/router.js";
import { readList } from "../../../outreach/static/js/field/screens/list_check/lists_read.js";
import "../../../outreach/static/js/field/screens/list_check/reason_routes.js";
import "../../../outreach/static/js/field/screens/list_check/routes.js";
import "../../../outreach/static/js/field/screens/list_check/whole_routes.js";
import { printedHash } from "../../../outreach/static/js/domain/paper_sheets.js";
import { sha256 } from "../../../outreach/static/js/store/engine/hash.js";

export const w = translator("id");
export const LIST = "01930000-0000-7000-8000-0000000a0001";
export const lineId = (no) => `01930000-0000-7000-8000-0000000b${String(no).padStart(4, "0")}`;
const decisionId = (n) => `01930000-0000-7000-8000-0000000d${String(n).padStart(4, "0")}`;

/** What a list says of itself; a fund's unless told otherwise. */
export const listData = (more = {}) => ({
  no: 1,
  purpose: "fund",
  fund: "apbd_kab",
  year: 2026,
  month: null,
  forum: "rapat_verifikasi",
  state: "open",
  due: "2026-12-12",
  ...more,
});

/** One numbered line: twenty to a hamlet, ten to an RT. */
export const lineData = (no, more = {}) => ({
  list: LIST,
  no,
  part: "main",
  worker: `01930000-0000-7000-8000-0000000c${String(no).padStart(4, "0")}`,
  gone: null,
  into: null,
  name: `NAMA ${String.fromCharCode(65 + (no % 26))}${String.fromCharCode(65 + (no % 7))} UJI`,
  sex: no % 2 ? "P" : "L",
  birth_year: 1960 + no,
  hamlet: String(Math.ceil(no / 20)),
  rt: String(Math.ceil(no / 10)).padStart(3, "0"),
  occupation: "TANI-KOPI",
  nik: "18••••••••••9001",
  status: "calon",
  flags: [],
  ...more,
});

/** A list of so many lines on the server. `change` of a line by its number. */
export function putList(
  server,
  { lines = 60, list = {}, change = () => ({}), scope = VILLAGE } = {},
) {
  server.put(LIST, { scope, table: "village_list", data: listData(list) });
  for (let no = 1; no <= lines; no += 1)
    server.put(lineId(no), { scope, table: "list_line", data: lineData(no, change(no)) });
}

/** A version of the list on paper, as the server has it: 25 lines a page. */
export async function putPrint(server, n = 1, { lines = 60, change = () => ({}) } = {}) {
  const numbers = Array.from({ length: lines }, (_, i) => i + 1);
  const rows = await Promise.all(
    numbers.map(async (no) => {
      const hash = await printedHash(lineData(no, change(no)), sha256);
      return [no, Math.ceil(no / 25), hash];
    }),
  );
  const hash = String(n).padStart(64, "a");
  const data = { list: LIST, n, hash, pages: Math.ceil(lines / 25), lines: rows };
  server.put(`01930000-0000-7000-8000-0000000f${String(n).padStart(4, "0")}`, {
    scope: VILLAGE,
    table: "paper_print",
    data,
  });
  return hash;
}

let others = 0;
/** Somebody else's decision, as the server has it. */
export function decideElsewhere(server, no, said, more = {}) {
  const id = decisionId(++others);
  const data = { list: LIST, lines: [lineId(no)], how: "single", over: [], ...said };
  const who = { author: "01930000-0000-7000-8000-0000000e0001", author_name: "JURU TULIS UJI" };
  server.put(id, { scope: VILLAGE, table: "list_decision", data: { ...data, ...who, ...more } });
  return id;
}

/** A phone of the village's head, with what is on the server. */
export async function headPhone(server = new FakeServer(), user = newUser(), clock = new Clock()) {
  const phone = await Phone.at(server, user, clock, [VILLAGE]);
  await phone.sync();
  return phone;
}

/** A request to a list's screen, as the router hands it on. */
export function request(
  phone,
  { form = {}, query = {}, params = {}, role = "head", profile = {} } = {},
) {
  return {
    store: phone.store,
    profile: { role, scopes: [VILLAGE], ...profile },
    form: new URLSearchParams(form),
    query: new URLSearchParams(query),
    params: { id: LIST, ...params },
    now: phone.clock.now(),
    w,
    t: w.t,
    lang: "id",
  };
}

/** The answer of an address. */
export function ask(phone, method, path, how = {}) {
  const { route, params } = find(method, path);
  return route.handler(request(phone, { ...how, params }));
}

export const at = (rest = "") => `/field/list/${LIST}${rest}`;
export const show = async (phone, p = "todo", how = {}) =>
  (await ask(phone, "GET", at(), { query: { p }, ...how })).ctx;
/** The rows of a screen, whatever their group. */
export const rowsOf = ({ groups }) => groups.flatMap(({ lines }) => lines);
export const content = (phone) => readList(phone.store, LIST);
export const stateOf = async (phone, no) => (await content(phone)).resolved[lineId(no)];
/** A tap on one of the answers of a row, as it stands on the screen. */
export async function tap(phone, no, verdict, row = {}) {
  const { heads = [] } = (await stateOf(phone, no)) ?? {};
  const form = { line: lineId(no), seen: heads.join(" "), verdict, part: "1", ...row };
  return ask(phone, "POST", at("/decide"), { form });
}
