import type { Context } from "../context.ts";
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
  const { kernels, tape } = context;
  const inner = x.shape.slice(mask.shape.length);
  const rows = mask.size;
  const width = sizeOf(inner);
  const y = context.tensor([count, ...inner], [x]);
  kernels.selectRowsForward(y.pointer, x.pointer, mask.pointer, rows, width);
  if (y.requiresGradient) {
    tape?.record([y], () => {
      kernels.selectRowsBackward(tape.gradientOf(x), y.gradient, mask.pointer, rows, width);
    });
  }
  return y;
}
