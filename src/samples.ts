/** Arrays whose samples may share numbers, as the windows of a series do. */
import { type NDArray, type NumberArray, sizeOf } from "./ndarray.ts";

/** An array of samples [N, ...]. */
export interface Samples<Data extends NumberArray = NumberArray> extends Pick<NDArray<Data>, "shape" | "data"> {
  /** Where an element of the array stands in `data`, if that is not its own number; those of a sample stand side by side. */
  readonly place?: ((element: number) => number) | undefined;
}

/**
 * What users hold as an array, and models read without a copy: its samples as they were given.
 *
 * @param scaler of their last axis
 * @returns with the scaler for `data`, if that is another
 */
export type View<Scaler> = (scaler: Scaler | undefined) => Samples & { readonly scaler?: Scaler | undefined };

// biome-ignore lint/suspicious/noExplicitAny: scalers are of a higher floor
export const views = new WeakMap<object, View<any>>();

/** The numbers of samples one after the other, copied where they are not. */
export function denseOf({ shape, data, place }: Samples): NumberArray {
  if (!place) return data;
  const numbers = new (data.constructor as Float64ArrayConstructor)(sizeOf(shape));
  const size = sizeOf(shape.slice(1));
  for (let i = 0; i < numbers.length; i += size) {
    const at = place(i);
    numbers.set(data.subarray(at, at + size), i);
  }
  return numbers;
}
