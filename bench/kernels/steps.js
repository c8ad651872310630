// The order in which recurrent layers work through a batch, with and without a mask, and outputs that a mask repeats.
import { expectClose } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/**
 * Which row is which step of which sequence; without a mask all have length T.
 *
 * @param {Buffers} buffers
 * @param {number} N
 * @param {number} T
 */
export function stepsOf(buffers, N, T, mask = 0) {
  const [lengths, order, offsets, rows] = [N, N, T + 1, N * T].map(n => buffers.zeros(n));
  const run = () => buffers.kernels.recurrentSteps(lengths, order, offsets, rows, rows, mask, false, N, T);
  return { offsets, rows, run, count: run() };
}

/** Sequences of N different lengths, with holes: about half of the steps are real. @param {number} N @param {number} T */
function halfPadded(N, T) {
  return Array.from({ length: N * T }, (_, i) => {
    const [n, t] = [Math.floor(i / T), i % T];
    return Number(t < Math.ceil(((((7 * n) % N) + 1) * T) / N) && (n + t) % 11 !== 3);
  });
}

/**
 * Rows in the order of computation: the steps of all sequences that have that many, the longest sequence first.
 *
 * @param {readonly number[]} mask
 * @param {number} N
 * @param {number} T
 */
function expectedRows(mask, N, T) {
  const real = Array.from({ length: N }, (_, n) => [...Array(T).keys()].filter(t => mask[n * T + t]));
  const order = [...real.keys()].sort((a, b) => real[b].length - real[a].length);
  return [...Array(T).keys()].flatMap(step => order.filter(n => step < real[n].length).map(n => n * T + real[n][step]));
}

/** @param {Buffers} buffers @returns {Case[]} */
export function stepCases(buffers) {
  const { kernels } = buffers;
  const [N, T, H] = [32, 50, 128];
  const n = N * T * H;
  const some = halfPadded(N, T);
  const mask = buffers.placeIds(some);
  /** @param {string} name @param {readonly number[]} numbers @param {number} pointer @returns {Case} */
  const order = (name, numbers, pointer) => {
    const { rows, run } = stepsOf(buffers, N, T, pointer);
    return {
      family: "recurrent",
      name,
      shape: `${N}x${T}`,
      elements: N * T,
      bytes: 4 * N * T * (pointer ? 2 : 1),
      run,
      check() {
        const expected = expectedRows(numbers, N, T);
        expectClose(name, [run()], [expected.length], 0);
        expectClose(name, buffers.readIds(rows, expected.length), expected, 0);
      },
    };
  };
  /**
   * @param {string} name
   * @param {typeof kernels.recurrentRepeat} kernel
   * @param {number} accesses of a hidden number
   * @param {(numbers: Float64Array) => Float64Array} expected
   * @returns {Case}
   */
  const repeat = (name, kernel, accesses, expected) => {
    const y = buffers.random(n);
    return {
      family: "recurrent",
      name,
      shape: `${N}x${T}x${H}`,
      elements: n,
      bytes: 4 * (accesses * H * some.filter(real => !real).length + N * T),
      run: () => kernel(y, mask, false, N, T, H),
      check() {
        const numbers = Float64Array.from(buffers.read(y, n));
        this.run();
        expectClose(name, buffers.read(y, n), expected(numbers));
      },
    };
  };
  return [
    order(
      "order of the steps",
      some.map(() => 1),
      0,
    ),
    order("order of the steps, masked", some, mask),
    repeat("repeat masked outputs", kernels.recurrentRepeat, 2, numbers => {
      for (let i = 0; i < n; i++) {
        const step = Math.floor(i / H);
        if (!some[step]) numbers[i] = step % T ? numbers[i - H] : 0;
      }
      return numbers;
    }),
    repeat("repeat masked outputs backward", kernels.recurrentRepeatBackward, 3, numbers => {
      for (let i = n - 1; i >= 0; i--) {
        const step = Math.floor(i / H);
        if (!some[step] && step % T) numbers[i - H] += numbers[i];
      }
      return numbers;
    }),
  ];
}
