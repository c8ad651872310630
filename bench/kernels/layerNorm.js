// Layer normalization of the gates of 128 units, for the steps of mid128.
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
  const forward = () => kernels.layerNormForward(y, normalized, inverse, x, gain, bias, rows, gates, H);
  const common = { family: "layers", shape: `${rows}x${W}`, elements: n };
  return [
    {
      ...common,
      name: "layer norm forward",
      flop: 7 * n,
      bytes: 4 * (3 * n + 2 * W + rows),
      run: forward,
      check() {
        forward();
        expectClose("layer norm: normalized", buffers.read(normalized, n), z);
        const expected = range(n, i => z[i] * gains[i % W] + biases[i % W]);
        expectClose("layer norm", buffers.read(y, n), expected);
      },
    },
    {
      ...common,
      name: "layer norm backward",
      flop: 9 * n,
      bytes: 4 * (3 * n + W + rows),
      run: () => kernels.layerNormBackward(dx, dy, normalized, inverse, gain, rows, gates, H),
      check() {
        forward();
        this.run();
        const d = (/** @type {number} */ i) => gradients[i] * gains[i % W];
        const [average, along] = [means(d), means(i => d(i) * z[i])];
        const expected = range(n, i => (d(i) - average[row(i)] - z[i] * along[row(i)]) / deviation[row(i)]);
        expectClose("layer norm backward", buffers.read(dx, n), expected);
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
  ];
}
