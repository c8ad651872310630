/** Input data at the precision it came in: statistics and scaling run in float64, only results are float32. */
import { type NestedArray, sizeOf, toNDArray } from "../ndarray.ts";

/** A shape and its numbers, row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Any accepted form of data, checked, without rounding it to float32.
 *
 * @param what the name to use in an error
 * @throws TypeError for anything that is not numeric data, RangeError for ragged nested arrays
 */
export function toValues(value: unknown, what: string): Values {
  const { shape, data } = toNDArray(value, what);
  if (!Array.isArray(value)) {
    const source = (value as Partial<Values>).data ?? (value as ArrayLike<number>);
    return { shape, data: source === data ? data : Float64Array.from(source) };
  }
  const exact = new Float64Array(sizeOf(shape));
  let end = 0;
  const fill = (entry: NestedArray): void => {
    if (typeof entry === "number") exact[end++] = entry;
    else for (let i = 0; i < entry.length; i++) fill(entry[i]);
  };
  fill(value);
  return { shape, data: exact };
}
