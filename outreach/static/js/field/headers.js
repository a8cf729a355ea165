// The strict headers that Flask sets, on every answer the worker makes.

import { headers as strict } from "../gen/build.js";

/** Headers of a worker's answer. @param {Record<string, string>} [more] @returns {Headers} */
export function strictHeaders(more = {}) {
  return new Headers({
    ...strict,
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    ...more,
  });
}
