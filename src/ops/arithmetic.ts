import type { Context } from "../context.ts";
import { sizeOf } from "../ndarray.ts";
import type { Tensor } from "../tensor.ts";

/** The numbers are those of assembly/math/arithmetic.ts. */
const KINDS = { add: 0, subtract: 1, multiply: 2, divide: 3 } as const;

/** An operation on two operands, element by element. */
export type Arithmetic = keyof typeof KINDS;

/**
 * a + b, a - b, a·b or a / b.
 *
 * @param a [..., C], or a row [C] for all rows of b
 * @param b the same shape, or a row for all rows of a
 */
export function arithmetic(context: Context, kind: Arithmetic, a: Tensor, b: Tensor): Tensor {
  const { kernels, tape } = context;
  const number = KINDS[kind];
  const y = context.tensor(a.shape.length >= b.shape.length ? a.shape : b.shape, [a, b]);
  const columns = a.size === b.size ? y.size : y.shape[y.shape.length - 1];
  const rows = y.size / columns;
  const [aStride, bStride] = [a, b].map(({ shape }) => (sizeOf(shape) === y.size ? columns : 0));
  kernels.arithmeticForward(y.pointer, a.pointer, aStride, b.pointer, bStride, number, rows, columns);
  if (y.requiresGradient) {
    tape?.record([y], () => {
      const [da, db] = [tape.gradientOf(a), tape.gradientOf(b)];
      const operands = [a.pointer, aStride, b.pointer, bStride] as const;
      kernels.arithmeticBackward(da, db, y.gradient, ...operands, number, rows, columns);
    });
  }
  return y;
}
