/** What the steps of a user's cell compute with: tensors that know the computation they belong to. */
import type { Context } from "../context.ts";
import { describe } from "../ndarray.ts";
import type { Packed } from "../packed.ts";
import type { Tensor } from "../tensor.ts";

/** Where a weight's packed copies are kept, so that they are made once for all steps. */
export interface Packs {
  packed: Packed;
  /** For the backward pass, if there will be one. */
  transposed: Packed | undefined;
}

interface Inside {
  tensor: Tensor;
  computation: Computation;
  /** The step in which it was made; none for weights, which last. */
  step: number | undefined;
  packs: Packs | undefined;
}

let insideOf: (value: Value) => Inside;
let isValue: (value: unknown) => value is Value;

/**
 * A tensor inside a step of a cell: an input, a state, a weight, or what `ops` made of them. It lasts as long as the
 * step (weights: as long as the pass over the sequence).
 */
export class Value {
  /** Rows first: [N, C] for the input of a step. */
  readonly shape: readonly number[];
  readonly #inside: Inside;

  /** @internal Values come from a cell's `step` and from `ops`. */
  constructor(inside: Inside) {
    this.shape = inside.tensor.shape;
    this.#inside = inside;
  }

  static {
    insideOf = value => value.#inside;
    isValue = (value): value is Value => typeof value === "object" && value !== null && #inside in value;
  }

  /** A copy of the numbers, row-major: to look at, not to compute with, since gradients do not flow through it. */
  get data(): Float32Array {
    const { tensor, computation } = expectAlive(this, "data");
    return computation.context.numbers(tensor).slice();
  }
}

export { isValue };

/** One forward pass of a cell over its sequences. */
export class Computation {
  readonly context: Context;
  #step: number | undefined = 0;

  constructor(context: Context) {
    this.context = context;
  }

  /** Whether a value made in that step may still be used. */
  holds(step: number | undefined): boolean {
    return this.#step !== undefined && (step === undefined || step === this.#step);
  }

  /** Values of earlier steps are gone from now on. */
  next(): void {
    if (this.#step !== undefined) this.#step++;
  }

  /** All values are gone. */
  end(): void {
    this.#step = undefined;
  }

  /** A value of the present step. */
  value(tensor: Tensor): Value {
    return new Value({ tensor, computation: this, step: this.#step, packs: undefined });
  }

  /** A value for all steps. */
  weight(tensor: Tensor, packs: Packs | undefined): Value {
    return new Value({ tensor, computation: this, step: undefined, packs });
  }
}

function expectAlive(value: Value, what: string): Inside {
  const inside = insideOf(value);
  if (!inside.computation.holds(inside.step)) {
    throw new RangeError(
      `${what}: this tensor belongs to a step that is over; what a later step needs has to be one of the cell's states`,
    );
  }
  return inside;
}

/** Refuses what is not a tensor. */
export function expectValue(value: unknown, what: string): Value {
  if (isValue(value)) return value;
  throw new TypeError(`${what}: expected a tensor, got ${describe(value)}`);
}

/** The tensor behind a value. */
export function tensorOf(value: Value, what: string): Tensor {
  return expectAlive(value, what).tensor;
}

/** The packed copies of a weight, if it is one. */
export function packsOf(value: Value): Packs | undefined {
  return insideOf(value).packs;
}

/**
 * Runs an op on values of one computation.
 *
 * @param what the op's name in errors
 */
export function compute(
  what: string,
  values: readonly Value[],
  run: (context: Context, tensors: readonly Tensor[]) => Tensor,
): Value {
  const insides = values.map(value => expectAlive(value, what));
  const [{ computation }] = insides;
  if (insides.some(inside => inside.computation !== computation)) {
    throw new RangeError(`${what}: these tensors belong to different models, or to different passes of one`);
  }
  return computation.value(
    run(
      computation.context,
      insides.map(inside => inside.tensor),
    ),
  );
}
