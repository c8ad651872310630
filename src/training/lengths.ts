/** Lengths of sequences, the short way to say a mask: what follows the last real step is padding. */

import type { Context } from "../context.ts";
import type { Scaler } from "../data/index.ts";
import { expectOptions, showShape } from "../expect.ts";
import { describe, type NDArray, sizeOf } from "../ndarray.ts";
import { isArray } from "../nested.ts";
import { Tensor } from "../tensor.ts";
import { DataSet, expectData, type PaddedInputs, type Padding } from "./data.ts";
import type { Slot } from "./slots.ts";

/**
 * Inputs with the lengths of their sequences, checked.
 *
 * @param scaler see `expectData`
 */
export function expectPadded(value: object, slots: readonly Slot[], scaler: Scaler | undefined): DataSet {
  expectOptions(value, ["x", "lengths"], "x with lengths");
  const { x, lengths } = value as Partial<PaddedInputs>;
  const { arrays, readings } = expectData(x, slots, lengths !== undefined, scaler);
  return new DataSet(arrays, readings, lengths === undefined ? undefined : expectPadding(lengths, arrays, slots));
}

/**
 * Lengths, checked.
 *
 * @param arrays one for each slot; the lengths are those of the first that is a sequence
 */
function expectPadding(value: unknown, arrays: readonly NDArray[], slots: readonly Slot[]): Padding {
  const array = slots.findIndex(({ ids, shape }) => shape.length >= (ids ? 1 : 2));
  if (array < 0) {
    const got = slots.map(({ what, shape }) => `${what} of ${showShape(["N", ...shape])}`).join(", ");
    throw new RangeError(
      `lengths: expected a model that takes sequences [N, T, ...] or token ids [N, T], got ${got}; leave lengths out`,
    );
  }
  const list = value as ArrayLike<unknown> | null;
  if (!isArray(list) && !(ArrayBuffer.isView(list) && "length" in list)) {
    throw new TypeError(`lengths: expected an array with a number for each sequence, got ${describe(value)}`);
  }
  const [N, T] = arrays[array].shape;
  const { what } = slots[array];
  if (list.length !== N) {
    throw new RangeError(`lengths: expected one for each of the ${N} sequences in ${what}, got ${list.length}`);
  }
  const lengths = Int32Array.from({ length: N }, (_, n) => {
    const length = list[n];
    if (typeof length !== "number") {
      throw new TypeError(`lengths: expected whole numbers, got ${describe(length)} at element ${n}`);
    }
    if (!Number.isInteger(length) || length < 0 || length > T) {
      throw new RangeError(
        `lengths: expected whole numbers in [0, ${T}], as ${what} has ${T} steps, got ${length} at element ${n}`,
      );
    }
    return length;
  });
  return { array, lengths, hide: padAfter };
}

/**
 * Gives a batch the mask of its lengths; what is padding becomes 0, whatever it was.
 *
 * @param x [N, T, ...]
 * @param lengths [N]
 */
function padAfter(context: Context, x: Tensor, lengths: Int32Array): void {
  const [N, T] = x.shape;
  const width = sizeOf(x.shape.slice(2));
  x.mask = new Tensor(context.memory.allocate(N * T), [N, T]);
  const { ints } = context.memory;
  const [data, mask] = [x.pointer >>> 2, x.mask.pointer >>> 2];
  lengths.forEach((length, n) => {
    const [begin, real, end] = [n * T, n * T + length, (n + 1) * T];
    ints.fill(1, mask + begin, mask + real);
    ints.fill(0, mask + real, mask + end);
    ints.fill(0, data + real * width, data + end * width);
  });
}
