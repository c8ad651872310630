import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Row by row one tensor or the other.
 *
 * @param mask int32 [N]: a's rows where it is not 0, else b's
 * @param a [N, ...]
 * @param b the same shape
 */
export function chooseRows(context: Context, mask: Tensor, a: Tensor, b: Tensor): Tensor {
  const { kernels, tape } = context;
  const y = context.tensor(a.shape, [a, b]);
  const rows = mask.size;
  const columns = y.size / rows;
  kernels.chooseRowsForward(y.pointer, a.pointer, b.pointer, mask.pointer, rows, columns);
  if (y.requiresGradient) {
    tape?.record([y], () => {
      const [da, db] = [tape.gradientOf(a), tape.gradientOf(b)];
      kernels.chooseRowsBackward(da, db, y.gradient, mask.pointer, rows, columns);
    });
  }
  return y;
}
