/** Token and class ids as they come from outside. */

/** What stands for NaN among ids. Where a mask or a length hides it, nobody sees it; elsewhere it is no id. */
export const NO_ID = -(2 ** 31);

/** An id for an error. */
export const showId = (id: number): string => (id === NO_ID ? "NaN" : String(id));

const MAX = 2 ** 31 - 1;

/**
 * Ids as int32.
 *
 * @param padded whether NaN may stand where something hides it
 */
export function wholeNumbers(data: Float32Array | Float64Array | Int32Array, what: string, padded = false): Int32Array {
  if (data instanceof Int32Array) return data;
  return Int32Array.from(data, (id, i) => {
    if (padded && Number.isNaN(id)) return NO_ID;
    if (Number.isInteger(id) && Math.abs(id) <= MAX) return id;
    const range = Number.isInteger(id) ? ` in ±${MAX}` : "";
    throw new RangeError(`${what}: expected whole numbers (ids)${range}, got ${id} at element ${i}`);
  });
}
