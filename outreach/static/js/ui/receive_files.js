/** Carried files: dropped on the form, sent one by one, each told as soon as it is in. Without
 * this script the form sends them all at once. */

/** @param {Element} root @param {string} selector */
const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/**
 * @param {Document} root
 * @param {typeof fetch} [send] how a file is sent; tests bring their own
 */
export function receiveFiles(root, send = (...parts) => fetch(...parts)) {
  const form = /** @type {HTMLFormElement | null} */ (
    root.querySelector("form[data-receive-files]")
  );
  if (!form) return;
  const input = /** @type {HTMLInputElement} */ (part(form, "input[type=file]"));
  const drop = part(form, "[data-receive-files-drop]");
  for (const type of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", type === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    const dropped = /** @type {DragEvent} */ (event).dataTransfer?.files;
    if (dropped?.length) input.files = dropped;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (part(form, "button[type=submit]"));
    button.disabled = true;
    await sendAll(root, form, [...(input.files ?? [])], send);
    button.disabled = false;
  });
}

/**
 * Send the files in the order of their names; stops at the first that does not arrive.
 * @param {Document} root @param {HTMLFormElement} form @param {File[]} files @param {typeof fetch} send
 */
export async function sendAll(root, form, files, send) {
  const said = part(form, "[data-receive-files-said]");
  const list = part(root.body, "[data-receive-files-list]");
  const { busy = "", done = "", failed = "" } = form.dataset;
  list.replaceChildren();
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [i, file] of files.entries()) {
    said.textContent = busy.replace("{i}", `${i + 1}`).replace("{n}", `${files.length}`);
    const told = await sendOne(form.action, file, send);
    if (told === null) {
      said.textContent = failed.replace("{name}", file.name);
      return;
    }
    const piece = root.createElement("template");
    piece.innerHTML = told;
    list.append(piece.content);
    part(root.body, "[data-receive-files-results]").hidden = false;
  }
  said.textContent = done;
}

/** The server's answer about one file; null from anybody else. @param {string} action @param {File} file @param {typeof fetch} send */
async function sendOne(action, file, send) {
  const body = new FormData();
  body.append("files", file);
  try {
    const answer = await send(action, { method: "POST", body, headers: { "HX-Request": "true" } });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}
