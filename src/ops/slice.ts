import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/** Columns begin..end - 1 of the last axis. */
export function slice(context: Context, x: Tensor, begin: number, end: number): Tensor {
  const { kernels, tape } = context;
  const width = x.shape[x.shape.length - 1];
  const columns = end - begin;
  const y = context.tensor([...x.shape.slice(0, -1), columns], [x]);
  const rows = y.size / columns;
  kernels.copyRows(y.pointer, columns, x.pointer + 4 * begin, width, rows, columns);
  if (y.requiresGradient) {
    tape?.record([y], () => {
      kernels.addRows(tape.gradientOf(x) + 4 * begin, width, y.gradient, columns, rows, columns);
    });
  }
  return y;
}
