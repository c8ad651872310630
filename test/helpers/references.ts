/** The f64 reference of each layer, with the names that OneLayer uses. */
import { type Activation, activationBackward, activationForward, softmaxBackward, softmaxForward } from "../reference/activations.ts";
import { bidirectionalBackward, bidirectionalForward } from "../reference/bidirectional.ts";
import { type DenseActivation, type DenseSizes, denseBackward, denseForward } from "../reference/dense.ts";
import { dropoutBackward, dropoutForward } from "../reference/dropout.ts";
import { embeddingBackward, embeddingForward } from "../reference/embedding.ts";
import { type LstmOptions, type LstmSizes, lstmBackward, lstmForward } from "../reference/lstm.ts";
import type { Outer } from "./gradients.ts";

/** Inputs and weights by name. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

export interface ReferenceRun {
  outputs: Float64Array[];
  /** By name; null or missing for what has none. */
  gradients(outer: Outer): Record<string, Float64Array | null>;
}

export type Reference = (values: Values) => ReferenceRun;

const lstmWeights = (v: Values, prefix = "") => ({
  kernel: v[`${prefix}kernel`],
  recurrentKernel: v[`${prefix}recurrentKernel`],
  bias: v[`${prefix}bias`] ?? null,
});

/**
 * x, kernel, recurrentKernel, bias, and h and c where there is an initial state.
 *
 * @param mask of the dropout of inputs, [N, C]
 * @returns the outputs [output, h, c]
 */
export function lstmReference(sizes: LstmSizes, options: LstmOptions, mask?: ArrayLike<number>): Reference {
  const { N, T, C } = sizes;
  const masked = (x: ArrayLike<number>) => (mask ? dropoutForward(x, mask, N, T, C) : x);
  return v => {
    const x = masked(v.x);
    const weights = lstmWeights(v);
    const result = lstmForward(x, weights, v.h ? { h: v.h, c: v.c } : null, sizes, options);
    return {
      outputs: [result.output, result.h, result.c],
      gradients([output, h, c]) {
        const outer = { ...(output && { output }), ...(h && { h }), ...(c && { c }) };
        const g = lstmBackward(outer, result, x, weights, sizes, options);
        const dx = mask ? dropoutBackward(g.dx, mask, N, T, C) : g.dx;
        return { x: dx, kernel: g.dKernel, recurrentKernel: g.dRecurrentKernel, bias: g.dBias, h: g.dh0, c: g.dc0 };
      },
    };
  };
}

/** x, then forward.kernel, ... backward.bias; a mask for each direction where inputs are dropped. */
export function bidirectionalReference(
  sizes: LstmSizes,
  options: Omit<LstmOptions, "goBackwards">,
  masks?: { forward: ArrayLike<number>; backward: ArrayLike<number> },
): Reference {
  const { N, T, C } = sizes;
  if (masks) return maskedBidirectional(sizes, options, masks);
  return v => {
    const weights = { forward: lstmWeights(v, "forward."), backward: lstmWeights(v, "backward.") };
    const result = bidirectionalForward(v.x, weights, null, { N, T, C, H: sizes.H }, options);
    return {
      outputs: [result.output],
      gradients([output]) {
        const g = bidirectionalBackward(output ? { output } : {}, result, v.x, weights, sizes, options);
        const gradients: Record<string, Float64Array | null> = { x: g.dx };
        for (const direction of ["forward", "backward"] as const) {
          gradients[`${direction}.kernel`] = g[direction].dKernel;
          gradients[`${direction}.recurrentKernel`] = g[direction].dRecurrentKernel;
          gradients[`${direction}.bias`] = g[direction].dBias;
        }
        return gradients;
      },
    };
  };
}
