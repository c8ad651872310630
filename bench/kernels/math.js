// Elementwise functions, softmax and the sums over blocks.
import { activationKinds } from "../../dist/cli/bench/engine.js";
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

const N = 16384;
const { relu: RELU, tanh: TANH, sigmoid: SIGMOID } = activationKinds;

/** @param {Buffers} buffers @returns {Case[]} */
export function mathCases(buffers) {
  const { kernels } = buffers;
  const x = buffers.random(N, -6, 6);
  const y = buffers.zeros(N);
  const dy = buffers.random(N);
  const dx = buffers.zeros(N);
  const numbers = buffers.read(x, N);
  const gradients = buffers.read(dy, N);
  const shape = `${N}`;

  /**
   * @param {string} name
   * @param {number} flop by element
   * @param {() => void} run
   * @param {(x: number) => number} expected
   * @returns {Case}
   */
  const forward = (name, flop, run, expected) => ({
    family: "math",
    name,
    shape,
    elements: N,
    flop: flop * N,
    bytes: 8 * N,
    run,
    check() {
      run();
      expectClose(name, buffers.read(y, N), numbers.map(expected), 2e-6);
    },
  });
  /**
   * @param {string} name
   * @param {number} flop by element
   * @param {number} kind
   * @param {(x: number) => number} output
   * @param {(y: number) => number} slope
   * @returns {Case}
   */
  const backward = (name, flop, kind, output, slope) => ({
    family: "math",
    name,
    shape,
    elements: N,
    flop: flop * N,
    bytes: 16 * N,
    run: () => kernels.activationBackward(dx, dy, y, kind, N),
    check() {
      kernels.activationForward(y, x, kind, N);
      buffers.floats.fill(1, dx >> 2, (dx >> 2) + N);
      this.run();
      expectClose(
        name,
        buffers.read(dx, N),
        range(N, i => 1 + gradients[i] * slope(output(numbers[i]))),
      );
    },
  });
  const sigmoid = (/** @type {number} */ v) => 1 / (1 + Math.exp(-v));
  return [
    forward("exp", 20, () => kernels.expForward(y, x, N), Math.exp),
    forward("sigmoid", 19, () => kernels.activationForward(y, x, SIGMOID, N), sigmoid),
    forward("tanh", 20, () => kernels.activationForward(y, x, TANH, N), Math.tanh),
    forward(
      "relu",
      1,
      () => kernels.activationForward(y, x, RELU, N),
      v => Math.max(v, 0),
    ),
    backward("sigmoid backward", 4, SIGMOID, sigmoid, v => v * (1 - v)),
    backward("tanh backward", 4, TANH, Math.tanh, v => 1 - v * v),
    ...[10, 1000].flatMap(V => softmaxCases(buffers, 16 * Math.ceil(1000 / V), V)),
    ...blockCases(buffers),
  ];
}

/** @param {Buffers} buffers @param {number} rows @param {number} V @returns {Case[]} */
function softmaxCases(buffers, rows, V) {
  const { kernels } = buffers;
  const n = rows * V;
  const [x, y, dy, dx] = [buffers.random(n, -4, 4), buffers.zeros(n), buffers.random(n), buffers.zeros(n)];
  const numbers = buffers.read(x, n);
  const gradients = buffers.read(dy, n);
  const probabilities = new Float64Array(n);
  for (let r = 0; r < n; r += V) {
    const terms = Float64Array.from(numbers.subarray(r, r + V), Math.exp);
    const sum = terms.reduce((a, b) => a + b);
    probabilities.set(
      terms.map(term => term / sum),
      r,
    );
  }
  const shape = `${rows}x${V}`;
  const common = { family: "math", shape, elements: n };
  return [
    {
      ...common,
      name: "softmax",
      flop: 24 * n,
      bytes: 8 * n,
      run: () => kernels.softmaxForward(y, x, rows, V),
      check() {
        this.run();
        expectClose("softmax", buffers.read(y, n), probabilities);
      },
    },
    {
      ...common,
      name: "softmax backward",
      flop: 5 * n,
      bytes: 16 * n,
      run: () => kernels.softmaxBackward(dx, dy, y, rows, V),
      check() {
        buffers.floats.fill(0, dx >> 2, (dx >> 2) + n);
        this.run();
        const expected = new Float64Array(n);
        for (let r = 0; r < n; r += V) {
          let dot = 0;
          for (let j = r; j < r + V; j++) dot += gradients[j] * probabilities[j];
          for (let j = r; j < r + V; j++) expected[j] = probabilities[j] * (gradients[j] - dot);
        }
        expectClose("softmax backward", buffers.read(dx, n), expected);
      },
    },
  ];
}

/** @param {Buffers} buffers @returns {Case[]} */
function blockCases(buffers) {
  const { kernels } = buffers;
  const [rows, columns] = [1600, 512];
  const n = rows * columns;
  const x = buffers.random(n);
  const y = buffers.random(n);
  const sums = buffers.zeros(columns);
  const numbers = buffers.read(x, n);
  const before = buffers.read(y, n);
  /**
   * @param {string} name
   * @param {number} flop by element
   * @param {number} bytes by element
   * @param {() => void} run
   * @param {() => void} check
   * @returns {Case}
   */
  const case_ = (name, flop, bytes, run, check) => ({
    family: "block",
    name,
    shape: `${rows}x${columns}`,
    elements: n,
    flop: flop * n,
    bytes: bytes * n,
    run,
    check,
  });
  let sum = 0;
  for (const value of numbers) sum += value * value;
  return [
    case_(
      "add",
      1,
      12,
      () => kernels.add(y, x, n),
      () => {
        kernels.add(y, x, n);
        expectClose(
          "add",
          buffers.read(y, n),
          range(n, i => before[i] + numbers[i]),
        );
      },
    ),
    case_(
      "scaleInPlace",
      1,
      8,
      () => kernels.scaleInPlace(x, 1, n),
      () => {
        kernels.scaleInPlace(x, 2, n);
        expectClose(
          "scaleInPlace",
          buffers.read(x, n),
          range(n, i => 2 * numbers[i]),
        );
        kernels.scaleInPlace(x, 0.5, n);
      },
    ),
    case_(
      "clipValue",
      0,
      8,
      () => kernels.clipValue(x, 1, n),
      () => {
        kernels.clipValue(x, 0.75, n);
        expectClose(
          "clipValue",
          buffers.read(x, n),
          range(n, i => Math.max(-0.75, Math.min(0.75, numbers[i]))),
        );
        buffers.floats.set(numbers, x >> 2);
      },
    ),
    case_(
      "sumRows",
      1,
      4,
      () => kernels.sumRows(sums, x, rows, columns),
      () => {
        kernels.sumRows(sums, x, rows, columns);
        const expected = new Float64Array(columns);
        numbers.forEach((value, i) => {
          expected[i % columns] += value;
        });
        expectClose("sumRows", buffers.read(sums, columns), expected, 1e-4);
      },
    ),
    case_(
      "sumOfSquares",
      2,
      4,
      () => kernels.sumOfSquares(x, n),
      () => expectClose("sumOfSquares", [kernels.sumOfSquares(x, n)], [sum], 1e-9),
    ),
    case_(
      "firstNonFinite",
      1,
      4,
      () => kernels.firstNonFinite(x, n),
      () => {
        const at = (x >> 2) + n - 3;
        buffers.floats[at] = Number.NaN;
        expectClose("firstNonFinite", [kernels.firstNonFinite(x, n)], [n - 3]);
        buffers.floats[at] = numbers[n - 3];
        expectClose("firstNonFinite", [kernels.firstNonFinite(x, n)], [-1]);
      },
    ),
  ];
}
