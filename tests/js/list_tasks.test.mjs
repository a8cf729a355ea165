// What a list check leaves an officer to do: offline, from pulled rows and what was done here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../../outreach/static/js/field/router.js";
import { featureLinks } from "../../outreach/static/js/field/parts_of_screens/feature_links.js";
import "../../outreach/static/js/field/screens/list_tasks/routes.js";
import { FakeServer } from "./support/fakeServer.mjs";
import { Clock, newUser, Phone, VILLAGE } from "./support/phone.mjs";
import { lineId, LIST, putList, request, w } from "./support/village_list.mjs";

const WORKER = "01930000-0000-7000-8000-0000000c0003";
const taskId = (n) => `01930000-0000-7000-8000-0000000f${String(n).padStart(4, "0")}`;
const taskData = (more = {}) => ({
  list: LIST,
  line: null,
  worker: null,
  word: "added",
  owner: "officer",
  state: "open",
  how: null,
  made_at: "2026-11-22T06:05:00Z",
  ended_at: null,
  taken_as: null,
  detail: null,
  name: null,
  hamlet: null,
  note: null,
  via: "own",
  by: "PERATIN UJI",
  taker: null,
  ender: null,
  ...more,
});
const wrong = { word: "data_salah", detail: { field: "rt" }, line: lineId(3), worker: WORKER };
const added = { name: "PAK MISNO", hamlet: "2", note: "dekat mushala" };

const putTask = (server, n, more) =>
  server.put(taskId(n), { scope: VILLAGE, table: "list_task", data: taskData(more) });

async function setup(...tasks) {
  const server = new FakeServer();
  putList(server, { lines: 3 });
  const data = { full_name: "NAMA DD UJI", rt: "001", village_code: VILLAGE };
  server.put(WORKER, { scope: VILLAGE, table: "worker", data, status: "verifikasi_pekon" });
  for (const [n, more] of tasks.entries()) putTask(server, n + 1, more);
  const phone = await Phone.at(server, newUser(), new Clock(), [VILLAGE]);
  await phone.sync();
  return { server, phone };
}

const ask = (phone, method, path, how = {}) => {
  const { route, params } = find(method, path);
  return route.handler(request(phone, { role: "officer", ...how, params }));
};
const listed = async (phone, p = "todo", how = {}) =>
  (await ask(phone, "GET", "/field/tasks", { query: { p }, ...how })).ctx;
const one = async (phone, n) => (await ask(phone, "GET", `/field/task/${taskId(n)}`)).ctx;
const link = async (phone, role = "officer") =>
  (await featureLinks(request(phone, { role }))).find(({ to }) => to === "tasks");
const saves = async (phone) => (await phone.store.counts()).recorded;

test("Today counts what is to do, and the list says what the village said of whom", async () => {
  const { phone } = await setup(wrong, added, { ...wrong, word: "ganda", owner: "supervisor" });
  assert.equal((await link(phone)).word, "2 tugas");
  const ctx = await listed(phone);
  assert.deepEqual(
    ctx.rows.map(({ name, said, place }) => [name, said, place]),
    [
      ["NAMA DD UJI", "Data salah: RT", "Pemangku 1 · RT 001 · Kubu Perahu"],
      ["PAK MISNO", "Nama baru: belum terdata", "Pemangku 2 · Kubu Perahu"],
    ],
  );
  assert.deepEqual(
    ctx.chips.map(({ part, n }) => [part, n]),
    [
      ["todo", "2"],
      ["done", "0"],
      ["office", "1"],
    ],
  );
  assert.deepEqual(
    (await listed(phone, "office")).rows.map(({ said }) => said),
    ["Ganda"],
  );
});

test("a head has no tasks, and no way to them by typing", async () => {
  const { phone } = await setup(wrong);
  assert.equal(await link(phone, "head"), undefined);
  assert.deepEqual((await listed(phone, "todo", { role: "head" })).rows, []);
  const path = `/field/task/${taskId(1)}`;
  const answer = await ask(phone, "GET", path, { role: "head" });
  assert.deepEqual(answer, { redirect: "/field/tasks" });
  await ask(phone, "POST", `${path}/done`, { role: "head" });
  assert.equal(await saves(phone), 0);
});

test("what was taken back is not shown", async () => {
  const { phone } = await setup({ ...wrong, state: "withdrawn" });
  assert.deepEqual((await listed(phone)).rows, []);
  assert.equal((await listed(phone)).rows_none, w.t("field.tasks.none"));
});

test("one task opens the record, and is done by a save of what was wrong", async () => {
  const { phone } = await setup(wrong);
  const before = await one(phone, 1);
  assert.deepEqual([before.worker, before.finishes, before.registers], [WORKER, 1, 0]);
  const save = (set) =>
    phone.store.save({ table: "worker", id: WORKER, scope: VILLAGE, set, op: "put" });
  await save({ notes: [null, "catatan"] });
  assert.equal((await listed(phone)).rows.length, 1);
  await save({ rt: ["001", "009"] });
  assert.deepEqual((await listed(phone)).rows, []);
  const [row] = (await listed(phone, "done")).rows;
  assert.equal(row.state, w.t("field.tasks.saved_here"));
  assert.equal((await link(phone)).word, "");
});

test("a record that is not here is said to be so", async () => {
  const { phone } = await setup({ ...wrong, worker: "01930000-0000-7000-8000-0000000c0099" });
  const ctx = await one(phone, 1);
  assert.deepEqual([ctx.worker, ctx.not_here], ["", w.t("field.tasks.not_here")]);
});

test("saying that it is done can be taken back, and each is one save", async () => {
  const { phone, server } = await setup(wrong);
  const path = `/field/task/${taskId(1)}`;
  await ask(phone, "POST", `${path}/done`);
  await ask(phone, "POST", `${path}/done`);
  assert.equal(await saves(phone), 1);
  assert.equal((await one(phone, 1)).state, w.t("field.tasks.done_here"));
  await ask(phone, "POST", `${path}/again`);
  assert.equal(await saves(phone), 2);
  assert.equal((await listed(phone)).rows.length, 1);
  await phone.sync();
  assert.deepEqual(server.state.rows[taskId(1)].data.state, "open");
});

test("a missing person's form has the name in it, and the task knows whose record it is", async () => {
  const { phone } = await setup(added);
  const before = await one(phone, 1);
  assert.deepEqual([before.registers, before.note, before.form], [1, "dekat mushala", ""]);
  const { redirect } = await ask(phone, "POST", `/field/task/${taskId(1)}/register`);
  const [, id] = redirect.match(/^\/field\/form\/(.+)\/nik$/);
  const draft = await phone.store.draft(id);
  assert.equal(draft.data.form.full_name, "PAK MISNO");
  assert.equal(draft.scope, VILLAGE);
  const begun = await one(phone, 1);
  assert.deepEqual([begun.form, begun.registers], [id, 0]);
  assert.equal(begun.state, w.t("field.tasks.taken_here"));
  const set = { full_name: [null, "MISNO"], village_code: [null, VILLAGE] };
  await phone.store.save({ table: "worker", id, scope: VILLAGE, set, op: "put", draftId: id });
  const found = await one(phone, 1);
  assert.deepEqual([found.worker, found.form, found.registers], [id, "", 0]);
  assert.equal(found.state, w.t("field.tasks.saved_here"));
  assert.equal((await link(phone)).word, "");
});

test("a form that was thrown away lets the person be registered again", async () => {
  const { phone } = await setup(added);
  const path = `/field/task/${taskId(1)}/register`;
  const first = (await ask(phone, "POST", path)).redirect.split("/")[3];
  await phone.store.deleteDraft(first);
  assert.equal((await one(phone, 1)).registers, 1);
  const second = (await ask(phone, "POST", path)).redirect.split("/")[3];
  assert.notEqual(first, second);
  assert.equal((await one(phone, 1)).form, second);
});

test("somebody else's registration is seen, and does not stop this one", async () => {
  const { phone } = await setup({
    ...added,
    taken_as: WORKER.replace("c0003", "c0077"),
    taker: "SITI",
  });
  const ctx = await one(phone, 1);
  assert.deepEqual([ctx.state, ctx.registers], ["Sedang didata SITI", 1]);
});

test("the supervisor's task has no button here, and says whose it is", async () => {
  const { phone } = await setup({
    ...wrong,
    word: "tidak_bekerja",
    owner: "supervisor",
    detail: {},
  });
  const ctx = await one(phone, 1);
  assert.deepEqual([ctx.finishes, ctx.opens, ctx.registers], [0, 0, 0]);
  assert.equal(ctx.advice, w.t("field.tasks.do.second"));
  await ask(phone, "POST", `/field/task/${taskId(1)}/done`);
  assert.equal(await saves(phone), 0);
});
