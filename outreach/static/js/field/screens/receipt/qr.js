/** A QR code as one SVG path: dark modules as rows of runs, four modules of quiet around. */
import { qrModules } from "./qr_code.js";

const QUIET = 4;

/** @param {string} text @returns {{box: string, path: string}} */
export function qrPath(text) {
  const rows = qrModules(text);
  let path = "";
  rows.forEach((row, y) => {
    for (const { 0: run, index } of row.join("").matchAll(/1+/g)) {
      path += `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`;
    }
  });
  const size = rows.length + 2 * QUIET;
  return { box: `0 0 ${size} ${size}`, path };
}
