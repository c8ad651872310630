/** Lengths of sequences, the short way to say a mask: what follows the last real step is padding. */

import type { Scaler } from "../data/index.ts";
import { expectOptions } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { isArray, isReadable } from "../isObject.ts";
import { type ArrayData, type NDArray, ndarray, toNDArray } from "../ndarray.ts";
import { inOrder, isByName } from "./byName.ts";
import { DataSet, expectData, isPadded, type PaddedInputs } from "./data.ts";
import { expectLengths } from "./padding.ts";
import { lengthsOf, padSequences, stepsFor, takesLengths } from "./ragged.ts";
import type { Slot } from "./slots.ts";

/**
 * Inputs, checked: arrays in a list or by name, each of which may be `{ x, lengths }`, or a list of sequences of unequal length,
 * which is the same; or `{ x, lengths }` for all.
 *
 * @param scaler see `expectData`
 * @param network its graph reads them
 */
export function expectInputs(
  value: unknown,
  slots: readonly Slot[],
  scaler: Scaler | undefined,
  { plan }: { plan: Plan },
): DataSet {
  if (isPadded(value) && !isByName(value, slots)) return expectPadded(value, slots, scaler, plan);
  const given = inOrder(value, slots, "x", "input");
  const list = slots.length === 1 ? [given] : given;
  if (!isArray(list) || list.length !== slots.length) return expectData(given, slots, false, scaler);
  const lengths: unknown[] = [];
  const all = slots.map((slot, i) => {
    let x: unknown = list[i];
    if (isPadded(x)) {
      expectOptions(x, ["x", "lengths"], `${slot.what} with lengths`);
      ({ x, lengths: lengths[i] } = x as Partial<PaddedInputs>);
      if (lengths[i] !== undefined) return x;
    }
    const own = lengthsOf(x, slot);
    if (!own) return x;
    lengths[i] = own;
    return padSequences(x as unknown[], own, stepsFor(slot, own), slot);
  });
  const padded = lengths.some(own => own !== undefined);
  const data = expectData(slots.length === 1 ? all[0] : all, slots, padded, scaler);
  if (!padded) return data;
  const { arrays, readings } = data;
  const paddings = lengths.flatMap((own, i) =>
    own === undefined
      ? []
      : expectLengths(own, i, arrays, slots, slots.length === 1 ? "lengths" : `${slots[i].what} lengths`, plan),
  );
  return new DataSet(arrays, readings, paddings);
}

/**
 * Targets, checked. Where the inputs have lengths they may be lists of sequences of the same lengths.
 *
 * @param scaler see `expectData`
 */
export function expectTargets(
  given: unknown,
  slots: readonly (Slot & { whole?: boolean })[],
  { paddings, arrays }: DataSet,
  scaler: Scaler | undefined,
): DataSet {
  const value = inOrder(given, slots, "y", "output");
  const [padding] = paddings;
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
    const otherThan = (own: Int32Array) => lengths.findIndex((length, n) => length !== own[n]);
    const same = paddings.find(own => otherThan(own.lengths) < 0);
    if (same) return padSequences(each as unknown[], lengths, arrays[same.array].shape[1], slot);
    const other = otherThan(padding.lengths);
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

/** `{ x, lengths }`: the lengths are those of the first input that is a sequence. */
function expectPadded(value: object, slots: readonly Slot[], scaler: Scaler | undefined, plan: Plan): DataSet {
  expectOptions(value, ["x", "lengths"], "x with lengths");
  const { x, lengths } = value as Partial<PaddedInputs>;
  const place = slots.findIndex(takesLengths);
  const list = inOrder(x, slots, "x", "input");
  if (lengths === undefined) return expectData(list, slots, false, scaler);
  const { arrays, readings } = expectData(list, slots, true, scaler);
  return new DataSet(arrays, readings, [expectLengths(lengths, place, arrays, slots, "lengths", plan)]);
}
