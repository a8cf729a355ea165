// A form's message and the request that may follow it: one piece of work, one answer.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { answerOnce, forgetAsked, onAsked } from "../../outreach/static/js/field/asked.js";
import { provide, route } from "../../outreach/static/js/field/router.js";

mock.timers.enable({ apis: ["setTimeout"] });

const PAGE = "https://jangkau.test/field";
provide(
  async () => ({}),
  async () => "ours",
);
let done = 0;
const answerOf = {
  shown: (said) => new Response(`<p>${said}</p>`, { headers: { "HX-Push-Url": "/field/there" } }),
  away: () => ({ redirect: "/elsewhere" }),
};
for (const [name, made] of Object.entries(answerOf)) {
  route("POST", `/field/${name}`, ({ form, htmx }) => {
    done += 1;
    return made(`${form.get("what")} ${done} ${htmx}`);
  });
}

/** What a page hears on the port of its message. */
async function heard(data) {
  let told = null;
  let work = null;
  const port = { postMessage: (answer) => (told = answer) };
  onAsked({ data, ports: [port], waitUntil: (promise) => (work = promise) });
  await work;
  return told;
}

const message = (id, path) => ({
  type: "screen",
  id,
  path: `${PAGE}${path}`,
  said: "what=rice+field&token=ours",
});
const request = (id, path) =>
  new Request(`${PAGE}${path}`, {
    method: "POST",
    body: new URLSearchParams({ what: "rice field", token: "ours" }),
    headers: { "HX-Request": "true", "Jangkau-Asked": id },
  });

test("a form's message is answered with the screen and its address", async () => {
  done = 0;
  const screen = { text: "<p>rice field 1 true</p>", push: "/field/there", away: null };
  assert.deepEqual(await heard(message("a", "/shown")), screen);
});

test("a request after its message does nothing again and hears the same, each time", async () => {
  done = 0;
  await heard(message("b", "/shown"));
  for (const _ of [1, 2]) {
    const answer = await answerOnce(request("b", "/shown"));
    assert.equal(await answer.text(), "<p>rice field 1 true</p>");
    assert.equal(answer.headers.get("HX-Push-Url"), "/field/there");
  }
  assert.equal(done, 1);
});

test("a request whose message nobody here has seen is worked on", async () => {
  done = 0;
  const answer = await answerOnce(request("c", "/shown"));
  assert.equal(await answer.text(), "<p>rice field 1 true</p>");
});

test("a screen that lies elsewhere is named", async () => {
  assert.equal((await heard(message("d", "/away"))).away, "/elsewhere");
});

test("the last eight messages are kept, other messages are not for screens", async () => {
  done = 0;
  for (let i = 0; i < 9; i += 1) await heard(message(`e${i}`, "/shown"));
  await answerOnce(request("e1", "/shown"));
  assert.equal(done, 9);
  await answerOnce(request("e0", "/shown"));
  assert.equal(done, 10);
  assert.equal(await heard({ ...message("f", "/shown"), type: "version" }), null);
  assert.equal(done, 10);
});

test("an answer is kept while its page may still ask for it, and not longer", async () => {
  done = 0;
  await heard(message("g", "/shown"));
  mock.timers.tick(9999);
  await answerOnce(request("g", "/shown"));
  assert.equal(done, 1);
  mock.timers.tick(1);
  await answerOnce(request("g", "/shown"));
  assert.equal(done, 2);
});

test("a phone that locks keeps no answer", async () => {
  done = 0;
  await heard(message("h", "/shown"));
  forgetAsked();
  await answerOnce(request("h", "/shown"));
  assert.equal(done, 2);
});
