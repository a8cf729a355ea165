// The kill switch: a worker that removes itself and the kept files, never what people recorded.

const scope = /** @type {ServiceWorkerGlobalScope} */ (
  /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
);

/** Drops our caches and this registration, and tells open pages. IndexedDB is never touched. */
async function stop() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith("jk-")).map((name) => caches.delete(name)),
  );
  await scope.registration.unregister();
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage({ type: "stopped" });
}

scope.addEventListener("install", () => scope.skipWaiting());
scope.addEventListener("activate", (event) => event.waitUntil(stop()));
