// Pooling over steps, and batch normalization.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/** @param {Buffers} buffers @returns {Case[]} */
export function windowCases(buffers) {
  return [...pools(buffers), ...normalization(buffers)];
}

/** @param {Buffers} buffers @returns {Case[]} */
function pools(buffers) {
  const { kernels } = buffers;
  const [N, T, C] = [32, 50, 128];
  const [n, steps] = [N * T * C, T / 2];
  const [x, dx, y, dy] = [buffers.random(n), buffers.zeros(n), buffers.zeros(n / 2), buffers.random(n / 2)];
  const [means, dMeans, count] = [buffers.zeros(N * C), buffers.random(N * C), buffers.zeros(1)];
  const [numbers, gradients] = [buffers.read(x, n), buffers.read(dy, n / 2)];
  const at = (/** @type {number} */ i, /** @type {number} */ t) => (2 * Math.floor(i / C) + t) * C + (i % C);
  const larger = range(n / 2, i => Math.max(numbers[at(i, 0)], numbers[at(i, 1)]));
  const common = { family: "windows", shape: `${N}x${T}x${C}`, elements: n };
  const sums = new Float64Array(N * C);
  for (let i = 0; i < n; i++) sums[Math.floor(i / (T * C)) * C + (i % C)] += numbers[i];
  const highest = range(N * C, i => Math.max(...range(T, t => numbers[(Math.floor(i / C) * T + t) * C + (i % C)])));
  const mean = sums.map(sum => sum / T);
  return [
    {
      ...common,
      name: "pool forward, largest of two",
      flop: n,
      bytes: 6 * n,
      run: () => kernels.poolForward(y, x, false, N, T, C, 2, 2, 0, steps),
      check() {
        this.run();
        expectClose("pool forward", buffers.read(y, n / 2), larger, 0);
      },
    },
    {
      ...common,
      name: "pool backward, largest of two",
      flop: n,
      bytes: 16 * n,
      run: () => kernels.poolBackward(dx, dy, x, y, false, N, T, C, 2, 2, 0, steps),
      check() {
        kernels.poolForward(y, x, false, N, T, C, 2, 2, 0, steps);
        this.run();
        const expected = new Float64Array(n);
        for (let i = 0; i < n / 2; i++) expected[at(i, numbers[at(i, 0)] === larger[i] ? 0 : 1)] = gradients[i];
        expectClose("pool backward", buffers.read(dx, n), expected, 0);
      },
    },
    {
      ...common,
      name: "mean of steps forward",
      flop: n,
      bytes: 4 * (n + N * C),
      run: () => kernels.stepMeanForward(means, x, 0, N, T, C),
      check() {
        this.run();
        expectClose("mean of steps", buffers.read(means, N * C), mean, 1e-5);
      },
    },
    {
      ...common,
      name: "mean of steps backward",
      flop: 2 * n,
      bytes: 4 * (2 * n + N * C),
      run: () => kernels.stepMeanBackward(dx, dMeans, 0, N, T, C),
      check() {
        buffers.floats.fill(0, dx >> 2, (dx >> 2) + n);
        this.run();
        const outer = buffers.read(dMeans, N * C);
        const expected = range(n, i => outer[Math.floor(i / (T * C)) * C + (i % C)] / T);
        expectClose("mean of steps", buffers.read(dx, n), expected, 1e-6);
      },
    },
    {
      ...common,
      name: "mean of steps, one step",
      shape: `${N * C}`,
      elements: N * C,
      flop: 2 * N * C,
      bytes: 16 * N * C,
      run: () => kernels.stepMeanStep(y, means, count, x, 0, N * C),
      check() {
        for (const pointer of [means, count]) buffers.floats.fill(0, pointer >> 2, (pointer >> 2) + 1);
        buffers.floats.fill(0, means >> 2, (means >> 2) + N * C);
        this.run();
        expectClose("mean of steps, one step", buffers.read(y, N * C), numbers.slice(0, N * C), 0);
      },
    },
    {
      ...common,
      name: "highest forward",
      flop: n,
      bytes: 4 * (n + N * C),
      run: () => kernels.highestForward(means, x, N, T, C),
      check() {
        this.run();
        expectClose("highest", buffers.read(means, N * C), highest, 0);
      },
    },
    {
      ...common,
      name: "highest backward",
      flop: 2 * n,
      bytes: 4 * (3 * n + 2 * N * C),
      run: () => kernels.highestBackward(dx, dMeans, x, means, N, T, C),
      check() {
        kernels.highestForward(means, x, N, T, C);
        buffers.floats.fill(0, dx >> 2, (dx >> 2) + n);
        this.run();
        const outer = buffers.read(dMeans, N * C);
        const expected = range(n, i => {
          const o = Math.floor(i / (T * C)) * C + (i % C);
          return numbers[i] === highest[o] ? outer[o] : 0;
        });
        expectClose("highest", buffers.read(dx, n), expected, 0);
      },
    },
    {
      ...common,
      name: "highest, one step",
      shape: `${N * C}`,
      elements: N * C,
      flop: N * C,
      bytes: 16 * N * C,
      run: () => kernels.highestStep(y, means, count, x, N * C),
      check() {
        buffers.floats[count >> 2] = 0;
        this.run();
        expectClose("highest, one step", buffers.read(y, N * C), numbers.slice(0, N * C), 0);
      },
    },
  ];
}

/** @param {Buffers} buffers @returns {Case[]} */
function normalization(buffers) {
  const { kernels } = buffers;
  const [rows, C] = [1600, 128];
  const n = rows * C;
  const [x, dy, y, normalized, dx] = [
    buffers.random(n),
    buffers.random(n),
    buffers.zeros(n),
    buffers.zeros(n),
    buffers.zeros(n),
  ];
  const [mean, variance, inverse, gamma, beta] = [0, 1, 2, 3, 4].map(() => buffers.random(C, 0.5, 1.5));
  const sums = buffers.zeros(2 * C);
  const numbers = buffers.read(x, n);
  const common = { family: "windows", shape: `${rows}x${C}`, elements: n };
  const means = range(C, c => range(rows, r => numbers[r * C + c]).reduce((a, b) => a + b) / rows);
  const variances = range(
    C,
    c => range(rows, r => (numbers[r * C + c] - means[c]) ** 2).reduce((a, b) => a + b) / rows,
  );
  const moments = () => kernels.batchNormMoments(mean, variance, x, 0, rows, C);
  const forward = () => kernels.batchNormForward(y, normalized, inverse, x, mean, variance, gamma, beta, 1e-3, rows, C);
  return [
    {
      ...common,
      name: "batch moments",
      flop: 5 * n,
      bytes: 4 * n,
      run: moments,
      check() {
        moments();
        expectClose("batch moments: mean", buffers.read(mean, C), means, 1e-6);
        expectClose("batch moments: variance", buffers.read(variance, C), variances, 1e-6);
      },
    },
    {
      ...common,
      name: "batch normalization forward",
      flop: 4 * n,
      bytes: 12 * n,
      run: forward,
      check() {
        moments();
        forward();
        const [g, b] = [buffers.read(gamma, C), buffers.read(beta, C)];
        const expected = range(n, i => {
          const c = i % C;
          return ((numbers[i] - means[c]) / Math.sqrt(variances[c] + 1e-3)) * g[c] + b[c];
        });
        expectClose("batch normalization", buffers.read(y, n), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "batch normalization backward",
      flop: 7 * n,
      bytes: 16 * n,
      run: () => kernels.batchNormBackward(dx, dy, normalized, inverse, gamma, sums, 0, rows, rows, C),
      check() {
        forward();
        this.run();
        const [outer, g, inv] = [buffers.read(dy, n), buffers.read(gamma, C), buffers.read(inverse, C)];
        expectClose(
          "batch normalization",
          buffers.read(dx, n),
          range(n, i => outer[i] * g[i % C] * inv[i % C]),
          1e-5,
        );
      },
    },
    {
      ...common,
      name: "moving average",
      flop: 3 * n,
      bytes: 12 * n,
      run: () => kernels.batchNormAverage(y, x, 0.5, n),
      check() {
        const before = buffers.read(y, n);
        this.run();
        expectClose(
          "moving average",
          buffers.read(y, n),
          range(n, i => (before[i] + numbers[i]) / 2),
          1e-6,
        );
      },
    },
  ];
}
