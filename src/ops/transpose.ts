import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";
import { type Axis, move, stridesOf } from "./strided.ts";

/** The axes of x in another order: axis i of the result is axis order[i] of x. */
export function permuted(context: Context, x: Tensor, order: readonly number[]): Tensor {
  const shape = order.map(axis => x.shape[axis]);
  const [yStrides, xStrides] = [stridesOf(shape), stridesOf(x.shape)];
  const axes = order.map((axis, i): Axis => [shape[i], yStrides[i], xStrides[axis]]);
  return move(context, x, shape, { axes });
}
