/** Memory for numbers that are put together from several arrays. */
import type { NDArray, NumberArray } from "../ndarray.ts";

/**
 * Room for numbers of all the arrays: float32 or int32 if all are, else float64, which holds any of them.
 *
 * @throws RangeError when there is no memory for so many
 */
export function roomLike(arrays: readonly NDArray[], size: number, what: string): NumberArray {
  const all = (Kind: typeof Float32Array | typeof Int32Array) => arrays.every(({ data }) => data instanceof Kind);
  const Kind = all(Float32Array) ? Float32Array : all(Int32Array) ? Int32Array : Float64Array;
  try {
    return new Kind(size);
  } catch (cause) {
    throw new RangeError(`${what}: the result would hold ${size} numbers, more than there is memory for; take fewer`, {
      cause,
    });
  }
}
