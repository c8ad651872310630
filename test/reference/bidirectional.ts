/** Two LSTM layers, one of them over reversed time, their outputs merged: Keras' Bidirectional. */
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

export interface BidirectionalOptions extends Omit<LstmOptions, "goBackwards"> {
  /** Default "concat"; null keeps both outputs. */
  mergeMode?: "concat" | "sum" | "mul" | "ave" | null;
}

export interface BidirectionalResult extends Directions<LstmResult> {
  /** [N, T, 2H] with returnSequences, else [N, 2H]; [.., H] unless concatenated; the forward one where both are kept. */
  output: Float64Array;
  /** The backward output, in the order of the input. */
  second: Float64Array;
}

/** [N, steps, H] with the steps of every sequence in reverse order. */
function reversed(x: ArrayLike<number>, N: number, steps: number, H: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < steps; t++) {
      for (let j = 0; j < H; j++) y[(n * steps + t) * H + j] = x[(n * steps + steps - 1 - t) * H + j];
    }
  }
  return y;
}

/** Runs x [N, T, C] through both layers. */
export function bidirectionalForward(
  x: ArrayLike<number>,
  weights: Directions<LstmWeights>,
  initial: Directions<LstmState> | null,
  sizes: LstmSizes,
  { mergeMode = "concat", ...options }: BidirectionalOptions = {},
): BidirectionalResult {
  const { N, T, H } = sizes;
  const forward = lstmForward(x, weights.forward, initial?.forward ?? null, sizes, options);
  const backward = lstmForward(x, weights.backward, initial?.backward ?? null, sizes, {
    ...options,
    goBackwards: true,
  });
  const ahead = forward.output;
  const second = reversed(backward.output, N, options.returnSequences ? T : 1, H);
  const merged = {
    concat: () => {
      const both = new Float64Array(2 * ahead.length);
      ahead.forEach((value, i) => {
        both[i + Math.floor(i / H) * H] = value;
        both[i + Math.floor(i / H) * H + H] = second[i];
      });
      return both;
    },
    sum: () => ahead.map((value, i) => value + second[i]),
    mul: () => ahead.map((value, i) => value * second[i]),
    ave: () => ahead.map((value, i) => (value + second[i]) / 2),
    null: () => ahead,
  };
  return { output: merged[`${mergeMode}`](), second, forward, backward };
}

/**
 * All gradients of both layers; dx is their sum.
 *
 * @param outer by the merged output, or by both outputs, and by each direction's final states
 */
export function bidirectionalBackward(
  outer: { output?: ArrayLike<number>; second?: ArrayLike<number> } & Partial<
    Directions<Omit<LstmOuterGradients, "output">>
  >,
  result: BidirectionalResult,
  x: ArrayLike<number>,
  weights: Directions<LstmWeights>,
  sizes: LstmSizes,
  { mergeMode = "concat", ...options }: BidirectionalOptions = {},
): Directions<LstmGradients> & { dx: Float64Array } {
  const { N, T, H } = sizes;
  const ahead = result.forward.output;
  const { output: d = new Float64Array(2 * ahead.length), second: dSecond = new Float64Array(ahead.length) } = outer;
  const split = {
    concat: (i: number) => [d[i + Math.floor(i / H) * H], d[i + Math.floor(i / H) * H + H]],
    sum: (i: number) => [d[i], d[i]],
    mul: (i: number) => [d[i] * result.second[i], d[i] * ahead[i]],
    ave: (i: number) => [d[i] / 2, d[i] / 2],
    null: (i: number) => [d[i], dSecond[i]],
  };
  const [dAhead, dBack] = [0, 1].map(side => ahead.map((_, i) => split[`${mergeMode}`](i)[side]));
  const steps = options.returnSequences ? T : 1;
  const forward = lstmBackward(
    { ...outer.forward, output: dAhead },
    result.forward,
    x,
    weights.forward,
    sizes,
    options,
  );
  const backward = lstmBackward(
    { ...outer.backward, output: reversed(dBack, N, steps, H) },
    result.backward,
    x,
    weights.backward,
    sizes,
    { ...options, goBackwards: true },
  );
  return { dx: forward.dx.map((value, i) => value + backward.dx[i]), forward, backward };
}
