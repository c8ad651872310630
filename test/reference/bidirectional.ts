/** Two LSTM layers, one of them over reversed time, their outputs side by side: Keras' Bidirectional, merge "concat". */
import {
  type LstmGradients,
  type LstmOptions,
  type LstmOuterGradients,
  type LstmResult,
  type LstmSizes,
  type LstmState,
  type LstmWeights,
  lstmBackward,
  lstmForward,
} from "./lstm.ts";

/** One thing for each direction. */
export interface Directions<Each> {
  forward: Each;
  backward: Each;
}

export type BidirectionalOptions = Omit<LstmOptions, "goBackwards">;

export interface BidirectionalResult extends Directions<LstmResult> {
  /** [N, T, 2H] with returnSequences, else [N, 2H]; the backward half in the order of the input. */
  output: Float64Array;
}

/**
 * Where unit j of step t of sequence n stands in the merged output, for each direction's own [N, steps, H]: calls
 * visit(index in the direction's output, index in the merged output).
 */
function eachUnit(
  N: number,
  steps: number,
  H: number,
  backward: boolean,
  visit: (own: number, merged: number) => void,
) {
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < steps; t++) {
      const at = backward ? steps - 1 - t : t;
      for (let j = 0; j < H; j++) visit((n * steps + t) * H + j, (n * steps + at) * 2 * H + (backward ? H + j : j));
    }
  }
}

/** Runs x [N, T, C] through both layers. */
export function bidirectionalForward(
  x: ArrayLike<number>,
  weights: Directions<LstmWeights>,
  initial: Directions<LstmState> | null,
  sizes: LstmSizes,
  options: BidirectionalOptions = {},
): BidirectionalResult {
  const { N, T, H } = sizes;
  const forward = lstmForward(x, weights.forward, initial?.forward ?? null, sizes, options);
  const backward = lstmForward(x, weights.backward, initial?.backward ?? null, sizes, {
    ...options,
    goBackwards: true,
  });
  const steps = options.returnSequences ? T : 1;
  const output = new Float64Array(N * steps * 2 * H);
  eachUnit(N, steps, H, false, (own, merged) => {
    output[merged] = forward.output[own];
  });
  eachUnit(N, steps, H, true, (own, merged) => {
    output[merged] = backward.output[own];
  });
  return { output, forward, backward };
}

/**
 * All gradients of both layers; dx is their sum.
 *
 * @param outer by the merged output, and by each direction's final states
 */
export function bidirectionalBackward(
  outer: { output?: ArrayLike<number> } & Partial<Directions<Omit<LstmOuterGradients, "output">>>,
  result: BidirectionalResult,
  x: ArrayLike<number>,
  weights: Directions<LstmWeights>,
  sizes: LstmSizes,
  options: BidirectionalOptions = {},
): Directions<LstmGradients> & { dx: Float64Array } {
  const { N, T, H } = sizes;
  const steps = options.returnSequences ? T : 1;
  const one = (direction: "forward" | "backward"): LstmGradients => {
    const goBackwards = direction === "backward";
    const output = new Float64Array(N * steps * H);
    eachUnit(N, steps, H, goBackwards, (own, merged) => {
      if (outer.output) output[own] = outer.output[merged];
    });
    const own = { ...outer[direction], output };
    return lstmBackward(own, result[direction], x, weights[direction], sizes, { ...options, goBackwards });
  };
  const forward = one("forward");
  const backward = one("backward");
  return { dx: forward.dx.map((d, i) => d + backward.dx[i]), forward, backward };
}
