/**
 * Every address that is left in the bar answers again, on reload and on Back: a screen that a form
 * is answered is shown at an address of its own, not at the form's.
 */
import { find, onPlace } from "./router.js";

/** @typedef {import("./router.js").View} View */

/**
 * Where what a form was answered is seen: its own address, or the nearest above it.
 * @param {string} path
 */
export function seenAt(path) {
  for (let at = path; at !== "/field"; at = at.slice(0, at.lastIndexOf("/"))) {
    if (find("GET", at)) return at;
  }
  return "/field/";
}

/** A screen for the address that the browser was just sent to. @type {{at: string, view: View, until: number} | null} */
let next = null;
const SHOWN_WITHIN = 10_000;

/** @param {string} at @param {boolean} navigated @returns {View | null} */
function take(at, navigated) {
  if (!navigated || !next) return null;
  const { at: wanted, view, until } = next;
  next = null;
  return at === wanted && Date.now() < until ? view : null;
}

onPlace({
  before({ method, mode }, { pathname, search }) {
    if (method !== "GET") return null;
    // An address that only takes forms, left by an earlier version or typed by somebody.
    if (!find("GET", pathname) && find("POST", pathname)) return { redirect: seenAt(pathname) };
    return take(pathname + search, mode === "navigate");
  },
  after(made, { mode }, { pathname }) {
    // What was answered before is over: by now the phone may be in somebody else's hands.
    next = null;
    // Parts of a screen have no address.
    if (made instanceof Response || !("view" in made) || made.view.startsWith("_")) return made;
    const at = made.at ?? seenAt(pathname);
    const view = { ...made, headers: { "HX-Push-Url": at, ...made.headers } };
    if (mode !== "navigate") return view;
    // The browser itself sent it: loaded again, the form's address is its own error page.
    next = { at, view, until: Date.now() + SHOWN_WITHIN };
    return { redirect: at };
  },
});
