/** How many steps of each sequence are real, and the mask that a batch gets of it. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { isArray } from "../isObject.ts";
import { describe, expectPresent, type NDArray, sizeOf } from "../ndarray.ts";
import type { Samples } from "../samples.ts";
import { Tensor } from "../tensor.ts";
import { type CompareSets, DataSet, type Padding } from "./data.ts";
import { takesLengths } from "./ragged.ts";
import type { Slot } from "./slots.ts";

/** Whether sequences may end with the longest: they are the only ones, of any length, and no layer counts the padding behind them. */
function endsAnywhere({ inputs, nodes }: Plan): boolean {
  const free = inputs.filter(({ shape }) => shape.includes(null));
  return (
    free.length === 1 &&
    nodes.every(({ layer, inputs }) => {
      const shapes = inputs.map(({ shape }) => shape);
      if (!layer || !shapes.some(([T]) => T === null)) return true;
      const fixed = shapes.some(([T, ...inner]) => T !== null && inner.length > 0);
      return (
        !fixed && !layer.options.activityRegularizer && !(layer.countsPadding?.(shapes) ?? layer.acrossSteps(shapes))
      );
    })
  );
}

/** The first steps of sequences [N, T, ...]. */
function shortened(samples: Samples<Float32Array | Int32Array>, steps: number): Samples<Float32Array | Int32Array> {
  const { shape, data, place = i => i } = samples;
  if (!samples.place) expectPresent(samples, "data");
  const [N, T, ...inner] = shape;
  const width = sizeOf(inner);
  return { shape: [N, steps, ...inner], data, place: element => place((element / (steps * width)) * T * width) };
}

export class Lengths implements Padding {
  readonly array: number;
  readonly lengths: Int32Array;

  readonly #plan: Plan;

  constructor(array: number, lengths: Int32Array, plan: Plan) {
    this.array = array;
    this.lengths = lengths;
    this.#plan = plan;
  }

  slice(from: number, to: number): Lengths {
    return new Lengths(this.array, this.lengths.subarray(from, to), this.#plan);
  }

  cut(sets: CompareSets, from: number, to: number, order?: Int32Array): CompareSets {
    const { x, y, weights, timed } = sets;
    if (!timed || !endsAnywhere(this.#plan)) return sets;
    let steps = 1;
    for (let i = from; i < to; i++) steps = Math.max(steps, this.lengths[order ? order[i] : i]);
    const [, T] = x.arrays[this.array].shape;
    // Targets of other steps are refused as they are.
    if (steps === T || y.arrays.some(({ shape }, i) => timed[i] && shape[1] !== T)) return sets;
    const cut = ({ arrays, readings, paddings }: DataSet, isTimed: (i: number) => boolean | undefined): DataSet =>
      new DataSet(
        arrays.map((each, i) => (isTimed(i) && each.shape.length > 1 ? shortened(each, steps) : each)),
        readings,
        paddings,
      );
    const ofTargets = (set: DataSet): DataSet => cut(set, i => timed[i]);
    return { x: cut(x, i => i === this.array), y: ofTargets(y), weights: weights && ofTargets(weights) };
  }

  /** Gives a batch of the inputs its mask; what is padding becomes 0, whatever it was. */
  load(context: Context, inputs: readonly Tensor[], from: number, to: number, order?: Int32Array): void {
    const x = inputs[this.array];
    const [N, T] = x.shape;
    const width = sizeOf(x.shape.slice(2));
    x.mask = new Tensor(context.memory.allocate(N * T), [N, T]);
    const { ints } = context.memory;
    const [data, mask] = [x.pointer >>> 2, x.mask.pointer >>> 2];
    for (let i = from, begin = 0; i < to; i++, begin += T) {
      const real = begin + this.lengths[order ? order[i] : i];
      const end = begin + T;
      ints.fill(1, mask + begin, mask + real);
      ints.fill(0, mask + real, mask + end);
      ints.fill(0, data + real * width, data + end * width);
    }
  }
}

/**
 * Lengths, checked.
 *
 * @param place of the sequences among the inputs
 * @param arrays one for each slot
 * @param title what errors call them
 * @param plan the graph that reads them
 */
export function expectLengths(
  value: unknown,
  place: number,
  arrays: readonly Pick<NDArray, "shape">[],
  slots: readonly Slot[],
  title: string,
  plan: Plan,
): Lengths {
  const slot = slots[place];
  if (!slot || !takesLengths(slot)) {
    const got = (slot ? [slot] : slots).map(({ what, shape }) => `${what} of ${showShape(["N", ...shape])}`).join(", ");
    throw new RangeError(
      `${title}: expected a model that takes sequences [N, T, ...] or token ids [N, T], got ${got}; leave lengths out`,
    );
  }
  const list = value as ArrayLike<unknown> | null;
  if (!isArray(list) && !(ArrayBuffer.isView(list) && "length" in list)) {
    throw new TypeError(`${title}: expected an array with a number for each sequence, got ${describe(value)}`);
  }
  const [N, T] = arrays[place].shape;
  if (list.length !== N) {
    throw new RangeError(`${title}: expected one for each of the ${N} sequences in ${slot.what}, got ${list.length}`);
  }
  const lengths = Int32Array.from({ length: N }, (_, n) => {
    const length = list[n];
    if (typeof length !== "number") {
      throw new TypeError(`${title}: expected whole numbers, got ${describe(length)} at element ${n}`);
    }
    if (!Number.isInteger(length) || length < 0 || length > T) {
      throw new RangeError(
        `${title}: expected whole numbers in [0, ${T}], as ${slot.what} has ${T} steps, got ${length} at element ${n}`,
      );
    }
    return length;
  });
  return new Lengths(place, lengths, plan);
}
