// Losses of assembly/losses/pointwise.ts, rowwise.ts and ctc.ts. Operations of e^x and ln x in double precision are counted as 20.
import { expectClose, range } from "./harness.js";

/**
 * @import { Buffers, Case } from "./harness.js"
 * @import { Elementwise } from "./losses.js"
 */

/**
 * @param {string} name
 * @param {number} kind
 * @param {(p: number, y: number) => number} term
 * @param {(p: number, y: number) => number} slope
 * @param {[number, number]} flop
 * @param {number} a
 * @returns {Elementwise}
 */
const pointwise = (name, kind, term, slope, flop, a = 0) => ({
  name,
  forward: (kernels, p, y, n) => kernels.pointwiseForward(p, y, 0, kind, a, -1, 1 / n, n, 1),
  backward: (kernels, dp, p, y, n) => kernels.pointwiseBackward(dp, p, y, 0, kind, a, -1, 1 / n, n, 1),
  term,
  slope,
  flop,
});

const cost = (/** @type {number} */ p, /** @type {number} */ y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p));
const off = (/** @type {number} */ p, /** @type {number} */ y) => y * (1 - p) + (1 - y) * p;
const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
const focal = (/** @type {number} */ p, /** @type {number} */ y) => off(p, y) ** 2 * cost(p, y);
const focalSlope = (/** @type {number} */ p, /** @type {number} */ y) =>
  (off(p, y) ** 2 * (p - y)) / (p * (1 - p)) - 2 * off(p, y) * (2 * y - 1) * cost(p, y);

/** @type {readonly Elementwise[]} */
export const POINTWISE = [
  pointwise(
    "kld",
    0,
    (p, y) => Math.max(y, 1e-7) * Math.log(Math.max(y, 1e-7) / p),
    (p, y) => -Math.max(y, 1e-7) / p,
    [22, 1],
  ),
  pointwise(
    "poisson",
    1,
    (p, y) => p - y * Math.log(p + 1e-7),
    (p, y) => 1 - y / (p + 1e-7),
    [22, 3],
  ),
  pointwise(
    "hinge",
    2,
    (p, y) => Math.max(0, 1 - y * p),
    (_, y) => -y,
    [2, 2],
  ),
  pointwise(
    "squaredHinge",
    3,
    (p, y) => (1 - y * p) ** 2,
    (p, y) => -2 * y * (1 - y * p),
    [3, 4],
  ),
  pointwise(
    "meanAbsolutePercentageError",
    4,
    (p, y) => (100 * Math.abs(p - y)) / Math.max(y, 1e-7),
    (p, y) => (100 * Math.sign(p - y)) / Math.max(y, 1e-7),
    [3, 2],
  ),
  pointwise(
    "meanSquaredLogarithmicError",
    5,
    (p, y) => (Math.log1p(p) - Math.log1p(y)) ** 2,
    (p, y) => (2 * (Math.log1p(p) - Math.log1p(y))) / (1 + p),
    [42, 44],
  ),
  pointwise("binaryFocalCrossentropy", 6, focal, focalSlope, [90, 130], 2),
  pointwise(
    "binaryFocalCrossentropy, logits",
    7,
    (z, y) => focal(sigmoid(z), y),
    (z, y) => focalSlope(sigmoid(z), y) * sigmoid(z) * sigmoid(-z),
    [130, 170],
    2,
  ),
];

/**
 * A loss of rows, with a loss and slopes in plain JavaScript by differences of it.
 *
 * @param {Buffers} buffers
 * @param {string} name
 * @param {{ rows: number, C: number, targets: number, flop: [number, number], prediction: number, target: number }} sizes
 * @param {(p: number, y: number) => number} forward
 * @param {(dp: number, p: number, y: number) => void} backward
 * @param {(p: Float64Array, y: Float64Array) => number} term of a row
 * @returns {Case[]}
 */
function ofRows(buffers, name, { rows, C, targets, flop, prediction, target }, forward, backward, term) {
  const n = rows * C;
  const gradient = buffers.zeros(n);
  const [p, y] = [buffers.read(prediction, n), buffers.read(target, rows * targets)].map(numbers =>
    Float64Array.from(numbers),
  );
  const row = (/** @type {number} */ r) => term(p.slice(r * C, (r + 1) * C), y.slice(r * targets, (r + 1) * targets));
  const common = { family: "losses", shape: `${rows}x${C}`, elements: n };
  return [
    {
      ...common,
      name,
      flop: flop[0] * n,
      bytes: 4 * (n + rows * targets),
      run: () => forward(prediction, target),
      check() {
        expectClose(name, [forward(prediction, target)], [range(rows, row).reduce((a, b) => a + b) / rows], 1e-5);
      },
    },
    {
      ...common,
      name: `${name} backward`,
      flop: flop[1] * n,
      bytes: 12 * n + 4 * rows * targets,
      run: () => backward(gradient, prediction, target),
      check() {
        buffers.floats.fill(0, gradient >> 2, (gradient >> 2) + n);
        backward(gradient, prediction, target);
        const got = buffers.read(gradient, C).map(value => value * rows); // the first row
        const step = 2 ** -16;
        const slopes = range(C, j => {
          const at = (/** @type {number} */ by) => {
            const moved = p.slice(0, C);
            moved[j] += by;
            return term(moved, y.slice(0, targets));
          };
          return (at(step) - at(-step)) / (2 * step);
        });
        expectClose(`${name} backward`, got, slopes, 1e-4);
      },
    },
  ];
}

/** @param {Buffers} buffers @returns {Case[]} */
export function rowwiseCases(buffers) {
  const { kernels } = buffers;
  const [rows, C] = [1000, 12];
  const n = rows * C;
  const p = buffers.random(n, 0.05, 0.95);
  const sum = (/** @type {Float64Array} */ x) => x.reduce((a, b) => a + b);
  const size = (/** @type {Float64Array} */ x) => Math.sqrt(sum(x.map(v => v * v)));
  const like = { rows, C, targets: C, prediction: p, target: buffers.random(n, 0, 1) };
  const quantiles = buffers.random(3, 0.1, 0.9);
  const q = Float64Array.from(buffers.read(quantiles, 3));
  return [
    ...ofRows(
      buffers,
      "cosineSimilarity",
      { ...like, flop: [6, 10] },
      (x, y) => kernels.cosineSimilarityForward(x, y, 0, rows, C),
      (dx, x, y) => kernels.cosineSimilarityBackward(dx, x, y, 0, rows, C),
      (x, y) => -sum(x.map((v, j) => v * y[j])) / size(x) / size(y),
    ),
    ...ofRows(
      buffers,
      "categoricalFocalCrossentropy",
      { ...like, flop: [65, 130] },
      (x, y) => kernels.categoricalFocalForward(x, y, 0, false, 2, 0.25, rows, C),
      (dx, x, y) => kernels.categoricalFocalBackward(dx, x, y, 0, false, 2, 0.25, rows, C),
      (x, y) => {
        const shares = x.map(v => v / sum(x));
        return -sum(shares.map((v, j) => 0.25 * (1 - v) ** 2 * y[j] * Math.log(v)));
      },
    ),
    ...ofRows(
      buffers,
      "quantile",
      { ...like, targets: C / 3, target: buffers.random(n / 3, 1, 2), flop: [4, 3] },
      (x, y) => kernels.quantileForward(x, y, 0, quantiles, 3, rows, C),
      (dx, x, y) => kernels.quantileBackward(dx, x, y, 0, quantiles, 3, rows, C),
      (x, y) => sum(x.map((v, j) => q[j % 3] * (y[Math.floor(j / 3)] - v))) / C,
    ),
    ...ofRows(
      buffers,
      "gaussianNll",
      { ...like, targets: C / 2, target: buffers.random(n / 2), flop: [23, 27] },
      (x, y) => kernels.gaussianNllForward(x, y, 0, true, 1e-6, 0, rows, C / 2),
      (dx, x, y) => kernels.gaussianNllBackward(dx, x, y, 0, true, 1e-6, rows, C / 2),
      (x, y) => {
        const F = C / 2;
        return sum(y.map((t, j) => 0.5 * (x[F + j] + (x[j] - t) ** 2 / Math.exp(x[F + j])))) / F;
      },
    ),
    smooth(buffers),
    ...ctc(buffers),
  ];
}

/** @param {Buffers} buffers @returns {Case} */
function smooth(buffers) {
  const n = 16384;
  const [x, y] = [buffers.random(n, 0, 1), buffers.zeros(n)];
  const labels = buffers.read(x, n);
  const run = () => buffers.kernels.pointwiseSmooth(y, x, 0.75, 0.125, n);
  return {
    family: "losses",
    name: "label smoothing",
    shape: `${n}`,
    elements: n,
    flop: 2 * n,
    bytes: 8 * n,
    run,
    check() {
      run();
      expectClose(
        "label smoothing",
        buffers.read(y, n),
        Array.from(labels, v => 0.75 * v + 0.125),
        1e-6,
      );
    },
  };
}

/** Eight sequences of 200 steps, 40 labels, 30 classes; checked against a plain program. @param {Buffers} buffers @returns {Case[]} */
function ctc(buffers) {
  const { kernels } = buffers;
  const [N, T, V, L] = [8, 200, 30, 40];
  const W = kernels.ctcWidth(L);
  const doubles = (/** @type {number} */ count) => buffers.zeros(2 * count);
  const [posteriors, logZ, work] = [doubles(N * T * W), doubles(N * T), doubles(kernels.ctcWork(T, V, L))];
  const [z, dz] = [buffers.random(N * T * V, -2, 2), buffers.zeros(N * T * V)];
  const [labels, rows] = [buffers.zeros(N * L), buffers.zeros(N * T)];
  const [steps, counts] = [buffers.zeros(N), buffers.zeros(N)];
  const { ints } = buffers;
  ints.fill(T, steps >> 2, (steps >> 2) + N);
  ints.fill(L, counts >> 2, (counts >> 2) + N);
  for (let i = 0; i < N * T; i++) ints[(rows >> 2) + i] = i;
  for (let i = 0; i < N * L; i++) ints[(labels >> 2) + i] = 1 + ((i * 7 + (i >> 3)) % (V - 1));
  const numbers = buffers.read(z, N * T * V);
  const own = ints.slice(labels >> 2, (labels >> 2) + N * L);
  const forward = () => kernels.ctcForward(posteriors, logZ, work, z, labels, rows, steps, counts, 0, 0, N, T, V, L);
  const backward = () =>
    kernels.ctcBackward(dz, posteriors, logZ, work, z, labels, rows, steps, counts, 0, 0, N, T, V, L);
  /** Minus the log of the probability of a sequence's labels, in probabilities scaled at each step. */
  const plain = (/** @type {number} */ n) => {
    const S = 2 * L + 1;
    const label = (/** @type {number} */ s) => (s % 2 ? own[n * L + (s >> 1)] : 0);
    let ways = new Float64Array(S);
    let log = 0;
    for (let t = 0; t < T; t++) {
      const powers = range(V, j => Math.exp(numbers[(n * T + t) * V + j]));
      const sum = powers.reduce((a, b) => a + b);
      const next = new Float64Array(S);
      for (let s = 0; s < S; s++) {
        const skip = s > 2 && s % 2 === 1 && label(s) !== label(s - 2) ? ways[s - 2] : 0;
        const before = t === 0 ? Number(s < 2) : ways[s] + (s > 0 ? ways[s - 1] : 0) + skip;
        next[s] = (before * powers[label(s)]) / sum;
      }
      const total = next.reduce((a, b) => a + b);
      log += Math.log(total);
      ways = next.map(way => way / total);
    }
    return -(log + Math.log(ways[S - 1] + ways[S - 2]));
  };
  const common = { family: "losses", shape: `${N}x${T}x${V}, ${L} labels`, elements: N * T * (2 * L + 1) };
  return [
    {
      ...common,
      name: "ctc",
      flop: 15 * common.elements,
      bytes: 8 * N * T * W + 4 * N * T * V,
      run: forward,
      check() {
        expectClose("ctc", [forward()], [range(N, plain).reduce((a, b) => a + b) / N], 1e-5);
      },
    },
    {
      ...common,
      name: "ctc backward",
      flop: 5 * common.elements,
      bytes: 8 * N * T * W + 12 * N * T * V,
      run: backward,
      check() {
        forward();
        buffers.floats.fill(0, dz >> 2, (dz >> 2) + N * T * V);
        backward();
        // The slopes of a step's logits add up to nothing.
        const got = buffers.read(dz, N * T * V);
        const sums = range(N * T, r => got.slice(r * V, (r + 1) * V).reduce((a, b) => a + b, 0));
        expectClose(
          "ctc backward",
          sums,
          range(N * T, () => 0),
          1e-6,
        );
      },
    },
  ];
}
