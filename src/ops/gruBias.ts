/** The biases of the GRUs: [3H], or with resetAfter [2, 3H], of x and of h. */
import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";
import { GRU_GATES } from "./gruPacking.ts";
import { padded } from "./recurrent/cell.ts";
import type { Sizes } from "./recurrent/weights.ts";

/**
 * Writes what the sums of z, r and of x for the candidate begin with: [3P]; with resetAfter the biases of both sides.
 */
export function padInputBias({ kernels }: Context, row: number, bias: Tensor, H: number, resetAfter: boolean): void {
  const P = padded(H);
  kernels.recurrentPadGates(row, bias.pointer, 1, H, GRU_GATES);
  if (resetAfter)
    for (const gate of [0, 1]) kernels.add(row + 4 * gate * P, bias.pointer + 4 * (GRU_GATES + gate) * H, H);
}

/** Writes what the sum of h for the candidate begins with: [P]. */
export function padRecurrentBias({ kernels }: Context, row: number, bias: Tensor, H: number): void {
  kernels.recurrentPadGates(row, bias.pointer + 4 * (2 * GRU_GATES - 1) * H, 1, H, 1);
}

/** The gradient of the whole bias, from dz of some rows. */
export function addBiasGradient(
  context: Context,
  bias: Tensor | undefined,
  dz: number,
  rows: number,
  { G, H }: Sizes,
  resetAfter: boolean,
): void {
  const { kernels, memory, tape } = context;
  const dBias = tape?.gradientOf(bias) ?? 0;
  if (!dBias) return;
  const P = padded(H);
  const stride = resetAfter ? G + P : G;
  const sums = memory.allocateZeros(stride);
  kernels.sumRows(sums, dz, rows, stride);
  if (!resetAfter) {
    kernels.recurrentAddUnpadded(dBias, sums, 1, H, GRU_GATES);
    return;
  }
  addInputBiasGradient(context, dBias, sums, H);
  kernels.recurrentAddUnpadded(dBias + 4 * (2 * GRU_GATES - 1) * H, sums + 4 * G, 1, H, 1);
}

/** The gradients of what `padInputBias` writes with resetAfter, sums [3P] over all rows. */
export function addInputBiasGradient({ kernels }: Context, dBias: number, sums: number, H: number): void {
  kernels.recurrentAddUnpadded(dBias, sums, 1, H, GRU_GATES);
  kernels.recurrentAddUnpadded(dBias + 4 * GRU_GATES * H, sums, 1, H, 2);
}
