/** Where the visit is, asked once a form in the background; nothing waits for it. */
import { onPage } from "./behaviours.js";

/** @type {string} the place found for a draft, so that later screens of it do not ask again */
let found = "";
let asked = "";

/** Among the answers, to be kept with the next of them. @param {HTMLFormElement} form */
function write(form) {
  const [draft, place] = found.split("|", 2);
  if (form.dataset.draft !== draft || form.querySelector("[name=gps]")) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "gps", value: place });
  form.append(field);
}

const round = (/** @type {number} */ n) => Math.round(n * 1e5) / 1e5;

onPage((root) => {
  const form = /** @type {HTMLFormElement|null} */ (root.querySelector("form[data-gps]"));
  if (!form || !navigator.geolocation) return;
  write(form);
  if (asked === form.dataset.draft) return;
  asked = form.dataset.draft ?? "";
  const draft = asked;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      found = `${draft}|${JSON.stringify({ lat: round(coords.latitude), lon: round(coords.longitude), acc: Math.round(coords.accuracy) })}`;
      const now = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-gps]"));
      if (now) write(now);
    },
    () => {},
    { enableHighAccuracy: true, timeout: 90_000, maximumAge: 300_000 },
  );
});
