/**
 * A picture of paper chosen at a desk, marked `data-small-picture`, is made small before it is
 * sent. Without this script, and where it does not succeed, the file goes as it is and the server
 * says what is wrong with it.
 */
import { measure, SHEET, shrink } from "./small_picture.js";

/** @param {HTMLInputElement} input @param {File} file */
async function makeSmall(input, file) {
  const [limit, side] = SHEET;
  const { width, height } = await measure(file);
  if (file.size <= limit && Math.max(width, height) <= side) return;
  const small = await shrink(file, width, height, limit, side);
  if (input.files?.[0] !== file) return;
  const chosen = new DataTransfer();
  chosen.items.add(
    new File([small], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: small.type }),
  );
  input.files = chosen.files;
}

/** @param {Document} root */
export function wakeSmallPictures(root) {
  for (const input of root.querySelectorAll("input[data-small-picture]"))
    input.addEventListener("change", () => onChosen(/** @type {HTMLInputElement} */ (input)));
}

/** The form waits for its picture. @param {HTMLInputElement} input */
async function onChosen(input) {
  const file = input.files?.[0];
  if (!file) return;
  const button = /** @type {HTMLButtonElement | null} */ (
    input.form?.querySelector("button[type=submit]")
  );
  if (button) button.disabled = true;
  await makeSmall(input, file).catch(() => {});
  if (button) button.disabled = false;
}
