/** Pictures are made small in the browser: less to send, and their EXIF stays behind. */

const STEPS = [0.82, 0.7, 0.58, 0.46, 0.34];
/** Most bytes and the long side of a sheet of paper, which is read line by line. */
export const SHEET = [600_000, 2000];

/** A small JPEG of a picture source. @param {ImageBitmapSource} source @param {number} width @param {number} height @param {number} limit @param {number} side */
export async function shrink(source, width, height, limit, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const size = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  const bitmap = await createImageBitmap(source, { ...size, resizeQuality: "medium" });
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  let blob = null;
  for (const quality of STEPS) {
    blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob && blob.size <= limit) break;
  }
  canvas.width = 0;
  if (!blob) throw new Error("no picture");
  return blob;
}

/** Width and height of a file's picture, without keeping it decoded. @param {File} file */
export async function measure(file) {
  const image = new Image();
  const address = URL.createObjectURL(file);
  try {
    image.src = address;
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } finally {
    URL.revokeObjectURL(address);
    image.removeAttribute("src");
  }
}
