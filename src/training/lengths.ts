/** Lengths of sequences, the short way to say a mask: what follows the last real step is padding. */

import type { Context } from "../context.ts";
import type { Scaler } from "../data/index.ts";
import { expectOptions, showShape } from "../expect.ts";
import { type ArrayData, describe, type NDArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { isArray, isReadable } from "../nested.ts";
import type { Samples } from "../samples.ts";
import { Tensor } from "../tensor.ts";
import { DataSet, expectData, isPadded, type PaddedInputs, type Padding } from "./data.ts";
import { lengthsOf, padSequences, stepsFor, takesLengths } from "./ragged.ts";
import type { Slot } from "./slots.ts";

/**
 * Inputs, checked: `{ x, lengths }`, or a list of sequences of unequal length, which is the same.
 *
 * @param scaler see `expectData`
 */
export function expectInputs(value: unknown, slots: readonly Slot[], scaler: Scaler | undefined): DataSet {
  if (isPadded(value)) return expectPadded(value, slots, scaler);
  const place = slots.findIndex(takesLengths);
  const list = slots.length === 1 ? [value] : value;
  const sequences = isArray(list) && list.length === slots.length ? list[place] : undefined;
  const lengths = place >= 0 && lengthsOf(sequences, slots[place]);
  if (!lengths) return expectData(value, slots, false, scaler);
  const arrays = [...(list as ArrayData[])];
  arrays[place] = padSequences(sequences as unknown[], lengths, stepsFor(slots[place], lengths), slots[place]);
  return expectPadded({ x: slots.length === 1 ? arrays[0] : arrays, lengths }, slots, scaler);
}

/**
 * Targets, checked. Where the inputs have lengths they may be lists of sequences of the same lengths.
 *
 * @param scaler see `expectData`
 */
export function expectTargets(
  value: unknown,
  slots: readonly (Slot & { whole?: boolean })[],
  { padding, arrays }: DataSet,
  scaler: Scaler | undefined,
): DataSet {
  if (slots.length > 1 && (!isArray(value) || value.length !== slots.length)) {
    return expectData(value, slots, true, scaler);
  }
  const wanted: Slot[] = [...slots];
  const list = (slots.length === 1 ? [value] : (value as unknown[])).map((each, i) => {
    const slot = slots[i];
    const lengths = padding || slot.whole ? lengthsOf(each, slot) : undefined;
    if (!lengths) {
      const single = ofSamples(each, slot);
      if (single) wanted[i] = { ...slot, shape: [null, 1] };
      return single ?? each;
    }
    if (slot.whole) return padSequences(each as unknown[], lengths, Math.max(...lengths), slot, -1);
    if (!padding) return each;
    const other = lengths.findIndex((length, n) => length !== padding.lengths[n]);
    if (other < 0) return padSequences(each as unknown[], lengths, arrays[padding.array].shape[1], slot);
    throw new RangeError(
      `${slot.what}: expected sequences as long as those of the inputs, got ${lengths[other]} steps and ` +
        `${padding.lengths[other]} at ${other}`,
    );
  });
  return expectData(slots.length === 1 ? list[0] : list, wanted, true, scaler);
}

/** Of targets [N, T, 1] that came as [N] or [N, 1], one number for all steps: [N, 1, 1]. */
function ofSamples(value: unknown, { what, shape, ids, labels }: Slot): NDArray | undefined {
  if (ids || shape.length !== 2 || shape[1] !== 1 || !isShallow(value)) return undefined;
  const array = toNDArray(value as ArrayData, what, labels);
  const [N, ...inner] = array.shape;
  return array.shape.length > 0 && inner.length < 2 && inner.every(n => n === 1)
    ? ndarray(array.data, [N, 1, 1])
    : undefined;
}

/** Whether a value may have one or two axes: others need not be read. */
function isShallow(value: unknown): boolean {
  if (!isReadable(value)) return false;
  const shape = (value as { shape?: unknown } | null)?.shape;
  if (isArray(shape)) return shape.length < 3;
  return ArrayBuffer.isView(value) || (isArray(value) && !(isArray(value[0]) && isArray(value[0][0])));
}

function expectPadded(value: object, slots: readonly Slot[], scaler: Scaler | undefined): DataSet {
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
function expectPadding(value: unknown, arrays: readonly Samples[], slots: readonly Slot[]): Padding {
  const array = slots.findIndex(takesLengths);
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
  return { array, lengths, hide };
}

function hide(this: Padding, ...[context, batch, from, to, order]: Parameters<Padding["hide"]>): void {
  const { array, lengths } = this;
  padAfter(context, batch[array], order ? order.subarray(from, to).map(n => lengths[n]) : lengths.subarray(from, to));
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
