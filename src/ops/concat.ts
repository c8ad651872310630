import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/** Joins tensors of equal leading shape along the last axis. */
export function concat(context: Context, parts: readonly Tensor[]): Tensor {
  const { kernels, tape } = context;
  const widths = parts.map(part => part.shape[part.shape.length - 1]);
  const width = widths.reduce((a, b) => a + b, 0);
  const leading = parts[0].shape.slice(0, -1);
  const y = context.tensor([...leading, width], parts);
  const rows = y.size / width;
  const offsets = widths.map((_, i) => 4 * widths.slice(0, i).reduce((a, b) => a + b, 0));
  parts.forEach((part, i) => {
    kernels.copyRows(y.pointer + offsets[i], width, part.pointer, widths[i], rows, widths[i]);
  });
  if (y.requiresGradient) {
    tape?.record([y], () => {
      parts.forEach((part, i) => {
        const dPart = tape.gradientOf(part);
        if (dPart) {
          kernels.addRows(dPart, widths[i], y.gradient + offsets[i], width, rows, widths[i]);
        }
      });
    });
  }
  return y;
}
