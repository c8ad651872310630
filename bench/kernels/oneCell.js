// A model of one recurrent layer: what its kernels compute is checked against each other, and they are timed at work.
import { median, ndarray, optimizers, sequence, sequential } from "../../dist/cli/bench/engine.js";
import { expectClose, range } from "./harness.js";

/**
 * @import { Kernels, Parallel } from "../../dist/cli/bench/engine.js"
 * @import { Layer, NDArray } from "../../dist/index.js"
 */

const LEAST_RUNS = 5;
/** By how much weights are moved for differences of the loss: with layer normalization it is far from straight. */
const DIFFERENCE = 2 ** -15;
/** Gradients are what a training step takes from the weights, over this. */
const LEARNING_RATE = 2 ** -3;

/**
 * Milliseconds of every run of a kernel, by its name: whatever runs in parts says so to `parallel`.
 *
 * @param {Parallel} parallel
 */
function watch(parallel) {
  /** @type {Map<keyof Kernels, number[]>} */
  const times = new Map();
  const run = parallel.run.bind(parallel);
  parallel.run = (kernel, calls) => {
    const begun = performance.now();
    run(kernel, calls);
    const ms = performance.now() - begun;
    if (!times.get(kernel)?.push(ms)) times.set(kernel, [ms]);
  };
  return times;
}

export class OneCell {
  #net;
  #x;
  #y;
  #sizes;
  #times;
  #checked = false;

  /**
   * @param {Layer} layer of H units that returns sequences, for an input of [T, C]
   * @param {number} N
   * @param {number} T
   * @param {number} C
   * @param {number} H
   */
  constructor(layer, N, T, C, H) {
    this.#net = sequential([layer], { seed: 1 });
    const next = sequence(5);
    /** @param {readonly number[]} shape @param {number} size */
    const random = (shape, size) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return ndarray(
        Float32Array.from({ length }, () => size * (2 * next() - 1)),
        shape,
      );
    };
    this.#x = random([N, T, C], 1);
    this.#y = random([N, T, H], 1);
    this.#sizes = { N, T, C, H };
    // No weight is as it was made: biases begin with zeros and ones.
    this.#net.setWeights(this.#moved(this.#net.getWeights(), () => 0.1 * (2 * next() - 1)));
    this.#net.compile({ optimizer: optimizers.sgd({ learningRate: LEARNING_RATE }), loss: "meanSquaredError" });
    this.#times = watch(this.#net.network.engine.parallel);
  }

  /** @param {readonly NDArray[]} weights @param {(weight: number, element: number) => number} by */
  #moved(weights, by) {
    return weights.map(({ shape, data }, w) =>
      ndarray(
        data.map((value, i) => value + by(w, i)),
        shape,
      ),
    );
  }

  #train() {
    return this.#net.trainOnBatch(this.#x, this.#y).loss;
  }

  /** Throws unless predicting, streaming and training agree, and gradients with differences of the loss. @param {string} kernel */
  check(kernel) {
    if (this.#checked) return;
    const { N, T, C, H } = this.#sizes;
    const net = this.#net;
    const weights = net.getWeights();
    const predicted = net.predict(this.#x).data;
    const stream = net.stream();
    for (let t = 0; t < T; t++) {
      const output = stream.step(this.#x.data.subarray(t * C, (t + 1) * C));
      expectClose(`${kernel}: step ${t} of a stream`, output, predicted.subarray(t * H, (t + 1) * H));
    }
    const squares = range(N * T * H, i => (predicted[i] - this.#y.data[i]) ** 2);
    const loss = this.#train();
    expectClose(`${kernel}: loss of what is predicted`, [loss], [squares.reduce((a, b) => a + b) / squares.length]);

    // Along random signs: gradients that are wrong or missing anywhere change the slope.
    const changes = this.#moved(net.getWeights(), (w, i) => -weights[w].data[i]);
    const gradients = changes.map(({ data }) => Float32Array.from(data, change => -change / LEARNING_RATE));
    const next = sequence(9);
    const signs = weights.map(({ data }) => Float32Array.from(data, () => (next() < 0.5 ? -1 : 1)));
    const slope = gradients.reduce((sum, g, w) => g.reduce((part, value, i) => part + value * signs[w][i], sum), 0);
    const lossAt = (/** @type {number} */ step) => {
      net.setWeights(this.#moved(weights, (w, i) => step * signs[w][i]));
      return this.#train();
    };
    const difference = (lossAt(DIFFERENCE) - lossAt(-DIFFERENCE)) / (2 * DIFFERENCE);
    const size = Math.sqrt(gradients.reduce((sum, g) => g.reduce((part, value) => part + value * value, sum), 0));
    expectClose(`${kernel}: slope of the loss`, [slope / size], [difference / size], 0.01);
    net.setWeights(weights);
    this.#checked = true;
  }

  /** Median milliseconds of a kernel in training steps. @param {keyof Kernels} kernel @param {number} milliseconds */
  time(kernel, milliseconds) {
    const run = (/** @type {number} */ until) => {
      const begun = performance.now();
      for (let runs = 0; runs < LEAST_RUNS || performance.now() - begun < until; runs++) this.#train();
    };
    run(milliseconds / 3);
    this.#times.clear();
    run(milliseconds);
    return median(this.#times.get(kernel) ?? []);
  }
}
