import { sizeOf } from "../ndarray.ts";
import type { Samples } from "../samples.ts";

/**
 * The mean of every feature's values, in float64; NaN and infinities are left out, and what follows a sequence's length.
 *
 * @param x [N, T, C]
 * @param lengths [N]; without them all steps are real
 * @returns [C] each: the means, 0 where there is no value, and the numbers of values
 */
export function observedMeans(
  { shape, data, place }: Samples,
  lengths?: Int32Array,
): { mean: number[]; count: number[] } {
  const C = shape[shape.length - 1];
  const [sum, count] = [new Array<number>(C).fill(0), new Array<number>(C).fill(0)];
  const size = sizeOf(shape.slice(1));
  for (let n = 0; n < shape[0]; n++) {
    const real = lengths ? lengths[n] * C : size;
    const first = place ? place(n * size) : n * size;
    for (let i = 0; i < real; i++) {
      const value = data[first + i];
      if (!Number.isFinite(value)) continue;
      sum[i % C] += value;
      count[i % C]++;
    }
  }
  return { mean: sum.map((total, j) => (count[j] > 0 ? total / count[j] : 0)), count };
}
