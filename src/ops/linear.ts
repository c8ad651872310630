import type { Backward, Context } from "../context.ts";
import { Packed } from "../packed.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { product, weightGradient } from "./products.ts";

function packKernel(context: Context, { pointer, shape: [C, units] }: Tensor, packed: Packed): number {
  return packed.ensure(context, p => context.kernels.pack(p, pointer, units, C, units));
}

/**
 * y = x·kernel + bias on the last axis.
 *
 * @param x [..., C]
 * @param kernel [C, units]
 * @param bias [units], or none
 * @param packed room for the packed kernel
 * @param transposed room for the kernel packed for the backward pass, where it is used many times in a step
 * @returns [..., units]
 */
export function linear(
  context: Context,
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  packed: Packed,
  transposed?: Packed,
): Tensor {
  const { kernels } = context;
  const [C, units] = kernel.shape;
  const rows = x.size / C;
  const y = context.tensor([...x.shape.slice(0, -1), units], [x, kernel, bias]);
  if (units === 1) kernels.columnForward(y.pointer, x.pointer, kernel.pointer, bias?.pointer ?? 0, rows, C);
  else {
    const weights = packKernel(context, kernel, packed);
    const start = { pointer: bias?.pointer ?? 0, stride: 0 };
    const sizes = [rows, units, C] as const;
    product(context, { pointer: y.pointer, stride: units }, start, { pointer: x.pointer, stride: C }, weights, sizes);
  }
  context.record(linearBackward, [y], x, kernel, bias, transposed);
  return y;
}

export const linearBackward: Backward<
  [x: Tensor, kernel: Tensor, bias: Tensor | undefined, transposed: Packed | undefined]
> = (context, [y], x, kernel, bias, transposed) => {
  const { kernels, memory } = context;
  const [C, units] = kernel.shape;
  const rows = x.size / C;
  const dx = context.gradientOf(x);
  const dKernel = context.gradientOf(kernel);
  const dBias = context.gradientOf(bias);
  if (dBias) kernels.sumRows(dBias, y.gradient, rows, units);
  if (units === 1) {
    if (dKernel) kernels.columnWeightGradient(dKernel, x.pointer, y.gradient, rows, C);
    if (dx) kernels.columnInputGradient(dx, y.gradient, kernel.pointer, rows, C);
    return;
  }
  const mark = memory.mark();
  const dy = { pointer: y.gradient, stride: units };
  if (dKernel) {
    const gradient = { pointer: dKernel, stride: units };
    weightGradient(context, gradient, { pointer: x.pointer, stride: C }, dy, [C, units, rows]);
  }
  if (dx) {
    const room = transposed ?? new Packed(memory.allocate(kernels.packedSize(units, C)));
    const weights = room.ensure(context, p => kernels.packTransposed(p, kernel.pointer, units, units, C));
    const gradient = { pointer: dx, stride: C };
    product(context, gradient, gradient, dy, weights, [rows, C, units]);
  }
  memory.release(mark);
};

/** The same in a stream. */
export function compileLinear(
  program: Step,
  x: StepValue,
  kernel: Tensor,
  bias: Tensor | undefined,
  packed: Packed,
): StepValue {
  const [C, units] = kernel.shape;
  const rows = x.size / C;
  const y = program.allocate(rows * units, units);
  const start = bias?.pointer ?? 0;
  if (units === 1) program.call("columnForward", y.pointer, x.pointer, kernel.pointer, start, rows, C);
  else {
    const weights = program.packed(packed, () => packKernel(program.context, kernel, packed));
    program.call("product", y.pointer, units, start, 0, x.pointer, C, weights, rows, units, C);
  }
  return y;
}
