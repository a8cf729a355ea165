/** Ages and the dates of Lampung (UTC+7 the whole year). Days are "YYYY-MM-DD". */

/** @param {string|number} moment ISO time or milliseconds @returns {string} the day in Lampung */
export function jakartaDate(moment) {
  return new Date(new Date(moment).getTime() + 7 * 3600000).toISOString().slice(0, 10);
}

/** @param {string|null|undefined} birth @param {string} day @returns {number|null} full years */
export function age(birth, day) {
  if (!birth) return null;
  return +day.slice(0, 4) - +birth.slice(0, 4) - (day.slice(5) < birth.slice(5) ? 1 : 0);
}

/**
 * @param {string|null|undefined} birth @param {string} day @param {number} [minAge]
 * @returns {"usia_65"|"usia_di_bawah"|null}
 */
export function ageProblem(birth, day, minAge = 18) {
  const years = age(birth, day);
  if (years === null) return null;
  if (years >= 65) return "usia_65";
  return years < Math.max(minAge, 15) ? "usia_di_bawah" : null;
}

/**
 * The day of the 65th birthday for who is 64 on `day`: registration must come before it. A year
 * alone has none.
 * @param {string|null|undefined} birth @param {string} day @returns {string|null}
 */
export function nearing65(birth, day) {
  if (!birth?.[4] || age(birth, day) !== 64) return null;
  const year = +birth.slice(0, 4) + 65;
  const leaps =
    new Date(`${year}${birth.slice(4)}T00:00Z`).toISOString().slice(5, 10) === birth.slice(5);
  return leaps ? year + birth.slice(4) : `${year}-03-01`;
}

/** From 15 to 17 a guardian consents. @param {string|null|undefined} birth @param {string} day */
export function needsGuardian(birth, day) {
  const years = age(birth, day);
  return years !== null && years >= 15 && years < 18;
}
