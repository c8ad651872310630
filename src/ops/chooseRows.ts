import type { Backward, Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Row by row one tensor or the other.
 *
 * @param mask int32 [N]: a's rows where it is not 0, else b's
 * @param a [N, ...]
 * @param b the same shape
 */
export function chooseRows(context: Context, mask: Tensor, a: Tensor, b: Tensor): Tensor {
  const y = context.tensor(a.shape, [a, b]);
  const rows = mask.size;
  context.kernels.chooseRowsForward(y.pointer, a.pointer, b.pointer, mask.pointer, rows, y.size / rows);
  context.record(chooseRowsBackward, [y], mask, a, b);
  return y;
}

export const chooseRowsBackward: Backward<[mask: Tensor, a: Tensor, b: Tensor]> = (context, [y], mask, a, b) => {
  const [da, db] = [context.gradientOf(a), context.gradientOf(b)];
  context.kernels.chooseRowsBackward(da, db, y.gradient, mask.pointer, mask.size, y.size / mask.size);
};
