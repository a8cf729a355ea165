/**
 * Who lives in one house: what officers said, and nothing else. The same as
 * outreach/domain/households.py; both run tests/shared/households.json.
 */

/** @typedef {{household_id?: string | null, village_code?: string | null}} Housed */

/** The id of somebody's house: the one that was said, else the person's own. @param {string} id @param {Housed} data */
export const houseOf = (id, { household_id }) => household_id || id;

/**
 * Those who live with this person, in their order; a house stands in one village, so the same id
 * elsewhere is another house. @param {string} id @param {Map<string, Housed>} people
 */
export function housemates(id, people) {
  const home = (/** @type {string} */ one) => {
    const data = people.get(one) ?? {};
    return `${data.village_code} ${houseOf(one, data)}`;
  };
  return [...people.keys()].filter((other) => other !== id && home(other) === home(id));
}
