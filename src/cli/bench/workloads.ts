/** The named workloads of the benchmark; the same names stand in the README. */
import { layers, type Model, type ModelOptions, type NDArray, ndarray, optimizers, sequential } from "../../index.ts";

export interface Workload {
  name: string;
  about: string;
  /** Where it comes from */
  source: string;
  N: number;
  T: number;
  C: number;
  H: number;
  /** LSTMs of this size side by side: 2 for a bidirectional one */
  directions: number;
  build(options?: ModelOptions): Model;
  data(): { x: NDArray; y: NDArray };
}

/** Numbers in [0, 1) that are the same in every run (xorshift). */
export function sequence(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function regression(name: string, source: string, N: number, T: number, C: number, H: number): Workload {
  return {
    name,
    about: `LSTM(${H}, sequences) + Dense(1), batch ${N}, ${T} steps of ${C} features, Adam`,
    source,
    N,
    T,
    C,
    H,
    directions: 1,
    build(options) {
      const net = sequential(
        [layers.lstm({ units: H, returnSequences: true, inputShape: [T, C] }), layers.dense({ units: 1 })],
        { seed: 1, ...options },
      );
      net.compile({ optimizer: optimizers.adam(), loss: "meanSquaredError" });
      return net;
    },
    data() {
      const next = sequence(7);
      const x = Float32Array.from({ length: N * T * C }, () => next() - 0.5);
      const y = Float32Array.from({ length: N * T }, (_, i) => Math.sin(3 * x[i * C]) / 2);
      return { x: ndarray(x, [N, T, C]), y: ndarray(y, [N, T, 1]) };
    },
  };
}

const V = 10000;

const sentiment64: Workload = {
  name: "sentiment64",
  about:
    "Embedding(10000, 64) + Bidirectional(LSTM 64) + Dense(64, relu) + Dense(1, sigmoid), batch 32, 200 tokens, Adam",
  source: "the Keras tutorial on film reviews",
  N: 32,
  T: 200,
  C: 64,
  H: 64,
  directions: 2,
  build(options) {
    const net = sequential(
      [
        layers.embedding({ inputDim: V, outputDim: 64, inputShape: [200] }),
        layers.bidirectional({ layer: layers.lstm({ units: 64 }) }),
        layers.dense({ units: 64, activation: "relu" }),
        layers.dense({ units: 1, activation: "sigmoid" }),
      ],
      { seed: 1, ...options },
    );
    net.compile({ optimizer: optimizers.adam(), loss: "binaryCrossentropy" });
    return net;
  },
  data() {
    const next = sequence(7);
    const x = Int32Array.from({ length: 32 * 200 }, () => Math.floor(next() * V));
    const y = Float32Array.from({ length: 32 }, () => Math.round(next()));
    return { x: ndarray(x, [32, 200]), y: ndarray(y, [32, 1]) };
  },
};

/** In the order of the table. */
export const workloads: readonly Workload[] = [
  regression("sequence50", "a Keras tutorial's model", 32, 20, 10, 50),
  sentiment64,
  regression("mid128", "a middle size", 32, 50, 64, 128),
  regression("large256", "a large one, where products are nearly all", 64, 64, 128, 256),
  regression("large512", "one whose weights leave the caches", 64, 64, 256, 512),
];

/** Sizes of the one-step workloads: N = 1, C = H. */
export const streamUnits: readonly number[] = [32, 128, 512];

/** Floating-point operations of the products of a forward pass. A training step takes three times as many. */
export function forwardFlop({ N, T, C, H, directions }: Workload): number {
  return 2 * directions * N * T * 4 * H * (C + H);
}
