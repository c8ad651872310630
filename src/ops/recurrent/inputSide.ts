/**
 * The side of x in a cell, x·kernel + bias for all gates, whatever those see of h; and its gradients.
 *
 * In general x stands in the rows of xh and kernels multiply it step by step. Where x was looked up in a table, x·kernel +
 * bias is made once for each distinct row of the table instead, and z begins with that: text repeats itself. A cell may
 * also ask for it of all steps beforehand.
 */
import type { Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import { product } from "../products.ts";
import { padded } from "./cell.ts";
import type { Frame } from "./frame.ts";
import { sumByRow, sumOfProducts, timesTransposed } from "./gradients.ts";
import type { Steps } from "./steps.ts";
import type { Sizes } from "./weights.ts";

export interface InputSide {
  /** C, the length of the x parts of xh: 0 where the input is projected. */
  readonly width: number;
  readonly frame: Frame;
  /** What `backward` adds gradients to. */
  readonly wanted: readonly Tensor[];
  /** Fills the x parts of xh. */
  load(xh: number): void;
  /**
   * Adds the gradients of kernel and of the input.
   *
   * @param dz [R, G]
   * @param stride elements from one of its rows to the next
   * @returns rows [count, G] whose sum is the gradient of the bias, in the arena; nothing if those are dz itself
   */
  backward(xh: number, dz: number, stride: number): { pointer: number; count: number } | undefined;
}

/**
 * @param bias [G], padded; 0 without
 * @param packKernel kernel alone, packed for `product`: asked for where the input is projected
 */
export function bindInput(
  context: Context,
  x: Tensor,
  steps: Steps,
  kernel: Tensor,
  bias: number,
  sizes: Sizes,
  packKernel: () => number,
): InputSide {
  if (x.lookup) return projectInput(context, x, steps, kernel, bias, sizes, packKernel());
  const { G, gates, C, H, F } = sizes;
  return {
    width: C,
    frame: { bias },
    wanted: [x, kernel],
    load: xh => loadInput(context, x, steps, xh, sizes),
    backward(xh, dz, stride) {
      const dKernel = context.tape?.gradientOf(kernel) ?? 0;
      if (dKernel) {
        const [first, S] = [xh + 4 * (padded(C) - C), padded(C) + padded(F)];
        const sum = sumOfProducts(context, first, S, C, dz, G, steps.rows, stride);
        context.kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
      }
      addInputGradient(context, x, steps, dz, kernel, sizes, stride);
      return undefined;
    },
  };
}

/** Fills the x parts of xh. */
export function loadInput({ kernels }: Context, x: Tensor, steps: Steps, xh: number, { C, F }: Sizes): void {
  const S = padded(C) + padded(F);
  kernels.gatherRows(xh + 4 * (padded(C) - C), S, x.pointer, C, steps.inputs, steps.rows, C);
}

/** Adds dz·kernelᵀ to the gradient of x, if that is wanted. */
export function addInputGradient(
  context: Context,
  x: Tensor,
  steps: Steps,
  dz: number,
  kernel: Tensor,
  sizes: Sizes,
  stride = sizes.G,
): void {
  const dx = context.tape?.gradientOf(x) ?? 0;
  if (!dx) return;
  const rows = timesTransposed(context, dz, kernel, steps.rows, sizes, stride);
  context.kernels.scatterAddRows(dx, sizes.C, rows, sizes.C, steps.inputs, steps.rows, sizes.C);
}

/** Something between the projected input and the gates, row by row. */
export interface AfterProjection {
  /** @param projected [count, G], changed in place */
  forward(projected: number, count: number): void;
  /** @returns the gradient of what came in, in the arena */
  backward(dProjected: number, count: number): number;
}

/** x·kernel + bias, made beforehand: of each step, or of each distinct row of the table that x was looked up in. */
export function projectInput(
  context: Context,
  x: Tensor,
  steps: Steps,
  kernel: Tensor,
  bias: number,
  sizes: Sizes,
  packedKernel: number,
  after?: AfterProjection,
): InputSide {
  const { table, count, distinct } = x.lookup ?? { table: x, count: steps.rows, distinct: steps.inputs };
  const { kernels, memory, tape } = context;
  const { G, gates, C, H } = sizes;
  const rows = memory.allocate(count * C);
  kernels.gatherRows(rows, C, table.pointer, C, distinct, count, C);
  const projected = memory.allocate(count * G);
  const start = { pointer: bias, stride: 0 };
  product(context, { pointer: projected, stride: G }, start, { pointer: rows, stride: C }, packedKernel, [count, G, C]);
  after?.forward(projected, count);
  const projectedRows = x.lookup ? memory.allocate(steps.rows) : 0;
  if (x.lookup) kernels.gatherRows(projectedRows, 1, x.lookup.which, 1, steps.inputs, steps.rows, 1);
  return {
    width: 0,
    frame: { projected, projectedRows },
    wanted: [table, kernel],
    load() {},
    backward(_xh, dz, stride) {
      const dTable = tape?.gradientOf(table) ?? 0;
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      const sums = projectedRows ? sumByRow(context, dz, G, projectedRows, steps.rows, count, stride) : 0;
      const d = after ? after.backward(sums || dz, count) : sums || dz;
      const dStride = d === dz ? stride : G;
      if (dKernel) {
        const sum = sumOfProducts(context, rows, C, C, d, G, count, dStride);
        kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
      }
      if (dTable) {
        const dRows = timesTransposed(context, d, kernel, count, sizes, dStride);
        kernels.scatterAddRows(dTable, C, dRows, C, distinct, count, C);
      }
      return sums ? { pointer: sums, count } : undefined;
    },
  };
}
