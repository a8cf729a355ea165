/**
 * The style of a screen of the second part, kept in the head: a screen that is put in place brings it
 * anew, and would stand without it for a moment each time.
 */
import { onPage } from "./behaviours.js";

onPage((root) => {
  for (const link of root.querySelectorAll("#page > link[rel=stylesheet]")) {
    const href = link.getAttribute("href");
    if (!document.head.querySelector(`link[href="${href}"]`))
      document.head.append(link.cloneNode());
  }
});
