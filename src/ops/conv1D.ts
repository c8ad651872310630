/** Convolution over the steps of a sequence, by the products of dense layers: a window of steps is a row. */
import type { Backward, Context } from "../context.ts";
import type { Packed } from "../packed.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { product, type Rows, weightGradient } from "./products.ts";
import { type Axis, addStrided, compileCopy, copyStrided } from "./strided.ts";

/** From one window to the next, and from one step in a window to the next. */
export interface Strides {
  readonly stride: number;
  readonly dilation: number;
}

/** The loops that make rows of windows: [N, steps, k, C] of [N, T, C]. */
function windowAxes(x: Tensor, kernel: Tensor, steps: number, { stride, dilation }: Strides): Axis[] {
  const [N, T, C] = x.shape;
  const [k] = kernel.shape;
  return [
    [N, steps * k * C, T * C],
    [steps, k * C, stride * C],
    [k, C, dilation * C],
    [C, 1, 1],
  ];
}

const packKernel = (context: Context, kernel: Tensor, packed: Packed): number => {
  const [k, C, filters] = kernel.shape;
  return packed.ensure(context, p => context.kernels.pack(p, kernel.pointer, filters, k * C, filters));
};

/** The windows of each sample as rows: they may lie over each other. */
function rowsOf(x: Tensor, columns: number | undefined, k: number, { stride }: Strides): Rows[] {
  const [N, T, C] = x.shape;
  if (columns !== undefined) return [{ pointer: columns, stride: k * C }]; // of all samples
  return Array.from({ length: N }, (_, n) => ({ pointer: x.pointer + 4 * n * T * C, stride: stride * C }));
}

/**
 * y = windows of x times kernel, plus bias; where steps lie side by side no window is copied.
 *
 * @param x [N, T, C], with all padding that windows need
 * @param kernel [k, C, filters]
 * @param bias [filters], or none
 * @returns [N, steps, filters]
 */
export function conv1D(
  context: Context,
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  steps: number,
  strides: Strides,
  packed: Packed,
): Tensor {
  const [N, , C] = x.shape;
  const [k, , filters] = kernel.shape;
  const y = context.tensor([N, steps, filters], [x, kernel, bias]);
  const weights = packKernel(context, kernel, packed);
  let columns: number | undefined;
  if (strides.dilation > 1) {
    columns = context.memory.allocate(N * steps * k * C);
    copyStrided(context, columns, x.pointer, windowAxes(x, kernel, steps, strides));
  }
  const start = { pointer: bias?.pointer ?? 0, stride: 0 };
  const rows = rowsOf(x, columns, k, strides);
  const count = (N * steps) / rows.length;
  rows.forEach((a, n) => {
    const c = { pointer: y.pointer + 4 * n * steps * filters, stride: filters };
    product(context, c, start, a, weights, [count, filters, k * C]);
  });
  context.record(convolutionBackward, [y], x, kernel, bias, strides, columns);
  return y;
}

export const convolutionBackward: Backward<
  [x: Tensor, kernel: Tensor, bias: Tensor | undefined, strides: Strides, columns: number | undefined]
> = (context, [y], x, kernel, bias, strides, columns) => {
  const { kernels, memory } = context;
  const [N, steps, filters] = y.shape;
  const [k, C] = kernel.shape;
  const [dx, dKernel, dBias] = [x, kernel, bias].map(tensor => context.gradientOf(tensor));
  if (dBias) kernels.sumRows(dBias, y.gradient, N * steps, filters);
  const mark = memory.mark();
  if (dKernel) {
    const rows = rowsOf(x, columns, k, strides);
    const count = (N * steps) / rows.length;
    rows.forEach((a, n) => {
      const b = { pointer: y.gradient + 4 * n * steps * filters, stride: filters };
      weightGradient(context, { pointer: dKernel, stride: filters }, a, b, [k * C, filters, count]);
    });
  }
  if (dx) {
    const transposed = memory.allocate(kernels.packedSize(filters, k * C));
    kernels.packTransposed(transposed, kernel.pointer, filters, filters, k * C);
    const dColumns = { pointer: memory.allocate(N * steps * k * C), stride: k * C };
    const dy = { pointer: y.gradient, stride: filters };
    product(context, dColumns, { pointer: 0, stride: 0 }, dy, transposed, [N * steps, k * C, filters]);
    const back = windowAxes(x, kernel, steps, strides).map(([size, to, from]): Axis => [size, from, to]);
    addStrided(context, dx, dColumns.pointer, back);
  }
  memory.release(mark);
};

/**
 * The same in a stream, where a window ends at the step at hand: the steps before it are carried.
 *
 * @returns the output, and what is carried
 */
export function compileConv1D(
  program: Step,
  x: StepValue,
  kernel: Tensor,
  bias: Tensor | undefined,
  dilation: number,
  packed: Packed,
): { output: StepValue; past: StepValue } {
  const [k, C, filters] = kernel.shape;
  const before = (k - 1) * dilation * C;
  const past = program.allocate(before + C);
  const last = past.pointer + 4 * before;
  if (before > 0) program.call("copyRows", past.pointer, before, past.pointer + 4 * C, before, 1, before);
  program.call("copyRows", last, C, x.pointer, C, 1, C);
  let row = past.pointer;
  if (dilation > 1) {
    row = program.allocate(k * C).pointer;
    compileCopy(program, row, past.pointer, [
      [k, C, dilation * C],
      [C, 1, 1],
    ]);
  }
  const output = program.allocate(filters);
  const weights = program.packed(packed, () => packKernel(program.context, kernel, packed));
  program.call("product", output.pointer, filters, bias?.pointer ?? 0, 0, row, k * C, weights, 1, filters, k * C);
  return { output, past };
}
