/**
 * Consent changes in two ways only: a yes is asked for with its own proof and time, and a yes that
 * becomes a no is a withdrawal. The same as outreach/domain/consents.py.
 */

/** @typedef {Pick<import("../gen/worker_data.js").Answers, "consent" | "consent_withdrawn">} Data */

/** The purposes that were agreed to and not taken back. @param {Data} data @returns {string[]} */
export function standing(data) {
  /** @type {Record<string, string>} */
  const withdrawn = data.consent_withdrawn ?? {};
  return Object.entries(data.consent?.purposes ?? {})
    .filter(([name, yes]) => yes && !withdrawn[name])
    .map(([name]) => name);
}

/** The purposes that stand now and did not before. @param {Data} before @param {Data} after */
export function raised(before, after) {
  const stood = standing(before);
  return standing(after)
    .filter((name) => !stood.includes(name))
    .sort();
}

/** Those that stood and do not any more, without being withdrawn. @param {Data} before @param {Data} after */
export function lowered(before, after) {
  const stands = standing(after);
  /** @type {Record<string, string>} */
  const withdrawn = after.consent_withdrawn ?? {};
  return standing(before)
    .filter((name) => !stands.includes(name) && !withdrawn[name])
    .sort();
}

/** True where a new yes leans on an earlier consent's proof or time. @param {Data} before @param {Data} after */
export function needsProof(before, after) {
  if (!raised(before, after).length) return false;
  const [old, now] = [before.consent ?? {}, after.consent ?? {}];
  return /** @type {const} */ (["evidence", "at"]).some(
    (part) => old[part] && old[part] === now[part],
  );
}

/**
 * The consent of an edit as it is stored: without a new proof the earlier consent stays as it was
 * given, and what is refused now is withdrawn at this moment.
 * @param {Data} before @param {Data} after as answered @param {string} now
 * @returns {Data}
 */
export function settle(before, after, now) {
  const old = before.consent;
  if (!old || !after.consent) return { consent: after.consent, consent_withdrawn: undefined };
  /** @type {Record<string, boolean>} */
  const answered = after.consent.purposes ?? {};
  /** @type {Record<string, string>} */
  const withdrawn = { ...before.consent_withdrawn };
  for (const name of standing(before)) if (answered[name] === false) withdrawn[name] = now;
  const fresh = raised(before, { consent: after.consent });
  for (const name of fresh) delete withdrawn[name];
  const renewed = after.consent.evidence !== old.evidence || after.consent.at !== old.at;
  const kept = { ...after.consent, purposes: { ...answered, ...old.purposes } };
  return {
    consent: fresh.length || renewed ? after.consent : kept,
    consent_withdrawn: Object.keys(withdrawn).length ? withdrawn : undefined,
  };
}
