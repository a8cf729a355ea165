/** The screens that ask for a login, and to which it leads back. */
const ASKS = /^\/field\/(?:pin\/forgot|trouble\/anew\?n=\d+)$/;

/** The screen that asked for the login; "" where none did. @param {URLSearchParams} query */
export function askedAt(query) {
  const next = query.get("next") ?? "";
  return ASKS.test(next) ? next : "";
}
