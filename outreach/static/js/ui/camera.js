/**
 * A viewfinder inside the page: opening the camera app gets the browser killed on small phones,
 * so that stays the fallback. Pictures are made small at once and lose their EXIF on the way.
 */
import { keepBlob } from "./drafts.js";
import { on } from "./behaviours.js";
import { measure, SHEET, shrink } from "./small_picture.js";

const LONG_SIDE = 1280;
const READY_MS = 8000;
const LIMIT = { environment: 200_000, user: 100_000 };

/** @type {{stream: MediaStream, box: HTMLElement} | null} */
let open = null;

/** @param {HTMLElement} box */
const shotOf = (box) => /** @type {HTMLElement} */ (box.querySelector("[data-camera-shot]"));

/** @param {HTMLElement} box @param {string} which a data-word of the box */
function say(box, which) {
  const line = box.querySelector("[data-camera-says]");
  if (line) line.textContent = box.dataset[which] ?? "";
}

/** A picture was not kept; what was answered before stays. @param {HTMLElement} box @param {unknown} error */
const failed = (box, error) =>
  say(
    box,
    /** @type {{code?: string} | null} */ (error)?.code === "storage_full" ? "full" : "failed",
  );

/** @param {HTMLElement} box @param {ImageBitmapSource} source @param {number} width @param {number} height */
async function take(box, source, width, height) {
  const face = box.dataset.camera === "user" ? "user" : "environment";
  const [limit, side] = "sheet" in box.dataset ? SHEET : [LIMIT[face], LONG_SIDE];
  const blob = await shrink(source, width, height, limit, side);
  const sha = await keepBlob(box, blob);
  const image = document.createElement("img");
  image.alt = box.querySelector("h2")?.textContent ?? "";
  image.src = `/field/blob/${sha}`;
  box.querySelector("[data-camera-picture]")?.replaceChildren(image);
  const button = /** @type {HTMLElement} */ (box.querySelector("[data-camera-open]"));
  button.textContent = button.dataset.again ?? "";
  say(box, "kept");
}

/** Resolves once the viewfinder shows something; a tap may come before. @param {HTMLVideoElement} video */
function ready(video) {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve();
  return new Promise((resolve, reject) => {
    video.addEventListener("loadeddata", resolve, { once: true });
    setTimeout(reject, READY_MS, new Error("no picture"));
  });
}

/** Stop the camera and close the viewfinder. */
function close() {
  if (!open) return;
  for (const track of open.stream.getTracks()) track.stop();
  const shot = shotOf(open.box);
  const video = /** @type {HTMLVideoElement} */ (shot.querySelector("video"));
  video.srcObject = null;
  shot.hidden = true;
  const button = /** @type {HTMLElement|null} */ (open.box.querySelector("[data-camera-open]"));
  open = null;
  button?.focus({ preventScroll: true });
}

on("click", "[data-camera-open]", async (button) => {
  const box = /** @type {HTMLElement} */ (button.closest("[data-camera]"));
  try {
    const video = {
      facingMode: box.dataset.camera,
      width: { ideal: 1920 },
      height: { ideal: 1080 },
    };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    open = { stream, box };
    const shot = shotOf(box);
    const finder = /** @type {HTMLVideoElement} */ (shot.querySelector("video"));
    shot.hidden = false;
    finder.srcObject = stream;
    // A shutter tapped at once takes the picture and closes before play() has answered.
    await finder.play().catch((error) => {
      if (open?.stream === stream) throw error;
    });
    /** @type {HTMLElement} */ (shot.querySelector("[data-camera-take]")).focus();
  } catch {
    close();
    say(box, "closed");
  }
});

on("click", "[data-camera-take]", async (button) => {
  const box = /** @type {HTMLElement} */ (button.closest("[data-camera]"));
  const video = /** @type {HTMLVideoElement} */ (shotOf(box).querySelector("video"));
  try {
    await ready(video);
    await take(box, video, video.videoWidth, video.videoHeight);
  } catch (error) {
    failed(box, error);
  } finally {
    close();
  }
});

on("click", "[data-camera-cancel]", close);
on("change", "[data-camera] input[type=file]", async (input) => {
  const box = /** @type {HTMLElement} */ (input.closest("[data-camera]"));
  const file = /** @type {HTMLInputElement} */ (input).files?.[0];
  if (!file) return;
  try {
    const { width, height } = await measure(file);
    await take(box, file, width, height);
  } catch (error) {
    failed(box, error);
  } finally {
    /** @type {HTMLInputElement} */ (input).value = "";
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") close();
});
// Only a swap that takes the question away: the live check of the NIK swaps beside the viewfinder.
document.addEventListener("htmx:after:swap", () => {
  if (open && !open.box.isConnected) close();
});
