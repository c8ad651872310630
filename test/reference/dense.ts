import {
  type Activation,
  activationBackward,
  activationForward,
  softmaxBackward,
  softmaxForward,
} from "./activations.ts";
import { matmul } from "./matmul.ts";

export interface DenseSizes {
  /** All axes but the last: N, or N·T. */
  rows: number;
  C: number;
  units: number;
}

export interface DenseWeights {
  /** [C, units] */
  kernel: ArrayLike<number>;
  /** [units] */
  bias: ArrayLike<number> | null;
}

export type DenseActivation = Activation | "softmax";

/** y [rows, units] = activation(x·kernel + bias) from x [rows, C]. */
export function denseForward(
  x: ArrayLike<number>,
  { kernel, bias }: DenseWeights,
  { rows, C, units }: DenseSizes,
  activation: DenseActivation = "linear",
): Float64Array {
  const z = matmul(x, kernel, rows, C, units);
  if (bias) for (let i = 0; i < z.length; i++) z[i] += bias[i % units];
  return activation === "softmax" ? softmaxForward(z, rows, units) : activationForward(activation, z);
}

/** Gradients from dy and the output y, both [rows, units]. dBias is null for a layer without bias. */
export function denseBackward(
  dy: ArrayLike<number>,
  y: ArrayLike<number>,
  x: ArrayLike<number>,
  { kernel, bias }: DenseWeights,
  { rows, C, units }: DenseSizes,
  activation: DenseActivation = "linear",
): { dx: Float64Array; dKernel: Float64Array; dBias: Float64Array | null } {
  const dz = activation === "softmax" ? softmaxBackward(dy, y, rows, units) : activationBackward(activation, dy, y);
  const dBias = bias && new Float64Array(units);
  if (dBias) for (let i = 0; i < dz.length; i++) dBias[i % units] += dz[i];
  return {
    dx: matmul(dz, kernel, rows, units, C, { transposeB: true }),
    dKernel: matmul(x, dz, C, rows, units, { transposeA: true }),
    dBias,
  };
}
