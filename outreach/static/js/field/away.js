// The worker of every address outside /field/: without signal they end on our own page instead of
// the browser's. It shows nothing itself; the app's worker says what can be done (field/screens/leave/routes.js).

const outside = /** @type {ServiceWorkerGlobalScope} */ (
  /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
);
/** Forms that cost nobody more than a password; other forms the browser's own page can send again. */
const ACCOUNT = /^\/(?:login|logout|lang|reset)$/;

// The browser itself asks the server, before this worker has started: nothing is slower for it.
outside.addEventListener("activate", (event) =>
  event.waitUntil(outside.registration.navigationPreload?.enable()),
);

outside.addEventListener("fetch", (event) => {
  const { mode, method, destination, url } = event.request;
  const to = new URL(url);
  if (mode !== "navigate" || destination !== "document" || to.pathname.startsWith("/field/"))
    return;
  if (method === "GET") event.respondWith(opened(event, to));
  // Others are left to the browser, which can send them again and says itself where they come from.
  else if (!navigator.onLine && ACCOUNT.test(to.pathname)) event.respondWith(away(to));
});

/** The ways in that an officer's own login needs, on a phone that was handed over too. */
const LOGIN = /^\/(?:login|reset)$/;

/**
 * True while this phone is handed over with a list (store/engine/handed_list.js): no page of an
 * office opens then, whoever has logged in.
 */
const isHandedOver = () =>
  new Promise((resolve) => {
    const asked = indexedDB.open("jangkau");
    // The app has not been here: nothing is made for it.
    asked.onupgradeneeded = () => asked.transaction?.abort();
    asked.onerror = () => resolve(false);
    asked.onsuccess = () => {
      const { result: db } = asked;
      const found = db.transaction(["meta"]).objectStore("meta").get("check");
      found.onsuccess = () => resolve(Boolean(found.result));
      found.onerror = () => resolve(false);
      db.close();
    };
  });

/** @param {FetchEvent} event @param {URL} to */
async function opened(event, to) {
  if (!LOGIN.test(to.pathname) && (await isHandedOver())) return Response.redirect("/field/", 303);
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return away(to);
  }
}

/** The app's page for an address of the server that cannot be reached. @param {URL} to */
function away({ pathname, search }) {
  const to = encodeURIComponent(pathname + search);
  const login = pathname === "/login";
  return Response.redirect(login ? `/field/login${search}` : `/field/away?to=${to}`, 303);
}
