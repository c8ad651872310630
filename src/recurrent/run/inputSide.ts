/**
 * The side of x in a cell, x·kernel + bias for all gates, whatever those see of h; and its gradients.
 *
 * In general x stands in the rows of xh and kernels multiply it step by step. Where x was looked up in a table, x·kernel +
 * bias is made once for each distinct row of the table instead, and z begins with that: text repeats itself. A cell may
 * also ask for it of all steps beforehand.
 */
import type { Context } from "../../context.ts";
import { padded } from "../../engine/layout.ts";
import { product } from "../../ops/products.ts";
import type { Tensor } from "../../tensor.ts";
import type { Piece, RowRange } from "./cell.ts";
import type { Frame } from "./frame.ts";
import { addByRow, sumOfProducts, timesTransposed } from "./gradients.ts";
import type { Steps } from "./steps.ts";
import type { Sizes } from "./weights.ts";

export interface InputSide {
  /** C, the length of the x parts of xh: 0 where the input is projected. */
  readonly width: number;
  readonly frame: Frame;
  /** What `backward` adds gradients to. */
  readonly wanted: readonly Tensor[];
  /** As in `BoundCell`. */
  load(xh: number, rows: RowRange): void;
  /** Takes memory for sums, before the first piece. */
  begin(): void;
  /**
   * Adds the gradients of kernel and of the input, a piece at a time.
   *
   * @param dz [rows, G], as xh from the first row of the piece
   * @param stride elements from one of its rows to the next
   * @returns rows [count, G] whose sum is this piece's part of the gradient of the bias; dz itself if nothing is returned
   */
  backward(xh: number, dz: number, stride: number, rows: Piece): { pointer: number; count: number } | undefined;
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
    load: (xh, rows) => loadInput(context, x, steps, xh, rows, sizes),
    begin() {},
    backward(xh, dz, stride, rows) {
      const dKernel = context.tape?.gradientOf(kernel) ?? 0;
      if (dKernel) {
        const [first, S] = [xh + 4 * (padded(C) - C), padded(C) + padded(F)];
        const sum = sumOfProducts(context, first, S, C, dz, G, rows.count, stride);
        context.kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
      }
      addInputGradient(context, x, steps, dz, kernel, rows, sizes, stride);
      return undefined;
    },
  };
}

/** Fills the x parts of rows of xh. */
export function loadInput(
  { kernels }: Context,
  x: Tensor,
  steps: Steps,
  xh: number,
  { first, count }: RowRange,
  { C, F }: Sizes,
): void {
  const S = padded(C) + padded(F);
  kernels.gatherRows(xh + 4 * (padded(C) - C), S, x.pointer, C, steps.inputs + 4 * first, count, C);
}

/** Adds dz·kernelᵀ to the gradient of x, if that is wanted. */
export function addInputGradient(
  context: Context,
  x: Tensor,
  steps: Steps,
  dz: number,
  kernel: Tensor,
  { first, count }: RowRange,
  sizes: Sizes,
  stride = sizes.G,
): void {
  const dx = context.tape?.gradientOf(x) ?? 0;
  if (!dx) return;
  const rows = timesTransposed(context, dz, kernel, count, sizes, stride);
  context.kernels.scatterAddRows(dx, sizes.C, rows, sizes.C, steps.inputs + 4 * first, count, sizes.C);
}

/** Something between the projected input and the gates, row by row. */
export interface AfterProjection {
  /** @param projected [count, G], changed in place */
  forward(projected: number, count: number): void;
  /**
   * @param first the first of the rows, as `forward` saw them
   * @returns the gradient of what came in, in the arena
   */
  backward(dProjected: number, first: number, count: number): number;
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
  let sums = 0; // of dz by row of the table
  /** The gradients that follow from rows of dz, the first of them row `first` of those projected. */
  const addGradients = (dz: number, stride: number, first: number, rowCount: number): void => {
    const dTable = tape?.gradientOf(table) ?? 0;
    const dKernel = tape?.gradientOf(kernel) ?? 0;
    const d = after ? after.backward(dz, first, rowCount) : dz;
    const dStride = d === dz ? stride : G;
    if (dKernel) {
      const sum = sumOfProducts(context, rows + 4 * first * C, C, C, d, G, rowCount, dStride);
      kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
    }
    if (dTable) {
      const dRows = timesTransposed(context, d, kernel, rowCount, sizes, dStride);
      kernels.scatterAddRows(dTable, C, dRows, C, distinct + 4 * first, rowCount, C);
    }
  };
  return {
    width: 0,
    frame: { projected, projectedRows },
    wanted: [table, kernel],
    load() {},
    begin() {
      if (projectedRows) sums = memory.allocateZeros(count * G);
    },
    backward(_xh, dz, stride, piece) {
      if (!projectedRows) {
        addGradients(dz, stride, piece.first, piece.count);
        return undefined;
      }
      addByRow(context, sums, dz, G, projectedRows + 4 * piece.first, piece.count, count, stride);
      if (!piece.last) return { pointer: 0, count: 0 };
      addGradients(sums, G, 0, count);
      return { pointer: sums, count };
    },
  };
}
