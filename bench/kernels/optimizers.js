// Optimizers on as many weights as mid128 has.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

const N = 98432;

/** @param {Buffers} buffers @returns {Case[]} */
export function optimizerCases(buffers) {
  const { kernels } = buffers;
  const g = buffers.random(N);
  const gradients = buffers.read(g, N);
  /**
   * Steps from random weights and slots of zeros; the first is compared with `moved(w, g)`.
   *
   * @param {string} name
   * @param {number} slots
   * @param {number} flop by weight
   * @param {(w: number, ...slots: number[]) => void} run
   * @param {(w: number, g: number) => number} moved
   * @returns {Case}
   */
  const step = (name, slots, flop, run, moved) => {
    const w = buffers.random(N);
    const before = buffers.read(w, N);
    const pointers = Array.from({ length: slots }, () => buffers.zeros(N));
    return {
      family: "optimizers",
      name,
      shape: `${N}`,
      elements: N,
      flop: flop * N,
      bytes: 4 * N * (1 + 2 * (1 + slots)),
      run: () => run(w, ...pointers),
      check() {
        this.run();
        const expected = range(N, i => moved(before[i], gradients[i]));
        expectClose(name, buffers.read(w, N), expected);
      },
    };
  };
  const rate = 0.01;
  return [
    step(
      "sgd",
      0,
      2,
      w => kernels.sgd(w, 0, g, rate, 0, false, N),
      (w, d) => w - rate * d,
    ),
    step(
      "sgd, momentum",
      1,
      4,
      (w, v) => kernels.sgd(w, v, g, rate, 0.9, false, N),
      (w, d) => w - rate * d,
    ),
    step(
      "sgd, Nesterov",
      1,
      6,
      (w, v) => kernels.sgd(w, v, g, rate, 0.9, true, N),
      (w, d) => w - 1.9 * rate * d,
    ),
    step(
      "rmsprop",
      1,
      9,
      (w, v) => kernels.rmsprop(w, v, 0, 0, g, rate, 0.9, 0, 1e-7, N),
      (w, d) => w - (rate * d) / Math.sqrt(0.1 * d * d + 1e-7),
    ),
    step(
      "rmsprop, centered, momentum",
      3,
      16,
      (w, v, average, velocity) => kernels.rmsprop(w, v, average, velocity, g, rate, 0.9, 0.9, 1e-7, N),
      (w, d) => w - (rate * d) / Math.sqrt(0.1 * d * d - (0.1 * d) ** 2 + 1e-7),
    ),
    step(
      "adam",
      2,
      14,
      (w, m, v) => kernels.adam(w, m, v, g, rate, 0.9, 0.999, 1e-7, 0, N),
      (w, d) => w - (rate * 0.1 * d) / (Math.sqrt(0.001 * d * d) + 1e-7),
    ),
    step(
      "adam, AMSGrad",
      3,
      15,
      (w, m, v, largest) => kernels.adamAmsgrad(w, m, v, largest, g, rate, 0.9, 0.999, 1e-7, 0, N),
      (w, d) => w - (rate * 0.1 * d) / (Math.sqrt(0.001 * d * d) + 1e-7),
    ),
    step(
      "nadam",
      2,
      17,
      (w, m, v) => kernels.nadam(w, m, v, g, rate, 0.5 * rate, 2, 0.9, 0.999, 1e-7, N),
      (w, d) => w - (rate * 0.6 * d) / (Math.sqrt(0.002 * d * d) + 1e-7),
    ),
    step(
      "adamax",
      2,
      9,
      (w, m, u) => kernels.adamax(w, m, u, g, rate, 0.9, 0.999, 1e-7, N),
      (w, d) => w - (rate * 0.1 * d) / (Math.abs(d) + 1e-7),
    ),
    step(
      "adagrad",
      1,
      6,
      (w, a) => kernels.adagrad(w, a, g, rate, 0.1, N),
      (w, d) => w - (rate * d) / Math.sqrt(d * d + 0.1),
    ),
    step(
      "adadelta",
      2,
      14,
      (w, v, u) => kernels.adadelta(w, v, u, g, rate, 0.9, 1e-7, N),
      (w, d) => w - rate * d * Math.sqrt(1e-7 / (0.1 * d * d + 1e-7)),
    ),
    step(
      "lion",
      1,
      9,
      (w, m) => kernels.lion(w, m, g, rate, 0.9, 0.99, N),
      (w, d) => w - rate * Math.sign(d),
    ),
    step(
      "mean of weights",
      0,
      3,
      w => kernels.averageWeights(w, g, 0.75, N),
      (w, d) => 0.75 * w + 0.25 * d,
    ),
  ];
}
