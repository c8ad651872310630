/** What an op is, and what it works on. */
import type { Context } from "../context.ts";
import type { Family } from "../engine/kernels.ts";
import { describe } from "../ndarray.ts";
import type { Packed } from "../packed.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** A shape as rules see it, batch first: "N" is the batch of a model that is put together, null an axis of any length. */
export type Sizes = readonly (number | string | null)[];

/** Where a weight's packed copies are kept, so that they are made once for all steps. */
export interface Packs {
  packed: Packed;
  /** For the backward pass, if there will be one. */
  transposed: Packed | undefined;
}

/** An op that users can call, said once: everything that can hold its inputs computes by it. */
export interface Op<Options extends object = object> {
  /** In files, and in errors as `ops.name` */
  readonly name: string;
  /** What its options are called; their values are plain JSON. */
  readonly options?: readonly string[];
  /** Kernels that it needs beside those that every model has. */
  readonly families?: readonly Family[];
  /**
   * Whether it looks across axis 1, the steps of a sequence: then a stream cannot run it step by step. Default no
   *
   * @param timed which inputs have steps; default all
   */
  acrossSteps?(inputs: readonly Sizes[], options: Options, timed?: readonly boolean[]): boolean;
  /** Its options in a model, whose first axis is that of the batch, where something else is meant there by one that is left out. */
  inModel?(inputs: readonly Sizes[], options: Options): Options;
  /** The options for a step of so many numbers, where they say how many steps there are. */
  ofStep?(options: Options, size: number): Options;
  /** The output's shape. Refuses inputs and options that do not fit: nothing else checks them. */
  shape(inputs: readonly Sizes[], options: Options): Sizes;
  /**
   * Computes the output, and records what the backward half needs. By kernels alone, for which shapes are all it looks at: a stream
   * makes a step of it (`compileForward`).
   *
   * @param shape of the output
   * @param packs of the inputs that are weights
   */
  forward(
    context: Context,
    inputs: readonly Tensor[],
    options: Options,
    shape: Shape,
    packs?: readonly (Packs | undefined)[],
  ): Tensor;
  /** The mask of the output, where it is another than a step hidden in any of the inputs. */
  maskOf?(context: Context, inputs: readonly Tensor[], options: Options): Tensor | undefined;
}

/** Whether an op in a layer of the user's looks across the steps of what may be a sequence. */
export function looksAcross<Options extends object>(
  op: Op<Options>,
  shapes: readonly Shape[],
  options: Options,
): boolean {
  return shapes.some(({ length }) => length >= 3) && (op.acrossSteps?.(shapes, options) ?? false);
}

/** Runs an op on tensors; its rule checks them first. */
export function run<Options extends object>(
  op: Op<Options>,
  context: Context,
  inputs: readonly Tensor[],
  options: Options,
): Tensor {
  const shape = op.shape(
    inputs.map(input => input.shape),
    options,
  );
  return op.forward(context, inputs, options, shape as Shape);
}

/** What users call ops on: the numbers of a cell, a layer or a loss, or a symbolic tensor of a model that is put together. */
export abstract class Operand {
  abstract readonly shape: readonly (number | null)[];

  /**
   * The op on operands of this kind, of which this is the first.
   *
   * @internal Call `ops`.
   */
  abstract operate<Options extends object>(op: Op<Options>, operands: readonly Operand[], options: Options): Operand;
}

/** Refuses what is no operand. */
export function expectOperand(value: unknown, what: string): asserts value is Operand {
  if (!(value instanceof Operand)) throw new TypeError(`${what}: expected a tensor, got ${describe(value)}`);
}

/** The op on whatever the operands are: this is what lifts ops to users. */
export function apply<Options extends object, X extends Operand>(
  op: Op<Options>,
  operands: readonly X[],
  options: Options,
): X {
  for (const operand of operands) expectOperand(operand, `ops.${op.name}`);
  return operands[0].operate(op, operands, options) as X;
}

/** Whether two sizes are the same, as far as is known yet. */
export const agree = (a: Sizes[number], b: Sizes[number]): boolean => a === b || a === null || b === null;

/** Whether two shapes are. */
export const agreeAll = (a: Sizes, b: Sizes): boolean => a.length === b.length && a.every((n, i) => agree(n, b[i]));

/** The last axis, which must be known. */
export function widthOf(shape: Sizes, what: string): number {
  const size = shape[shape.length - 1];
  if (typeof size === "number") return size;
  throw new RangeError(`${what}: expected a tensor whose last axis has a known size; give inputShape a number there`);
}

/** A file may claim any number of inputs. */
export function expectInputs(inputs: readonly Sizes[], least: number, most: number, what: string): void {
  if (inputs.length >= least && inputs.length <= most) return;
  const range = least === most ? `${least}` : `${least} to ${most}`;
  throw new RangeError(`${what}: expected ${range} tensors, got ${inputs.length}`);
}
