import type { Context } from "../context.ts";
import type { Packed } from "../packed.ts";
import type { Tensor } from "../tensor.ts";

/**
 * y = x·kernel + bias on the last axis.
 *
 * @param x [..., C]
 * @param kernel [C, units]
 * @param bias [units], or none
 * @param packed room for the packed kernel
 * @returns [..., units]
 */
export function linear(context: Context, x: Tensor, kernel: Tensor, bias: Tensor | undefined, packed: Packed): Tensor {
  const { kernels, memory, tape } = context;
  const [C, units] = kernel.shape;
  const rows = x.size / C;
  const y = context.tensor([...x.shape.slice(0, -1), units], [x, kernel, bias]);
  if (units === 1) kernels.columnForward(y.pointer, x.pointer, kernel.pointer, bias?.pointer ?? 0, rows, C);
  else {
    const weights = packed.ensure(context, p => kernels.pack(p, kernel.pointer, units, C, units));
    kernels.product(y.pointer, units, bias?.pointer ?? 0, 0, x.pointer, C, weights, rows, units, C);
  }
  if (!y.requiresGradient) return y;
  tape?.record([y], () => {
    const dx = tape.gradientOf(x);
    const dKernel = tape.gradientOf(kernel);
    const dBias = tape.gradientOf(bias);
    if (dBias) kernels.sumRows(dBias, y.gradient, rows, units);
    if (units === 1) {
      if (dKernel) kernels.columnWeightGradient(dKernel, x.pointer, y.gradient, rows, C);
      if (dx) kernels.columnInputGradient(dx, y.gradient, kernel.pointer, rows, C);
      return;
    }
    const mark = memory.mark();
    if (dKernel) {
      const scratch = memory.allocate(kernels.weightGradientScratch(C, units, rows));
      kernels.weightGradient(dKernel, units, x.pointer, C, y.gradient, units, C, units, rows, scratch);
    }
    if (dx) {
      const transposed = memory.allocate(kernels.packedSize(units, C));
      kernels.packTransposed(transposed, kernel.pointer, units, units, C);
      kernels.product(dx, C, dx, C, y.gradient, units, transposed, rows, C, units);
    }
    memory.release(mark);
  });
  return y;
}
