// Does training slow down? Steps 9,900..10,000 of a small model against steps 100..200, where everything that can decay does.

import { layers, ndarray, optimizers, sequential } from "wasm-lstm";
import { median } from "../dist/cli/bench/engine.js";

/** @import { NDArray } from "wasm-lstm" */

const STEPS = 10_000;
const [N, T, V] = [8, 30, 60];
const WINDOW = 100;

function build() {
  const net = sequential(
    [
      layers.embedding({ inputDim: V, outputDim: 16, inputShape: [T] }),
      layers.lstm({ units: 16 }),
      layers.dense({ units: 1, useBias: false }),
    ],
    { seed: 1 },
  );
  // Of the strongest decay that still learns: a weight without gradients loses 2 % a step.
  net.compile({ optimizer: optimizers.adamW({ learningRate: 0.02, weightDecay: 1 }), loss: "meanSquaredError" });
  return net;
}

/**
 * All tokens in the first steps, then three of them; targets of 0, so that outputs and gradients vanish.
 *
 * @returns {(step: number) => [x: NDArray, y: NDArray]}
 */
function batches() {
  /** @param {number} limit */
  const tokens = limit =>
    ndarray(
      Int32Array.from({ length: N * T }, (_, i) => (7 * i) % limit),
      [N, T],
    );
  const y = ndarray(new Float32Array(N), [N, 1]);
  const [all, few] = [tokens(V), tokens(3)];
  return step => [step < 50 ? all : few, y];
}

/** Milliseconds of every step. @param {number} steps */
function run(steps) {
  const net = build();
  const batch = batches();
  const times = [];
  for (let step = 0; step < steps; step++) {
    const begun = performance.now();
    net.trainOnBatch(...batch(step));
    times.push(performance.now() - begun);
  }
  return times;
}

/** The median step late over the median step early, in one run after a warm-up. */
export function longRunRatio() {
  run(1000); // by then all code is compiled: else the early steps would be slower
  const times = run(STEPS);
  return median(times.slice(STEPS - WINDOW)) / median(times.slice(WINDOW, 2 * WINDOW));
}
