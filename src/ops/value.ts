/** What a user's cell, layer or loss computes with: numbers that know the computation they belong to. */
import type { Context } from "../context.ts";
import { isObject } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { looksAcross, type Op, Operand, type Packs } from "./op.ts";

/** What a value is made of. */
export interface Inside<Held = unknown> {
  readonly shape: Shape;
  readonly computation: Computing<Held>;
  /** What stands for the numbers: a tensor, or whatever else computes. */
  readonly held: Held;
  /** The step in which it was made; none for weights, which last. */
  readonly step: number | undefined;
  readonly packs: Packs | undefined;
}

let insideOf: (value: Value) => Inside;
let isValue: (value: unknown) => value is Value;

/**
 * A tensor inside a cell, a layer or a loss: an input, a state, a weight, or what `ops` made of them. It lasts as long as
 * the step of a cell, or the pass through a layer (a cell's weights: as long as the pass over the sequence).
 */
export class Value extends Operand {
  /** Rows first: [N, C] for the input of a cell's step. */
  readonly shape: readonly number[];
  readonly #inside: Inside;

  /** @internal Values come from a cell's `step`, a layer's `call`, a loss, and from `ops`. */
  constructor(inside: Inside) {
    super();
    this.shape = inside.shape;
    this.#inside = inside;
  }

  static {
    insideOf = value => value.#inside;
    isValue = (value): value is Value => isObject(value) && #inside in value;
  }

  /** A copy of the numbers, row-major: to look at, not to compute with, since gradients do not flow through it. */
  get data(): Float32Array {
    const { computation, held } = expectAlive(this, "data");
    return computation.numbers(held);
  }

  /** @internal */
  override operate<Options extends object>(op: Op<Options>, operands: readonly Operand[], options: Options): Value {
    const what = `ops.${op.name}`;
    const insides = operands.map(operand => expectAlive(expectValue(operand, what), what));
    const [{ computation }] = insides;
    if (insides.some(inside => inside.computation !== computation)) {
      throw new RangeError(`${what}: these tensors belong to different models, or to different passes of one`);
    }
    return computation.run(op, insides, options);
  }
}

export { isValue };

/** Something that computes with values. */
export abstract class Computing<Held> {
  #step: number | undefined = 0;

  /** The op on values that are all of this computation. */
  run<Options extends object>(op: Op<Options>, insides: readonly Inside<Held>[], options: Options): Value {
    const shape = op.shape(
      insides.map(inside => inside.shape),
      options,
    ) as Shape;
    return this.make(this.compute(op, insides, options, shape), shape);
  }

  protected abstract compute<Options extends object>(
    op: Op<Options>,
    insides: readonly Inside<Held>[],
    options: Options,
    shape: Shape,
  ): Held;

  /** A copy of a value's numbers. */
  abstract numbers(held: Held): Float32Array;

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
  protected make(held: Held, shape: Shape): Value {
    return new Value({ shape, computation: this as Computing<unknown>, held, step: this.#step, packs: undefined });
  }

  /** A value for all steps. */
  protected makeLasting(held: Held, shape: Shape, packs: Packs | undefined): Value {
    return new Value({ shape, computation: this as Computing<unknown>, held, step: undefined, packs });
  }
}

/**
 * One forward pass of a user's cell, layer or loss over tensors; with a tape in its context it is differentiated.
 *
 * @example
 * const computation = new Computation(context);
 * try {
 *   return tensorOf(call(computation.value(x)), "what");
 * } finally {
 *   computation.end();
 * }
 */
export class Computation extends Computing<Tensor> {
  readonly context: Context;
  readonly #layer: string | undefined;

  /** @param layer whose steps axis 1 is: in a stream it may not look across them */
  constructor(context: Context, layer?: string) {
    super();
    this.context = context;
    this.#layer = context.streaming ? layer : undefined;
  }

  protected override compute<Options extends object>(
    op: Op<Options>,
    insides: readonly Inside<Tensor>[],
    options: Options,
    shape: Shape,
  ): Tensor {
    const inputs = insides.map(inside => inside.held);
    const shapes = inputs.map(x => x.shape);
    if (this.#layer !== undefined && looksAcross(op, shapes, options)) {
      throw new RangeError(
        `stream: layer "${this.#layer}" needs the whole sequence, for ops.${op.name}; use predict() for this model`,
      );
    }
    if (op.families && typeof this.context.kernels.copyStrided !== "function") {
      throw new Error(`ops.${op.name}: its kernels are not in this model; call defineLoss before you make the model`);
    }
    const packs = insides.map(inside => inside.packs);
    return op.forward(this.context, inputs, options, shape, packs);
  }

  override numbers(tensor: Tensor): Float32Array {
    return this.context.numbers(tensor).slice();
  }

  /** A value of the present step. */
  value(tensor: Tensor): Value {
    return this.make(tensor, tensor.shape);
  }

  /** A value for all steps. */
  weight(tensor: Tensor, packs?: Packs): Value {
    return this.makeLasting(tensor, tensor.shape, packs);
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

/** Refuses what is no value. */
export function expectValue(value: unknown, what: string): Value {
  if (isValue(value)) return value;
  if (value instanceof Operand) {
    throw new TypeError(
      `${what}: expected the numbers of a cell, a layer or a loss, got a symbolic tensor of a model; ` +
        "make it one of the layer's inputs",
    );
  }
  throw new TypeError(`${what}: expected a tensor, got ${describe(value)}`);
}

/**
 * What stands for a value's numbers in a computation.
 *
 * @throws TypeError for what is no value, RangeError for a value of another computation, or of a step that is over
 */
export function heldBy<Held>(computation: Computing<Held>, value: unknown, what: string): Held {
  const inside = expectAlive(expectValue(value, what), what);
  if (inside.computation !== computation) {
    throw new RangeError(`${what}: this tensor belongs to a different model, or to a different pass of this one`);
  }
  return inside.held as Held;
}

/** The tensor behind a value. */
export function tensorOf(value: Value, what: string): Tensor {
  const { computation } = insideOf(value);
  if (!(computation instanceof Computation)) throw new TypeError(`${what}: expected a value that has numbers`);
  return heldBy(computation, value, what);
}
