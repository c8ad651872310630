import type { Backward, Context } from "../context.ts";
import { sizeOf } from "../ndarray.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The real steps of all sequences, one after the other.
 *
 * @param x [N, T, ...], float32 or int32
 * @param mask [N, T]
 * @param count how many of its steps are real
 * @returns [count, ...]
 */
export function selectRows(context: Context, x: Tensor, mask: Tensor, count: number): Tensor {
  const inner = x.shape.slice(mask.shape.length);
  const width = sizeOf(inner);
  const y = context.tensor([count, ...inner], [x]);
  context.kernels.selectRowsForward(y.pointer, x.pointer, mask.pointer, mask.size, width);
  context.record(selectRowsBackward, [y], x, mask, width);
  return y;
}

export const selectRowsBackward: Backward<[x: Tensor, mask: Tensor, width: number]> = (context, [y], x, mask, width) =>
  context.kernels.selectRowsBackward(context.gradientOf(x), y.gradient, mask.pointer, mask.size, width);
