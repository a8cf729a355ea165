// The phone's local server: the entry of worker.js, which /sw.js imports. Everything under /field/
// is answered here.

import { answerOnce, onAsked } from "./asked.js";
import { strictHeaders } from "./headers.js";
import { activate, built, complete, onMessage } from "./lifecycle.js";
import "./first_part.js";

const scope = /** @type {ServiceWorkerGlobalScope} */ (
  /** @type {Partial<ServiceWorkerGlobalScope>} */ (self)
);

scope.addEventListener("install", (event) => event.waitUntil(complete()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("message", onMessage);
scope.addEventListener("message", onAsked);
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (address.pathname.startsWith("/field/")) {
    event.respondWith(isFramed(request) ? refused() : answerOnce(request));
  }
  if (request.method === "GET" && address.pathname.startsWith("/static/dist/")) {
    event.respondWith(built(request));
  }
});

/** Our screens stand in no frame, so whoever opens one there is somebody else's page. @param {Request} request */
const isFramed = ({ mode, destination }) => mode === "navigate" && destination !== "document";
const refused = () => new Response(null, { status: 403, headers: strictHeaders() });
