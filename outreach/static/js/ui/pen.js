/** A signature drawn with the finger, kept as a list of points {w, h, s: [[x, y, …], …]}, never as a picture. */
import { getBlob } from "../store/records/blobs.js";
import { keepBlob, storageOf } from "./drafts.js";
import { onPage } from "./behaviours.js";

const NEAR = 3;
const MOST = 4000;

/** @typedef {{w: number, h: number, s: number[][]}} Ink */

/** @param {HTMLElement} box */
async function wakePen(box) {
  const canvas = /** @type {HTMLCanvasElement} */ (box.querySelector("canvas"));
  const field = /** @type {HTMLInputElement} */ (box.querySelector("input[type=hidden]"));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Ink} */
  let ink = { w: 0, h: 0, s: [] };
  /** @type {number[] | null} */
  let stroke = null;

  const fit = () => {
    const { clientWidth: w, clientHeight: h } = canvas;
    if (!w) return;
    const dense = Math.min(2, devicePixelRatio || 1);
    canvas.width = w * dense;
    canvas.height = h * dense;
    const scale = ink.w ? Math.min(w / ink.w, h / ink.h) : 1;
    if (!ink.s.length) Object.assign(ink, { w, h });
    pen.setTransform(dense * scale, 0, 0, dense * scale, 0, 0);
    Object.assign(pen, {
      lineWidth: 3,
      lineCap: "round",
      lineJoin: "round",
      strokeStyle: getComputedStyle(canvas).color,
    });
    for (const line of ink.s) draw(line);
  };
  const draw = (/** @type {number[]} */ line) => {
    pen.beginPath();
    pen.moveTo(line[0], line[1]);
    for (let i = 2; i < line.length; i += 2) pen.lineTo(line[i], line[i + 1]);
    if (line.length === 2) pen.lineTo(line[0] + 1, line[1]);
    pen.stroke();
  };
  const count = () => ink.s.reduce((n, line) => n + line.length, 0);
  const at = (/** @type {PointerEvent} */ event) => {
    const area = canvas.getBoundingClientRect();
    const scale = ink.w ? Math.min(area.width / ink.w, area.height / ink.h) : 1;
    return [
      Math.round((event.clientX - area.left) / scale),
      Math.round((event.clientY - area.top) / scale),
    ];
  };
  const keep = async () => {
    if (ink.s.length) {
      await keepBlob(box, new Blob([JSON.stringify(ink)], { type: "application/json" }));
    } else {
      field.value = "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!ink.s.length) fit();
    canvas.setPointerCapture(event.pointerId);
    stroke = at(event);
    ink.s.push(stroke);
    draw(stroke);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke || count() > MOST) return;
    const [x, y] = at(event);
    const n = stroke.length;
    if (Math.abs(x - stroke[n - 2]) + Math.abs(y - stroke[n - 1]) < NEAR) return;
    stroke.push(x, y);
    draw(stroke.slice(-4));
  });
  const lift = () => {
    if (!stroke) return;
    stroke = null;
    keep();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  box.querySelector("[data-pen-undo]")?.addEventListener("click", () => {
    ink.s.pop();
    fit();
    keep();
  });
  box.querySelector("[data-pen-clear]")?.addEventListener("click", () => {
    ink.s = [];
    fit();
    keep();
  });
  new ResizeObserver(fit).observe(canvas);

  if (!field.value) return;
  const kept = await getBlob(storageOf(box), field.value);
  if (!kept || stroke) return;
  ink = JSON.parse(new TextDecoder().decode(kept.bytes));
  fit();
}

onPage((root) => {
  for (const box of root.querySelectorAll("[data-pen]:not([data-awake])")) {
    box.setAttribute("data-awake", "");
    wakePen(/** @type {HTMLElement} */ (box)).catch(() => {});
  }
});
