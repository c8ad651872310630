import type { Backward, Context } from "../context.ts";
import { ARITHMETIC } from "../engine/families/arithmetic.generated.ts";
import { arithmeticKinds } from "../engine/kinds.generated.ts";
import { showShape } from "../expect.ts";
import { describe } from "../ndarray.ts";
import { Tensor } from "../tensor.ts";
import { agree, agreeAll, apply, expectInputs, expectOperand, type Op, Operand, type Sizes } from "./op.ts";

/** The kernels of all that is here; a layer that uses it names them as its own. */
export const ARITHMETIC_KERNELS = [ARITHMETIC];

/** An operation on two operands, element by element. */
export type Arithmetic = keyof typeof arithmeticKinds;

const longer = <Shape extends Sizes>(a: Shape, b: Shape): Shape => (a.length >= b.length ? a : b);

/** Rows and columns of an operation, and what leads from a row of each operand to the next. */
function layoutOf(a: { size: number }, b: { size: number }) {
  const size = Math.max(a.size, b.size);
  const columns = Math.min(a.size, b.size);
  const strideOf = (operand: { size: number }): number => (operand.size === size ? columns : 0);
  return { rows: size / columns, columns, aStride: strideOf(a), bStride: strideOf(b) };
}

/**
 * a + b, a - b, a·b, a / b, the larger or the smaller.
 *
 * @param a [..., C], or a row [C] for all rows of b
 * @param b the same shape, or a row for all rows of a
 */
export function arithmetic(context: Context, kind: Arithmetic, a: Tensor, b: Tensor): Tensor {
  const number = arithmeticKinds[kind];
  const y = context.tensor(longer(a.shape, b.shape), [a, b]);
  const { rows, columns, aStride, bStride } = layoutOf(a, b);
  context.kernels.arithmeticForward(y.pointer, a.pointer, aStride, b.pointer, bStride, number, rows, columns);
  context.record(arithmeticBackward, [y], a, b, number);
  return y;
}

export const arithmeticBackward: Backward<[a: Tensor, b: Tensor, kind: number]> = (context, [y], a, b, kind) => {
  const { rows, columns, aStride, bStride } = layoutOf(a, b);
  const [da, db] = [context.gradientOf(a), context.gradientOf(b)];
  const operands = [a.pointer, aStride, b.pointer, bStride] as const;
  context.kernels.arithmeticBackward(da, db, y.gradient, ...operands, kind, rows, columns);
};

/** The operand that is a number, if one is. */
interface NumberBeside {
  a?: number;
  b?: number;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function notOperand(value: unknown, what: string): never {
  throw new TypeError(`${what}: expected a tensor or a finite number, got ${describe(value)}`);
}

const isRowOf = (row: Sizes, of: Sizes): boolean => row.length === 1 && agree(row[0], of[of.length - 1]);

/** A number beside a tensor: a row that has it everywhere. */
function rowOf({ memory }: Context, number: number, { shape }: Tensor): Tensor {
  const C = shape[shape.length - 1];
  const pointer = memory.allocate(C);
  memory.floats.fill(number, pointer >>> 2, (pointer >>> 2) + C);
  return new Tensor(pointer, [C]);
}

/** Both operands, where one may be a number. */
function both<Each>(inputs: readonly Each[], { a, b }: NumberBeside, fill: (number: number, beside: Each) => Each) {
  const [first, second] = inputs;
  if (a !== undefined) return [fill(a, first), first];
  return [first, b === undefined ? second : fill(b, first)];
}

const opOf = (kind: Arithmetic): Op<NumberBeside> => ({
  name: kind,
  options: ["a", "b"],
  families: ARITHMETIC_KERNELS,
  shape(inputs, { a, b }) {
    const what = `ops.${kind}`;
    const numbers = [a, b].filter(number => number !== undefined);
    for (const number of numbers) if (!isNumber(number)) notOperand(number, what);
    const count = 2 - numbers.length;
    expectInputs(inputs, count, count, what);
    const [left, right] = inputs;
    if (count === 1 || agreeAll(left, right) || isRowOf(right, left)) return left;
    if (isRowOf(left, right)) return right;
    throw new RangeError(
      `${what}: expected tensors of one shape, or a row [C] beside [..., C], got ${showShape(left)} and ${showShape(right)}`,
    );
  },
  forward(context, inputs, numbers) {
    const [a, b] = both(inputs, numbers, (number, beside) => rowOf(context, number, beside));
    return arithmetic(context, kind, a, b);
  },
});

/** Those that users call. */
export const arithmeticOps = {
  add: opOf("add"),
  subtract: opOf("subtract"),
  multiply: opOf("multiply"),
  divide: opOf("divide"),
  maximum: opOf("maximum"),
  minimum: opOf("minimum"),
  greater: opOf("greater"),
};

function combine<X extends Operand>(kind: Arithmetic, a: X | number, b: X | number): X {
  const op = arithmeticOps[kind];
  for (const operand of [a, b]) {
    if (!(operand instanceof Operand || isNumber(operand))) notOperand(operand, `ops.${kind}`);
  }
  if (typeof a === "number") return apply(op, [b as X], { a });
  return typeof b === "number" ? apply(op, [a], { b }) : apply(op, [a, b], {});
}

/**
 * a + b, element by element.
 *
 * @param a a tensor, a row [C] for all rows of the other one, or a number
 * @param b likewise; one of the two is a tensor
 * @throws TypeError for anything else, RangeError for shapes that do not go together
 * @example ops.add(ops.matmul(x, weights.kernel), weights.bias)
 */
export function add<X extends Operand>(a: X | number, b: X | number): X {
  return combine("add", a, b);
}

/**
 * a - b, element by element; operands as for `add`.
 *
 * @example ops.subtract(1, forgetGate)
 */
export function subtract<X extends Operand>(a: X | number, b: X | number): X {
  return combine("subtract", a, b);
}

/**
 * a·b, element by element; operands as for `add`.
 *
 * @example ops.multiply(forgetGate, states.c)
 */
export function multiply<X extends Operand>(a: X | number, b: X | number): X {
  return combine("multiply", a, b);
}

/**
 * a / b, element by element; operands as for `add`.
 *
 * @example ops.divide(cell, normalizer)
 */
export function divide<X extends Operand>(a: X | number, b: X | number): X {
  return combine("divide", a, b);
}

/**
 * The larger of a and b, element by element; operands as for `add`. Where they are equal each gets half of the gradient.
 *
 * @example ops.maximum(x, 0)
 */
export function maximum<X extends Operand>(a: X | number, b: X | number): X {
  return combine("maximum", a, b);
}

/**
 * The smaller of a and b, element by element; operands as for `add`. Where they are equal each gets half of the gradient.
 *
 * @example ops.minimum(x, 1)
 */
export function minimum<X extends Operand>(a: X | number, b: X | number): X {
  return combine("minimum", a, b);
}

/**
 * 1 where a is above b, else 0, element by element; operands as for `add`. No gradient goes through it.
 *
 * @example ops.where(ops.greater(x, 0), x, 0)
 */
export function greater<X extends Operand>(a: X | number, b: X | number): X {
  return combine("greater", a, b);
}

/**
 * x brought into [low, high], element by element.
 *
 * @throws TypeError for limits that are no finite numbers
 * @example ops.clip(x, -1, 1)
 */
export function clip<X extends Operand>(x: X, low: number, high: number): X {
  return minimum(maximum(x, low), high);
}

/**
 * factor·x.
 *
 * @param factor a number; for one that is learned use `multiply` with a weight
 * @example ops.scale(logits, 1 / temperature)
 */
export function scale<X extends Operand>(x: X, factor: number): X {
  expectOperand(x, "ops.scale");
  return combine("multiply", x, factor);
}
