// Screens that a page asks for by message (ui/ask.js), and the requests that may follow.
import { answer } from "./router.js";

/** @typedef {{type: string, id: string, path: string, said: string}} Message of another type it has none of the rest */

/** Answers to the last messages, by number. @type {Map<string, Promise<Response>>} */
const made = new Map();
const KEPT = 8;
/** A page that heard nothing asks again after two seconds; names are not kept for longer than that needs. */
const KEEP = 10_000;

/** A phone that locks keeps no screen. */
export const forgetAsked = () => made.clear();

/** Answers what a form says with the screen that follows, on the message's port. @param {ExtendableMessageEvent} event */
export function onAsked(event) {
  const { type, id, path, said } = /** @type {Message} */ (event.data ?? {});
  if (type !== "screen") return;
  const headers = {
    "HX-Request": "true",
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
  };
  const work = answer(new Request(path, { method: "POST", body: said, headers }));
  made.set(id, work);
  for (const old of [...made.keys()].slice(0, -KEPT)) made.delete(old);
  event.waitUntil(work.then((response) => tell(event.ports[0], response.clone())));
  work.finally(() => setTimeout(() => made.delete(id), KEEP));
}

/** @param {MessagePort} port @param {Response} response */
async function tell(port, response) {
  const { headers } = response;
  const [push, away] = [headers.get("HX-Push-Url"), headers.get("Location")];
  port.postMessage({ text: await response.text(), push, away });
}

/** The answer to a request: what its message was answered, where one came before. @param {Request} request */
export async function answerOnce(request) {
  const work = made.get(request.headers.get("Jangkau-Asked") ?? "");
  return work ? (await work).clone() : answer(request);
}
