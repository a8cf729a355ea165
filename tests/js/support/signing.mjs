// A list in its meeting on a head's phone, for tests: who may sign, and the minutes up to the save.
import assert from "node:assert/strict";
import { FakeServer } from "./fakeServer.mjs";
import { newUser, VILLAGE } from "./phone.mjs";
import { ask, at, headPhone, LIST, putList, tap } from "./village_list.mjs";
import { sha256 } from "../../../outreach/static/js/store/engine/hash.js";
import { utf8 } from "../../../outreach/static/js/store/engine/bytes.js";
import "../../../outreach/static/js/field/screens/list_sign/routes.js";

export const OFFICE = "01930000-0000-7000-8000-0000000f0001";
export const termId = (n) => `01930000-0000-7000-8000-0000000f1${String(n).padStart(3, "0")}`;
export const OTHER = "01930000-0000-7000-8000-0000000e0001";
export const TODAY = "2026-11-22";
const INK = JSON.stringify({ w: 300, h: 150, s: [[10, 10, 60, 60, 90, 20]] });

/** Somebody's term of the office, as the server tells it. */
export function putHolder(server, n, more = {}) {
  const data = { office: OFFICE, user_id: OTHER, name: "JURU TULIS UJI", capacity: "an" };
  const said = { title: "a.n. Peratin, Juru Tulis", nip: null, letter: "800/1/2026" };
  const days = { starts: "2026-01-01", ends: null };
  const row = { ...data, ...said, ...days, ...more };
  server.put(termId(n), { scope: VILLAGE, table: "list_holder", data: row });
}

/** A list of three names in a meeting, on the phone of a head with a present term. */
export async function setup({
  list = {},
  term = {},
  lines = 3,
  decided = true,
  more = () => {},
} = {}) {
  const server = new FakeServer();
  const user = newUser();
  putList(server, { lines, list: { state: "meeting", ...list } });
  putHolder(server, 1, {
    user_id: user,
    name: "PERATIN UJI",
    capacity: "definitif",
    title: "Peratin",
    letter: null,
    ...term,
  });
  more(server, user);
  const phone = await headPhone(server, user);
  if (decided)
    for (let no = 1; no <= lines; no += 1) await tap(phone, no, no === 2 ? "tunda" : "layak");
  return { server, phone, user };
}

export const look = async (phone, path, how = {}) => ask(phone, "GET", at(path), how);

/** What a pen leaves with the form. */
export async function draw(phone, text = INK) {
  const sha = await sha256(utf8(text));
  await phone.store.putBlob(sha, utf8(text), "application/json");
  return sha;
}

export const MEETING = {
  letter_no: "140/07/2026",
  date: "22-11-2026",
  place: "Balai",
  present: "23",
};

/** Fill in the minutes up to the last look; its view. */
export async function fill(phone, { meeting = {}, who = {}, how = {} } = {}) {
  const first = await ask(phone, "POST", at("/sign/meeting"), {
    form: { ...MEETING, ...meeting },
    ...how,
  });
  assert.equal(first.redirect, at("/sign/who"), JSON.stringify(first.ctx?.fields));
  const second = await ask(phone, "POST", at("/sign/who"), {
    form: { head_term: termId(1), head_method: "glass", ...who },
    ...how,
  });
  assert.equal(second.redirect, at("/sign/do"), JSON.stringify(second.ctx?.fields));
  return look(phone, "/sign/do", how);
}

/** Sign; the address that it leads to. */
export async function sign(phone, how = {}) {
  const { ctx } = await fill(phone, how);
  const head_strokes = await draw(phone);
  const form = { seen: ctx.hash, head_strokes, ...how.last };
  return ask(phone, "POST", at("/sign/do"), { form, ...how.how });
}

export const saveOf = (phone) =>
  [...phone.store.state.hot.values()].find(({ m }) => m.table === "list_minutes")?.m;

/** A version that somebody else signed for the office on an officer's phone. */
export function putVersion(server, more = {}, id = "01930000-0000-7000-8000-0000000aa001") {
  const signers = [{ role: "head", name: "PERATIN UJI", title: "Peratin", method: "wet" }];
  const counts = { verdicts: {}, reasons: {}, together: 0 };
  const data = { list: LIST, hash: "b".repeat(64), signers, counts, date: TODAY, state: "paper" };
  const who = { author: OTHER, via: "officer_phone", n: 1, kind: "rapat_verifikasi" };
  server.put(id, { scope: VILLAGE, table: "list_minutes", data: { ...data, ...who, ...more } });
  return id;
}
