/**
 * A spoken consent, recorded inside the page: half a minute of Opus at 16 kbit/s is some 60 kB.
 * Kept with the form when it ends, whatever ends it: the button, the time, the screen going dark,
 * a tap on the next screen.
 */
import { keepBlob } from "./drafts.js";
import { on } from "./behaviours.js";

const TYPE = "audio/webm";
const SOUND = { mimeType: `${TYPE};codecs=opus`, audioBitsPerSecond: 16_000 };
const LONGEST = 30_000;
const SHORTEST = 1000;

/** @type {{box: HTMLElement, stop: () => Promise<void>} | null} */
let recording = null;
/** The microphone was asked for and has not answered: a second tap would open it twice. */
let asked = false;

/** @param {HTMLElement} box @param {string} which a data-word of the box */
function say(box, which) {
  const line = box.querySelector("[data-voice-says]");
  if (line) line.textContent = box.dataset[which] ?? "";
}

/** @param {HTMLElement} box @param {string} which a data-word of the button @param {string} [more] */
function call(box, which, more = "") {
  const button = /** @type {HTMLElement} */ (box.querySelector("[data-voice]"));
  button.textContent = (button.dataset[which] ?? "") + more;
}

/** @param {HTMLElement} box @param {Blob} sound */
async function keep(box, sound) {
  const sha = await keepBlob(box, sound);
  const player = document.createElement("audio");
  player.className = "seen";
  player.controls = true;
  player.src = `/field/blob/${sha}`;
  box.querySelector("[data-voice-player]")?.replaceChildren(player);
  say(box, "kept");
}

/** @param {HTMLElement} box */
async function begin(box) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const silence = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  // The person went on while the browser asked for permission.
  if (!box.isConnected) return silence();
  const recorder = new MediaRecorder(stream, SOUND);
  /** @type {Blob[]} */
  const parts = [];
  const from = performance.now();
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  const clock = setInterval(() => {
    const seconds = Math.round((performance.now() - from) / 1000);
    call(box, "stop", ` · ${seconds}/${LONGEST / 1000}`);
  }, 500);
  const stop = async () => {
    if (recording?.stop !== stop) return;
    recording = null;
    clearTimeout(limit);
    clearInterval(clock);
    const long = performance.now() - from;
    if (recorder.state !== "inactive") recorder.stop();
    await ended;
    silence();
    call(box, "again");
    if (long < SHORTEST) return say(box, "short");
    await keep(box, new Blob(parts, { type: TYPE })).catch((error) =>
      say(box, error?.code === "storage_full" ? "full" : "failed"),
    );
  };
  const limit = setTimeout(stop, LONGEST);
  recording = { box, stop };
  recorder.onerror = stop;
  recorder.start();
  say(box, "");
  call(box, "stop");
}

on("click", "[data-voice]", async (button) => {
  if (recording) return recording.stop();
  if (asked) return;
  const box = /** @type {HTMLElement} */ (button.closest(".voice"));
  asked = true;
  try {
    await begin(box);
  } catch {
    say(box, "closed");
  } finally {
    asked = false;
  }
});
// A tap on the next screen in the middle of it: the recording first, then the tap.
document.addEventListener(
  "submit",
  async (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!recording || !form.contains(recording.box)) return;
    event.preventDefault();
    event.stopPropagation();
    await recording.stop();
    form.requestSubmit(/** @type {SubmitEvent} */ (event).submitter);
  },
  true,
);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") recording?.stop();
});
document.addEventListener("htmx:after:swap", () => {
  if (recording && !recording.box.isConnected) recording.stop();
});
