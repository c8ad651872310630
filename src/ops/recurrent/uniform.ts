/**
 * Uniform cells: all gates see x and h alike, z = x·kernel + bias + h·recurrentKernel.
 *
 * In general x and h stand side by side in the rows of xh and one product makes z. Where x was looked up in a table,
 * x·kernel + bias is made once for each distinct row of the table instead, and z begins with that: text repeats itself.
 */
import type { Context } from "../../context.ts";
import type { Lookup, Tensor } from "../../tensor.ts";
import { product } from "../products.ts";
import { type BoundCell, padded } from "./cell.ts";
import { addBias, sumByRow, sumOfProducts, timesTransposed } from "./gradients.ts";
import type { Steps } from "./steps.ts";
import {
  packApart,
  packSideBySide,
  paddedBias,
  type RecurrentWeights,
  type Sizes,
  sizesOf,
  transposeRecurrent,
} from "./weights.ts";

/** A cell whose gates all see x and h alike, with one bias: for `Cell.bind`. */
export function bindUniform(
  context: Context,
  x: Tensor,
  steps: Steps,
  weights: RecurrentWeights,
  gates: number,
): BoundCell {
  const sizes = sizesOf(weights, gates);
  return x.lookup ? lookedUp(context, x.lookup, weights, steps, sizes) : plain(context, x, weights, steps, sizes);
}

function plain(context: Context, x: Tensor, weights: RecurrentWeights, steps: Steps, sizes: Sizes): BoundCell {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G, gates, C, H, F } = sizes;
  const S = padded(C) + padded(F);
  const firstInput = 4 * (padded(C) - C);
  const packed = packSideBySide(context, weights, sizes);
  return {
    width: C,
    frame: { packed, bias: paddedBias(context, bias, sizes) },
    wanted: [x, kernel, recurrentKernel, bias],
    load: xh => kernels.gatherRows(xh + firstInput, S, x.pointer, C, steps.inputs, steps.rows, C),
    transpose: () => transposeRecurrent(context, weights, sizes),
    backward({ xh, gates: dz }) {
      const dx = tape?.gradientOf(x) ?? 0;
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      const dRecurrent = tape?.gradientOf(recurrentKernel) ?? 0;
      addBias(context, bias, dz, steps.rows, sizes);
      const mark = memory.mark();
      if (dKernel || dRecurrent) {
        // One product for both weight matrices, since a row of xh holds both their inputs side by side.
        const both = sumOfProducts(context, xh + firstInput, S, C + F, dz, G, steps.rows);
        if (dKernel) kernels.recurrentAddUnpadded(dKernel, both, C, H, gates);
        if (dRecurrent) kernels.recurrentAddUnpadded(dRecurrent, both + 4 * C * G, F, H, gates);
      }
      if (dx) {
        const rows = timesTransposed(context, dz, kernel, steps.rows, sizes);
        kernels.scatterAddRows(dx, C, rows, C, steps.inputs, steps.rows, C);
      }
      memory.release(mark);
    },
  };
}

function lookedUp(
  context: Context,
  { table, count, distinct, which }: Lookup,
  weights: RecurrentWeights,
  steps: Steps,
  sizes: Sizes,
): BoundCell {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G, gates, C, H, F } = sizes;
  const packed = packApart(context, weights, sizes);
  const x = memory.allocate(count * C);
  kernels.gatherRows(x, C, table.pointer, C, distinct, count, C);
  const projected = memory.allocate(count * G);
  const biasRow = { pointer: paddedBias(context, bias, sizes), stride: 0 };
  product(context, { pointer: projected, stride: G }, biasRow, { pointer: x, stride: C }, packed.kernel, [count, G, C]);
  const projectedRows = memory.allocate(steps.rows);
  kernels.gatherRows(projectedRows, 1, which, 1, steps.inputs, steps.rows, 1);
  return {
    width: 0,
    frame: { packed: packed.recurrentKernel, projected, projectedRows },
    wanted: [table, kernel, recurrentKernel, bias],
    load() {},
    transpose: () => transposeRecurrent(context, weights, sizes),
    backward({ xh, gates: dz }) {
      const dTable = tape?.gradientOf(table) ?? 0;
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      const dRecurrent = tape?.gradientOf(recurrentKernel) ?? 0;
      const mark = memory.mark();
      if (dRecurrent) {
        const sum = sumOfProducts(context, xh, padded(F), F, dz, G, steps.rows);
        kernels.recurrentAddUnpadded(dRecurrent, sum, F, H, gates);
      }
      const dProjected = sumByRow(context, dz, G, projectedRows, steps.rows, count);
      addBias(context, bias, dProjected, count, sizes);
      if (dKernel) {
        const sum = sumOfProducts(context, x, C, C, dProjected, G, count);
        kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
      }
      if (dTable) {
        const rows = timesTransposed(context, dProjected, kernel, count, sizes);
        kernels.scatterAddRows(dTable, C, rows, C, distinct, count, C);
      }
      memory.release(mark);
    },
  };
}
