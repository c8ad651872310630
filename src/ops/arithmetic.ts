import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import { arithmeticKinds } from "../engine/kinds.generated.ts";
import type { Tensor } from "../tensor.ts";

/** An operation on two operands, element by element. */
export type Arithmetic = keyof typeof arithmeticKinds;

const ARITHMETIC = new BackwardKey<[a: Tensor, b: Tensor, kind: number]>("arithmetic");

/** Rows and columns of an operation, and what leads from a row of each operand to the next. */
function layoutOf(y: Tensor, a: Tensor, b: Tensor) {
  const columns = a.size === b.size ? y.size : y.shape[y.shape.length - 1];
  const strideOf = (operand: Tensor): number => (operand.size === y.size ? columns : 0);
  return { rows: y.size / columns, columns, aStride: strideOf(a), bStride: strideOf(b) };
}

/**
 * a + b, a - b, a·b or a / b.
 *
 * @param a [..., C], or a row [C] for all rows of b
 * @param b the same shape, or a row for all rows of a
 */
export function arithmetic(context: Context, kind: Arithmetic, a: Tensor, b: Tensor): Tensor {
  const number = arithmeticKinds[kind];
  const y = context.tensor(a.shape.length >= b.shape.length ? a.shape : b.shape, [a, b]);
  const { rows, columns, aStride, bStride } = layoutOf(y, a, b);
  context.kernels.arithmeticForward(y.pointer, a.pointer, aStride, b.pointer, bStride, number, rows, columns);
  context.record(ARITHMETIC, [y], a, b, number);
  return y;
}

export const arithmeticBackward = backwardOf(ARITHMETIC, (context, [y], a, b, kind) => {
  const { rows, columns, aStride, bStride } = layoutOf(y, a, b);
  const [da, db] = [context.gradientOf(a), context.gradientOf(b)];
  const operands = [a.pointer, aStride, b.pointer, bStride] as const;
  context.kernels.arithmeticBackward(da, db, y.gradient, ...operands, kind, rows, columns);
});
