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
