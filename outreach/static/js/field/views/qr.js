/** A QR code as one SVG path: dark modules as rows of runs, four modules of quiet around. */
import { encode } from "uqr";

const QUIET = 4;

/** @param {string} text @returns {{box: string, path: string}} */
export function qrPath(text) {
  const { data, size } = encode(text, { ecc: "L", border: QUIET });
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      let end = x;
      while (row[end]) end += 1;
      path += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  });
  return { box: `0 0 ${size} ${size}`, path };
}
