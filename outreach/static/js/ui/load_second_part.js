/**
 * Brings the second set's script once the screen has been painted: on a slow phone htmx alone takes
 * longer than everything before it, and until it is there links and forms are plain ones.
 */
const address = document.documentElement.dataset.more ?? "";
let asked = false;

function bring() {
  if (asked) return;
  asked = true;
  const script = document.createElement("script");
  script.src = address;
  document.head.append(script);
}

// A frame, and a task after it. No frame comes to a tab in the background: there the time counts.
requestAnimationFrame(() => setTimeout(bring));
setTimeout(bring, 1000);
