// Layer normalization: of any rows, and of the gates of cells, in both cases as many numbers as the gates of mid128.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

const EPSILON = 1e-5;

/** @param {Buffers} buffers @returns {Case[]} */
export function layerNormCases(buffers) {
  const { kernels } = buffers;
  const [rows, gates, H] = [1600, 4, 128];
  const W = gates * H;
  const n = rows * W;
  const [x, dy, y, normalized, dx] = [
    buffers.random(n, -2, 3),
    buffers.random(n),
    ...[n, n, n].map(k => buffers.zeros(k)),
  ];
  const [gain, bias, dGain, inverse] = [buffers.random(W), buffers.random(W), buffers.zeros(W), buffers.zeros(rows)];
  const [numbers, gradients, gains, biases] = [
    buffers.read(x, n),
    buffers.read(dy, n),
    buffers.read(gain, W),
    buffers.read(bias, W),
  ];
  /** The mean over each row. @param {(i: number) => number} value */
  const means = value =>
    range(rows, r => {
      let sum = 0;
      for (let i = r * W; i < (r + 1) * W; i++) sum += value(i);
      return sum / W;
    });
  const row = (/** @type {number} */ i) => Math.floor(i / W);
  const mean = means(i => numbers[i]);
  const variance = means(i => (numbers[i] - mean[row(i)]) ** 2);
  const deviation = variance.map(v => Math.sqrt(v + EPSILON));
  const z = range(n, i => (numbers[i] - mean[row(i)]) / deviation[row(i)]);
  const common = { family: "layers", shape: `${rows}x${W}`, elements: n };
  const ofForward = { flop: 7 * n, bytes: 4 * (3 * n + 2 * W + rows) };
  const checkForward = (/** @type {string} */ name) => {
    expectClose(`${name}: normalized`, buffers.read(normalized, n), z);
    const expected = range(n, i => z[i] * gains[i % W] + biases[i % W]);
    expectClose(name, buffers.read(y, n), expected);
  };
  const checkBackward = (/** @type {string} */ name) => {
    const d = (/** @type {number} */ i) => gradients[i] * gains[i % W];
    const [average, along] = [means(d), means(i => d(i) * z[i])];
    const expected = range(n, i => (d(i) - average[row(i)] - z[i] * along[row(i)]) / deviation[row(i)]);
    expectClose(name, buffers.read(dx, n), expected);
  };
  const forward = () => kernels.layerNormForward(y, normalized, inverse, x, gain, bias, EPSILON, rows, W);
  return [
    {
      ...common,
      ...ofForward,
      name: "layer norm forward",
      run: forward,
      check() {
        forward();
        checkForward(this.name);
      },
    },
    {
      ...common,
      name: "layer norm backward",
      flop: 10 * n,
      bytes: 4 * (4 * n + W + rows),
      run: () => kernels.layerNormBackward(dx, dy, normalized, inverse, gain, rows, W),
      check() {
        forward();
        buffers.floats.fill(0, dx >> 2, (dx >> 2) + n);
        this.run();
        checkBackward(this.name);
      },
    },
    {
      ...common,
      name: "layer norm gain gradient",
      flop: 2 * n,
      bytes: 4 * (2 * n + 2 * W),
      run: () => kernels.layerNormGainGradient(dGain, dy, normalized, rows, W),
      check() {
        forward();
        this.run();
        const expected = new Float64Array(W);
        for (let i = 0; i < n; i++) expected[i % W] += gradients[i] * z[i];
        expectClose("layer norm gain gradient", buffers.read(dGain, W), expected, 1e-4);
      },
    },
    {
      ...common,
      ...ofForward,
      name: "normalized gates forward",
      run: () => kernels.normalizedGatesForward(y, normalized, inverse, x, gain, bias, 1e-5, rows, gates, H),
      check() {
        this.run();
        checkForward(this.name);
      },
    },
    {
      ...common,
      name: "normalized gates backward",
      flop: 9 * n,
      bytes: 4 * (3 * n + W + rows),
      run: () => kernels.normalizedGatesBackward(dx, dy, normalized, inverse, gain, rows, gates, H),
      check() {
        forward();
        this.run();
        checkBackward(this.name);
      },
    },
  ];
}
