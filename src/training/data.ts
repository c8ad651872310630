/** Data sets as `fit`, `evaluate` and `predict` take them: checked against the model, then cut into batches. */
import type { Context } from "../context.ts";
import type { Scaler } from "../data/index.ts";
import { showShape } from "../expect.ts";
import { wholeNumbers } from "../ids.ts";
import { isArray, isObject, isReadable } from "../isObject.ts";
import {
  type ArrayData,
  describe,
  expectPresent,
  type NDArray,
  type NumberArray,
  ndarray,
  sizeOf,
  toNDArray,
} from "../ndarray.ts";
import type { Reading } from "../reading.ts";
import { bringRest } from "../rest.ts";
import { type Samples, type View, views } from "../samples.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import type { Slot } from "./slots.ts";

/** Sequences of unequal length: the data of one input. */
export interface PaddedInput {
  /** [N, T, ...], or token ids [N, T] */
  x: ArrayData;
  /** [N]: how many steps of each sequence are real, 0 to T. What stands in x after them has no influence. */
  lengths: ArrayLike<number>;
}

/** The same, as every method of a model takes it in place of x. */
export interface PaddedInputs extends Omit<PaddedInput, "x"> {
  /** Or one array for each input, in a list or by name, of which the first sequence is meant */
  x: ArrayData | readonly ArrayData[] | ByName<ArrayData>;
}

/** By the names of a model's inputs or outputs. */
export interface ByName<Each> {
  readonly [name: string]: Each;
}

/**
 * What a model reads: one array, or one for each of its inputs, in a list or by name. Sequences of unequal length may be a list
 * of them, nested arrays or typed ones, which is the same as `{ x, lengths }`: zeros follow the shorter ones.
 */
export type Inputs = ArrayData | readonly (ArrayData | PaddedInput)[] | PaddedInputs | ByName<ArrayData | PaddedInput>;

/** True and false as labels. */
type Labels = boolean | readonly Labels[];

/** What a model's outputs are compared with: one array, or one for each output, in a list or by name. */
export type Targets = ArrayData | Labels | readonly (ArrayData | Labels)[] | ByName<ArrayData | Labels>;

/** Of one of a model's inputs how many steps of each sequence are real; what follows them becomes 0, and hidden. */
export interface Padding extends Pick<Reading, "load"> {
  /** Its place among the inputs */
  readonly array: number;
  /** [N] */
  readonly lengths: Int32Array;
  /** Of the samples [from, to). */
  slice(from: number, to: number): Padding;
  /** The sets without what is padding in all sequences of a batch, where the model can do without: nothing is computed of it. */
  cut(sets: CompareSets, from: number, to: number, order?: Int32Array): CompareSets;
}

/** Inputs with their targets. */
export interface CompareSets {
  x: DataSet;
  y: DataSet;
  /** How much the rows of each target count; default 1 */
  weights?: DataSet | undefined;
  /** Of each target whether it has the steps of the sequences that the model reads; without it batches have all steps of the data. */
  timed?: readonly boolean[];
}

/** Arrays with the same number of samples. */
export class DataSet {
  readonly count: number;

  /**
   * @param readings what layers read of the arrays as they were given
   * @param paddings how long the sequences of some of the arrays are; of the others all steps are real
   */
  constructor(
    readonly arrays: readonly Samples<Float32Array | Int32Array>[],
    readonly readings: readonly Reading[],
    readonly paddings: readonly Padding[] = [],
  ) {
    this.count = arrays[0]?.shape[0] ?? 0;
  }

  /**
   * Copies samples into the arena.
   *
   * @param order the samples' numbers in their new order; without it they are taken as they lie
   */
  load(context: Context, from: number, to: number, order?: Int32Array): Tensor[] {
    const tensors = this.arrays.map(array => {
      const { shape, data, place } = array;
      if (!place) expectPresent(array, "data"); // callbacks of a long training may have given it away
      const size = sizeOf(shape.slice(1));
      const batchShape = [to - from, ...shape.slice(1)];
      if (!order && !place) return context.tensorFrom(data.subarray(from * size, to * size), batchShape);
      const tensor = context.tensor(batchShape);
      const { floats, ints } = context.memory;
      const view = data instanceof Int32Array ? ints : floats;
      for (let i = from; i < to; i++) {
        const first = (order ? order[i] : i) * size;
        const at = place?.(first) ?? first;
        view.set(data.subarray(at, at + size), (tensor.pointer >>> 2) + (i - from) * size);
      }
      return tensor;
    });
    for (const each of [...this.readings, ...this.paddings]) each.load(context, tensors, from, to, order);
    return tensors;
  }
}

let registeredHint = (_slot: Slot, _shape: readonly number[]): string => "";

/** Says what to do about a shape that does not fit: what an entry brings. */
export function registerShapeHint(given: typeof registeredHint): void {
  registeredHint = given;
}

function hintOf(slot: Slot, shape: readonly number[]): string {
  bringRest();
  return registeredHint(slot, shape);
}

function fits(shape: readonly number[], wanted: InnerShape): boolean {
  return shape.length === wanted.length && wanted.every((n, axis) => n === null || n === shape[axis]);
}

/** Whether a value is `{ x, lengths }`, and no array. */
export function isPadded(value: unknown): value is object {
  if (!isObject(value) || !isReadable(value) || isArray(value)) return false;
  return !("shape" in value) && ("lengths" in value || "x" in value);
}

/**
 * Data from outside, checked.
 *
 * @param value one array, or a list with one for each slot
 * @param padded whether some of it may be hidden: ids may be NaN there
 * @param scaler for the last axis, where there is one slot
 * @throws TypeError or RangeError naming the slot, its shape and the shape that came
 */
export function expectData(value: unknown, slots: readonly Slot[], padded: boolean, scaler?: Scaler): DataSet {
  const list = slots.length === 1 ? [value] : value;
  if (!isArray(list) || list.length !== slots.length) {
    const names = slots.map(slot => slot.what).join(", ");
    throw new TypeError(
      `expected a list of ${slots.length} arrays (${names}), got ${
        isArray(list) ? `a list of ${list.length}` : describe(list)
      }`,
    );
  }
  const readings: Reading[] = [];
  const arrays = slots.map((slot, i) => {
    // Of numbers that nobody scales, and of which no layer asks more, float32 is all that is used.
    const Kind = scaler || slot.ids || slot.questions?.length ? Float64Array : Float32Array;
    const {
      shape,
      data,
      place,
      scaler: own = scaler,
    }: ReturnType<View<Scaler>> = views.get(list[i] as object)?.(scaler) ??
    toNDArray(list[i], slot.what, slot.labels, Kind);
    const inner = shape.slice(1);
    // A last axis of one may be left out, as in Keras.
    const withLast = slot.shape[slot.shape.length - 1] === 1 && fits([...inner, 1], slot.shape);
    const withoutLast = slot.ids && inner[inner.length - 1] === 1 && fits(inner.slice(0, -1), slot.shape);
    if (shape.length === 0 || !(fits(inner, slot.shape) || withLast || withoutLast)) {
      throw new RangeError(
        `${slot.what}: expected ${slot.ids ? "ids of shape " : ""}${showShape(["N", ...slot.shape])}, got ` +
          showShape(shape) +
          hintOf(slot, shape),
      );
    }
    const full = withLast ? [...shape, 1] : withoutLast ? shape.slice(0, -1) : shape;
    // Of float32 numbers that stay as they are, layers have the answers themselves.
    const asks = data instanceof Float32Array && !own ? [] : (slot.questions ?? []);
    for (const question of asks) readings.push(question.of(i, { shape: full, data, place }));
    const numbers = slot.ids
      ? wholeNumbers(data, slot.what, padded)
      : own
        ? own.transform(asRows(data, own)).data
        : toFloats(data);
    return { shape: full, data: numbers, place };
  });
  const counts = arrays.map(array => array.shape[0]);
  if (new Set(counts).size > 1) {
    throw new RangeError(
      `expected the same number of samples everywhere, got ${slots.map((s, i) => `${s.what}: ${counts[i]}`).join(", ")}`,
    );
  }
  if (counts[0] === 0) throw new RangeError(`${slots[0].what}: expected at least one sample, got none`);
  return new DataSet(arrays, readings);
}

/** Whatever axes are before the last: scalers take data of few axes. */
export const asRows = (data: NumberArray, { features }: Scaler): NDArray =>
  ndarray(data, [data.length / features, features]);

function toFloats(data: NumberArray): Float32Array {
  return data instanceof Float32Array ? data : new Float32Array(data);
}
