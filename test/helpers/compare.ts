/** Comparisons of arrays that tell where and by how much they fail. */

export interface Tolerance {
  /** Share of |expected| that each element may be off; 0 unless given. */
  relative?: number;
  /** Added to that for each element; 0 unless given. */
  absolute?: number;
}

/**
 * Passes when every |actual - expected| <= absolute + relative * |expected|. NaN matches only NaN, an infinity only
 * itself.
 *
 * @param what the name to use in the message
 * @throws Error with the number of bad elements and the worst of them
 * @example expectClose([1, 2.001], [1, 2], { relative: 1e-3 })
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: Tolerance,
  what = "array",
): void {
  if (!(relative >= 0 && absolute >= 0)) throw new RangeError(`${what}: expected tolerances >= 0`);
  if (actual.length !== expected.length) {
    throw new Error(`${what}: expected ${expected.length} elements, got ${actual.length}`);
  }
  let bad = 0;
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i]) || actual[i] === expected[i]) continue;
    const error = Math.abs(actual[i] - expected[i]);
    const allowed = Number.isFinite(expected[i]) ? absolute + relative * Math.abs(expected[i]) : 0;
    if (error <= allowed) continue;
    bad++;
    const excess = Number.isNaN(error) ? Infinity : error / allowed;
    if (worst < 0 || excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (worst < 0) return;
  const [a, e] = [actual[worst], expected[worst]];
  const error = Math.abs(a - e);
  throw new Error(
    `${what}: ${bad} of ${expected.length} elements differ, worst at index ${worst}: expected ${e}, got ${a}, ` +
      `off by ${error} (relative ${error / Math.abs(e)}); allowed relative ${relative}, absolute ${absolute}`,
  );
}

const view = new DataView(new ArrayBuffer(8));

/** The distance between neighbouring float32 numbers at x, subnormals included. */
function ulpOf(x: number): number {
  view.setFloat64(0, x);
  const exponent = (view.getUint16(0) >>> 4) & 0x7ff;
  return 2 ** (Math.max(exponent - 1023, -126) - 23);
}

/**
 * How far a float32 result is from the exact value, in units in the last place of float32 at that value: a correctly
 * rounded result is at most 0.5 off. NaN for NaN, and the infinity that `expected` rounds to, are 0 off.
 *
 * @param actual a float32 number
 * @param expected the same quantity in float64, not rounded
 * @example ulpDistance(Math.fround(Math.exp(1)), Math.exp(1)) // <= 0.5
 */
export function ulpDistance(actual: number, expected: number): number {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Object.is(actual, expected) ? 0 : Infinity;
  if (Math.abs(actual) === Infinity && actual === Math.fround(expected)) return 0;
  if (Math.abs(expected) === Infinity) return Infinity;
  return Math.abs(actual - expected) / ulpOf(expected);
}
