// Tensors moved by strides, and summed.
import { unaryKinds } from "../../dist/cli/bench/engine.js";
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
  const [positive, d] = [buffers.random(n, 0.1, 4), buffers.zeros(n)];
  const above = buffers.read(positive, n);
  const { log: LOG } = unaryKinds;
  const rows = N * T;
  const logSums = range(rows, r => Math.log(range(C, c => Math.exp(numbers[r * C + c])).reduce((a, b) => a + b)));
  const clear = () => buffers.floats.fill(0, d >> 2, (d >> 2) + n);
  return [
    {
      ...common,
      name: "log forward",
      flop: 10 * n,
      bytes: 8 * n,
      run: () => kernels.unaryForward(y, positive, LOG, n),
      check() {
        this.run();
        expectClose(
          "log",
          buffers.read(y, n),
          range(n, i => Math.log(above[i])),
          1e-6,
        );
      },
    },
    {
      ...common,
      name: "log backward",
      flop: 2 * n,
      bytes: 16 * n,
      run: () => kernels.unaryBackward(d, x, positive, y, LOG, n),
      check() {
        clear();
        this.run();
        expectClose(
          "log backward",
          buffers.read(d, n),
          range(n, i => numbers[i] / above[i]),
          1e-6,
        );
      },
    },
    {
      ...common,
      name: "log softmax forward",
      flop: 12 * n,
      bytes: 8 * n,
      run: () => kernels.logSoftmaxForward(y, x, rows, C),
      check() {
        this.run();
        expectClose(
          "log softmax",
          buffers.read(y, n),
          range(n, i => numbers[i] - logSums[Math.floor(i / C)]),
          1e-6,
        );
      },
    },
    {
      ...common,
      name: "log softmax backward",
      flop: 14 * n,
      bytes: 16 * n,
      run: () => kernels.logSoftmaxBackward(d, positive, y, rows, C),
      check() {
        kernels.logSoftmaxForward(y, x, rows, C);
        clear();
        this.run();
        const totals = range(rows, r => range(C, c => above[r * C + c]).reduce((a, b) => a + b));
        const expected = range(
          n,
          i => above[i] - Math.exp(numbers[i] - logSums[Math.floor(i / C)]) * totals[Math.floor(i / C)],
        );
        expectClose("log softmax backward", buffers.read(d, n), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "where forward",
      bytes: 16 * n,
      run: () => kernels.whereForward(y, x, positive, x, n),
      check() {
        this.run();
        expectClose(
          "where",
          buffers.read(y, n),
          range(n, i => (numbers[i] !== 0 ? above[i] : numbers[i])),
          0,
        );
      },
    },
    {
      ...common,
      name: "where backward",
      flop: n,
      bytes: 20 * n,
      run: () => kernels.whereBackward(d, 0, positive, x, n),
      check() {
        clear();
        this.run();
        expectClose(
          "where backward",
          buffers.read(d, n),
          range(n, i => (numbers[i] !== 0 ? above[i] : 0)),
          0,
        );
      },
    },
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
