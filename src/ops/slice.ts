import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

const SLICE = new BackwardKey<[x: Tensor, begin: number]>("slice");

/** Columns begin..end - 1 of the last axis. */
export function slice(context: Context, x: Tensor, begin: number, end: number): Tensor {
  const width = x.shape[x.shape.length - 1];
  const columns = end - begin;
  const y = context.tensor([...x.shape.slice(0, -1), columns], [x]);
  context.kernels.copyRows(y.pointer, columns, x.pointer + 4 * begin, width, y.size / columns, columns);
  context.record(SLICE, [y], x, begin);
  return y;
}

export const sliceBackward = backwardOf(SLICE, (context, [y], x, begin) => {
  const [width, columns] = [x, y].map(({ shape }) => shape[shape.length - 1]);
  context.kernels.addRows(context.gradientOf(x) + 4 * begin, width, y.gradient, columns, y.size / columns, columns);
});
