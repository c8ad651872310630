// Every loss, forward and backward.
import { expectClose, range } from "./harness.js";
import { POINTWISE, rowwiseCases } from "./moreLosses.js";

/**
 * @import { Kernels } from "../../dist/cli/bench/engine.js"
 * @import { Buffers, Case } from "./harness.js"
 */

const DELTA = 0.7;
const softplus = (/** @type {number} */ v) => Math.log1p(Math.exp(-Math.abs(v))) + Math.max(v, 0);
const sigmoid = (/** @type {number} */ v) => 1 / (1 + Math.exp(-v));

/**
 * Losses number by number: what a prediction p and a target y add to the mean, the slope by p, and the arithmetic each
 * way. The operations of e^x and ln x in double precision are counted as 20.
 *
 * @typedef {object} Elementwise
 * @property {string} name
 * @property {(kernels: Kernels, p: number, y: number, n: number) => number} forward
 * @property {(kernels: Kernels, dp: number, p: number, y: number, n: number) => void} backward
 * @property {(p: number, y: number) => number} term
 * @property {(p: number, y: number) => number} slope
 * @property {[forward: number, backward: number]} flop
 */

/** @type {readonly Elementwise[]} */
const ELEMENTWISE = [
  {
    name: "meanSquaredError",
    forward: (kernels, p, y, n) => kernels.meanSquaredErrorForward(p, y, 0, n, 1),
    backward: (kernels, dp, p, y, n) => kernels.meanSquaredErrorBackward(dp, p, y, 0, n, 1),
    term: (p, y) => (p - y) ** 2,
    slope: (p, y) => 2 * (p - y),
    flop: [3, 3],
  },
  {
    name: "meanAbsoluteError",
    forward: (kernels, p, y, n) => kernels.meanAbsoluteErrorForward(p, y, 0, n, 1),
    backward: (kernels, dp, p, y, n) => kernels.meanAbsoluteErrorBackward(dp, p, y, 0, n, 1),
    term: (p, y) => Math.abs(p - y),
    slope: (p, y) => Math.sign(p - y),
    flop: [2, 2],
  },
  {
    name: "huber",
    forward: (kernels, p, y, n) => kernels.huberForward(p, y, 0, DELTA, n, 1),
    backward: (kernels, dp, p, y, n) => kernels.huberBackward(dp, p, y, 0, DELTA, n, 1),
    term: (p, y) => (Math.abs(p - y) <= DELTA ? (p - y) ** 2 / 2 : DELTA * (Math.abs(p - y) - DELTA / 2)),
    slope: (p, y) => Math.max(-DELTA, Math.min(DELTA, p - y)),
    flop: [4, 4],
  },
  {
    name: "binaryCrossentropy",
    forward: (kernels, p, y, n) => kernels.binaryCrossentropyForward(p, y, 0, n, 1),
    backward: (kernels, dp, p, y, n) => kernels.binaryCrossentropyBackward(dp, p, y, 0, n, 1),
    term: (p, y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)),
    slope: (p, y) => (p - y) / (p * (1 - p)),
    flop: [46, 6],
  },
  {
    name: "binaryCrossentropyLogits",
    forward: (kernels, z, y, n) => kernels.binaryCrossentropyLogitsForward(z, y, 0, n, 1),
    backward: (kernels, dz, z, y, n) => kernels.binaryCrossentropyLogitsBackward(dz, z, y, 0, n, 1),
    term: (z, y) => softplus(z) - z * y,
    slope: (z, y) => sigmoid(z) - y,
    flop: [44, 25],
  },
];

/** @param {Buffers} buffers @returns {Case[]} */
export function lossCases(buffers) {
  return [
    ...[...ELEMENTWISE, ...POINTWISE].flatMap(loss => elementwise(buffers, loss)),
    ...rowwiseCases(buffers),
    ...[10, 1000].flatMap(V => [
      ...classes(buffers, 16 * Math.ceil(1000 / V), V, false),
      ...classes(buffers, 16 * Math.ceil(1000 / V), V, true),
    ]),
  ];
}

/**
 * One loss, ready to run.
 *
 * @typedef {object} Prepared
 * @property {string} name
 * @property {string} shape
 * @property {number} n numbers of the prediction
 * @property {number} targetBytes
 * @property {[forward: number, backward: number]} flop by number
 * @property {number} gradient
 * @property {() => number} forward
 * @property {() => void} backward adds to `gradient`
 * @property {{ count: number, mean: () => number, slopes: () => Float64Array }} expected over how many the mean is, the
 *   mean, and the slopes of the sum
 */

/** The two directions of one loss. @param {Buffers} buffers @param {Prepared} loss @returns {Case[]} */
function pair(buffers, { name, shape, n, targetBytes, flop, gradient, forward, backward, expected }) {
  const common = { family: "losses", shape, elements: n };
  return [
    {
      ...common,
      name,
      flop: flop[0] * n,
      bytes: 4 * n + targetBytes,
      run: forward,
      check() {
        expectClose(name, [forward()], [expected.mean()], 1e-5);
      },
    },
    {
      ...common,
      name: `${name} backward`,
      flop: flop[1] * n,
      bytes: 12 * n + targetBytes,
      run: backward,
      check() {
        buffers.floats.fill(0, gradient >> 2, (gradient >> 2) + n);
        backward();
        // Scaled to size 1, so that the tolerance means what it says.
        const got = buffers.read(gradient, n).map(value => value * expected.count);
        expectClose(`${name} backward`, got, expected.slopes(), 1e-5);
      },
    },
  ];
}

/** @param {Buffers} buffers @param {Elementwise} loss @returns {Case[]} */
function elementwise(buffers, { name, forward, backward, term, slope, flop }) {
  const { kernels } = buffers;
  const n = 16384;
  const [p, y] = [buffers.random(n, 0.05, 0.95), buffers.random(n, 0, 1)];
  const [prediction, target] = [buffers.read(p, n), buffers.read(y, n)];
  const gradient = buffers.zeros(n);
  return pair(buffers, {
    name,
    shape: `${n}`,
    n,
    targetBytes: 4 * n,
    flop,
    gradient,
    forward: () => forward(kernels, p, y, n),
    backward: () => backward(kernels, gradient, p, y, n),
    expected: {
      count: n,
      mean: () => range(n, i => term(prediction[i], target[i])).reduce((a, b) => a + b) / n,
      slopes: () => range(n, i => slope(prediction[i], target[i])),
    },
  });
}

/**
 * Cross-entropy over V classes, the target a class id, from logits and from probabilities.
 *
 * @param {Buffers} buffers
 * @param {number} rows
 * @param {number} V
 * @param {boolean} logits
 * @returns {Case[]}
 */
function classes(buffers, rows, V, logits) {
  const { kernels } = buffers;
  const n = rows * V;
  const p = buffers.random(n, -2, 2);
  if (!logits) kernels.softmaxForward(p, p, rows, V);
  const ids = buffers.ids(rows, V);
  const [numbers, tokens] = [buffers.read(p, n), buffers.readIds(ids, rows)];
  const sums = range(rows, r => {
    let sum = 0;
    for (let j = r * V; j < r * V + V; j++) sum += logits ? Math.exp(numbers[j]) : numbers[j];
    return sum;
  });
  const row = (/** @type {number} */ i) => Math.floor(i / V);
  const isTarget = (/** @type {number} */ i) => tokens[row(i)] === i % V;
  const expected = {
    count: rows,
    mean: () =>
      range(rows, r => {
        const value = numbers[r * V + tokens[r]];
        return Math.log(sums[r]) - (logits ? value : Math.log(value));
      }).reduce((a, b) => a + b) / rows,
    slopes: () =>
      range(n, i =>
        logits
          ? Math.exp(numbers[i]) / sums[row(i)] - (isTarget(i) ? 1 : 0)
          : 1 / sums[row(i)] - (isTarget(i) ? 1 / numbers[i] : 0),
      ),
  };
  // The same with a distribution as target.
  const oneHot = buffers.zeros(n);
  tokens.forEach((token, r) => {
    buffers.floats[(oneHot >> 2) + r * V + token] = 1;
  });
  const d = buffers.zeros(n);
  /** @type {Omit<Prepared, "name" | "targetBytes" | "forward" | "backward">} */
  const common = { shape: `${rows}x${V}`, n, gradient: d, expected, flop: logits ? [22, 44] : [1, 6] };
  const [ofIds, ofShares] = [4 * rows, 4 * n];
  const kinds = logits
    ? [
        {
          name: "sparseCategoricalCrossentropyLogits",
          targetBytes: ofIds,
          forward: () => kernels.sparseCategoricalCrossentropyLogitsForward(p, ids, 0, rows, V),
          backward: () => kernels.sparseCategoricalCrossentropyLogitsBackward(d, p, ids, 0, rows, V),
        },
        {
          name: "categoricalCrossentropyLogits",
          targetBytes: ofShares,
          forward: () => kernels.categoricalCrossentropyLogitsForward(p, oneHot, 0, rows, V),
          backward: () => kernels.categoricalCrossentropyLogitsBackward(d, p, oneHot, 0, rows, V),
        },
      ]
    : [
        {
          name: "sparseCategoricalCrossentropy",
          targetBytes: ofIds,
          forward: () => kernels.sparseCategoricalCrossentropyForward(p, ids, 0, rows, V),
          backward: () => kernels.sparseCategoricalCrossentropyBackward(d, p, ids, 0, rows, V),
        },
        {
          name: "categoricalCrossentropy",
          targetBytes: ofShares,
          forward: () => kernels.categoricalCrossentropyForward(p, oneHot, 0, rows, V),
          backward: () => kernels.categoricalCrossentropyBackward(d, p, oneHot, 0, rows, V),
        },
      ];
  return kinds.flatMap(kind => pair(buffers, { ...common, ...kind }));
}
