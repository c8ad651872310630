/** Another library on the benchmark's workloads, or this one. */

export interface Tensor {
  shape: number[];
  data: Float32Array | Int32Array;
}

/**
 * train: one Adam step on the batch. infer: outputs of the batch. step: one step of a stream, state carried on.
 * sequence: N = 1 at once over T steps.
 */
export type Task = "train" | "infer" | "step" | "sequence";

export interface Problem {
  /**
   * regression: LSTM with sequences, and Dense(1). sentiment: Embedding, bidirectional LSTM, Dense with relu, Dense(1) with
   * sigmoid. stream: an LSTM
   */
  kind: "regression" | "sentiment" | "stream";
  /** Batch */
  N: number;
  /** Steps */
  T: number;
  /** Input features */
  C: number;
  /** Hidden units */
  H: number;
  /** Vocabulary, 0 without one */
  V: number;
  /** In Keras' order and layout */
  weights: Tensor[];
  x: Tensor;
  y: Tensor;
}

/** A problem and this package's outputs. */
export type Checkable = Problem & { expected: ArrayLike<number> };

/** One task on one problem, ready to run. */
export interface Loaded {
  /** What must agree with this package's */
  prediction: ArrayLike<number>;
  /** Does the task so many times; training gives the loss of the last step, before that step. */
  run(calls: number): number | undefined | Promise<number | undefined>;
  dispose?(): unknown;
}

export interface Peer {
  versions: Record<string, string>;
  /** @throws Cannot */
  load(task: Task, problem: Problem): Loaded | Promise<Loaded>;
}

/** The library has no way to do a task; the message is the reason. */
export class Cannot extends Error {}

/** Adam's everywhere: libraries add it at different places, which would show in the first steps. */
export const EPSILON = 1e-12;

/** The largest difference between two lists of numbers; infinite if their lengths differ or one holds NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
