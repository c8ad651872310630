// Tensors moved by strides, and summed.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/** @param {Buffers} buffers @returns {Case[]} */
export function tensorCases(buffers) {
  const { kernels } = buffers;
  const [N, T, C] = [32, 50, 128];
  const n = N * T * C;
  const [x, y, sums] = [buffers.random(n), buffers.zeros(n), buffers.zeros(N * C)];
  const numbers = buffers.read(x, n);
  // [N, T, C] as [N, C, T]; in the other direction sums over T.
  const transposed = buffers.placeIds([N, T * C, T * C, C, T, 1, T, 1, C]);
  const summed = buffers.placeIds([N, C, T * C, T, 0, C, C, 1, 1]);
  const common = { family: "tensors", shape: `${N}x${T}x${C}`, elements: n };
  return [
    {
      ...common,
      name: "copy, transposed",
      bytes: 8 * n,
      run: () => kernels.copyStrided(y, x, transposed, 3),
      check() {
        this.run();
        const expected = range(n, i => numbers[(Math.floor(i / (T * C)) * T + (i % T)) * C + (Math.floor(i / T) % C)]);
        expectClose("copy, transposed", buffers.read(y, n), expected, 0);
      },
    },
    {
      ...common,
      name: "add, over steps",
      flop: n,
      bytes: 4 * (n + 2 * N * C),
      run: () => kernels.addStrided(sums, x, summed, 3),
      check() {
        this.run();
        const expected = new Float64Array(N * C);
        for (let i = 0; i < n; i++) expected[Math.floor(i / (T * C)) * C + (i % C)] += numbers[i];
        expectClose("add, over steps", buffers.read(sums, N * C), expected);
      },
    },
  ];
}
