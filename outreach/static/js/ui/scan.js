/** Reads a QR code with the camera into a form's text and sends it, where the browser can. */

const EVERY_MS = 250;
/** How a receipt begins; a form may look for something else (`data-scan="JKL1."`). */
const MARK = "JKR1.";

/** @typedef {{detect: (image: HTMLVideoElement) => Promise<{rawValue: string}[]>}} Detector */
/** @typedef {{new (how: {formats: string[]}): Detector, getSupportedFormats(): Promise<string[]>}} Reader */

/**
 * The browser's own reader of QR codes; null where it has none.
 * @returns {Promise<Detector | null>}
 */
async function reader() {
  const Detector = /** @type {{BarcodeDetector?: Reader}} */ (globalThis).BarcodeDetector;
  if (!Detector || !navigator.mediaDevices?.getUserMedia) return null;
  const formats = await Detector.getSupportedFormats().catch(() => /** @type {string[]} */ ([]));
  return formats.includes("qr_code") ? new Detector({ formats: ["qr_code"] }) : null;
}

/** @param {Element} root @param {string} selector */
const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/**
 * Offer the camera on a form that carries `data-scan`.
 * @param {ParentNode} root
 */
export async function wakeScan(root) {
  const form = /** @type {HTMLFormElement | null} */ (root.querySelector("form[data-scan]"));
  const detector = form && (await reader());
  if (!form || !detector) return;
  const mark = form.dataset.scan || MARK;
  const start = part(form, "[data-scan-start]");
  const view = part(form, "[data-scan-view]");
  const video = /** @type {HTMLVideoElement} */ (part(form, "video"));
  start.hidden = false;
  start.addEventListener("click", async () => {
    view.hidden = false;
    start.hidden = true;
    try {
      const wanted = { video: { facingMode: "environment" }, audio: false };
      video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
      await video.play();
    } catch {
      part(form, "[data-scan-said]").textContent = form.dataset.scanNone ?? "";
      return;
    }
    const text = await look(detector, video, mark);
    if (text) fill(form, text);
    close();
  });
  part(form, "[data-scan-stop]").addEventListener("click", close);

  function close() {
    const stream = /** @type {MediaStream | null} */ (video.srcObject);
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    view.hidden = true;
    start.hidden = false;
  }
}

/**
 * The first code with this beginning that the camera sees; empty when the camera was closed before.
 * @param {Detector} detector
 * @param {HTMLVideoElement} video
 * @param {string} [mark]
 */
export async function look(detector, video, mark = MARK) {
  while (video.srcObject) {
    const found = await detector.detect(video).catch(() => []);
    const code = found.find(({ rawValue }) => rawValue.startsWith(mark));
    if (code) return code.rawValue;
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
  }
  return "";
}

/** @param {HTMLFormElement} form @param {string} text */
function fill(form, text) {
  /** @type {HTMLInputElement} */ (part(form, "[data-scan-text]")).value = text;
  form.requestSubmit();
}
