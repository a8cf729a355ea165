/** A form marked `data-send-on` is sent as soon as its page is there; its button does it too. */

/**
 * Send the form of the document that is marked so.
 * @param {Document} root
 */
export function wakeSendOn(root) {
  const form = /** @type {HTMLFormElement | null} */ (root.querySelector("form[data-send-on]"));
  form?.requestSubmit();
}
