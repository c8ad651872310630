// Matrix-vector products, packing and columns. The products at the workloads' shapes are those of `npm run bench`.
import { streamUnits } from "../../dist/cli/bench/engine.js";
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/** @param {Buffers} buffers @returns {Case[]} */
export function matmulCases(buffers) {
  return [...streamUnits.map(H => matvec(buffers, H)), ...packing(buffers), ...columns(buffers)];
}

/** One step of an LSTM with as many features as units. @param {Buffers} buffers @param {number} H @returns {Case} */
function matvec(buffers, H) {
  const { kernels } = buffers;
  const [K, N] = [2 * H, 4 * H];
  const [a, weights, c] = [buffers.random(K), buffers.random(K * N), buffers.zeros(N)];
  const packed = buffers.zeros(kernels.packedSize(K, N));
  kernels.pack(packed, weights, N, K, N);
  const [vector, matrix] = [buffers.read(a, K), buffers.read(weights, K * N)];
  return {
    family: "matmul",
    name: "matrix-vector",
    shape: `1x${K}x${N}`,
    elements: N,
    flop: 2 * K * N,
    bytes: 4 * (K * N + K + N),
    run: () => kernels.product(c, N, 0, 0, a, K, packed, 1, N, K),
    check() {
      this.run();
      const expected = new Float64Array(N);
      for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) expected[n] += vector[k] * matrix[k * N + n];
      expectClose("matrix-vector", buffers.read(c, N), expected, 1e-4);
    },
  };
}

/** @param {Buffers} buffers @returns {Case[]} */
function packing(buffers) {
  const { kernels } = buffers;
  const [K, N] = [192, 512]; // the weights of mid128
  const n = K * N;
  const x = buffers.random(n);
  const numbers = buffers.read(x, n);
  const packed = buffers.zeros(n);
  /** Row k, column j of a packed matrix of `rows` rows. @param {number} k @param {number} j @param {number} rows */
  const at = (k, j, rows) => (j >> 3) * rows * 8 + k * 8 + (j & 7);
  const common = { family: "matmul", shape: `${K}x${N}`, elements: n, bytes: 8 * n };
  return [
    {
      ...common,
      name: "pack",
      run: () => kernels.pack(packed, x, N, K, N),
      check() {
        this.run();
        const got = buffers.read(packed, n);
        expectClose(
          "pack",
          range(n, i => got[at(Math.floor(i / N), i % N, K)]),
          numbers,
          0,
        );
      },
    },
    {
      ...common,
      name: "packTransposed",
      run: () => kernels.packTransposed(packed, x, N, N, K),
      check() {
        this.run();
        const got = buffers.read(packed, n);
        expectClose(
          "packTransposed",
          range(n, i => got[at(i % N, Math.floor(i / N), N)]),
          numbers,
          0,
        );
      },
    },
  ];
}

/** A dense layer of one unit on the states of mid128. @param {Buffers} buffers @returns {Case[]} */
function columns(buffers) {
  const { kernels } = buffers;
  const [rows, C] = [1600, 128];
  const n = rows * C;
  const [x, w, y, dx, dw] = [
    buffers.random(n),
    buffers.random(C),
    buffers.random(rows),
    buffers.zeros(n),
    buffers.zeros(C),
  ];
  const [numbers, weights] = [buffers.read(x, n), buffers.read(w, C)];
  const dy = buffers.random(rows);
  const gradients = buffers.read(dy, rows);
  const common = { family: "matmul", shape: `${rows}x${C}`, elements: n, flop: 2 * n };
  return [
    {
      ...common,
      name: "column forward",
      bytes: 4 * (n + C + rows),
      run: () => kernels.columnForward(y, x, w, 0, rows, C),
      check() {
        this.run();
        const expected = new Float64Array(rows);
        for (let i = 0; i < n; i++) expected[Math.floor(i / C)] += numbers[i] * weights[i % C];
        expectClose("column forward", buffers.read(y, rows), expected);
      },
    },
    {
      ...common,
      name: "column input gradient",
      bytes: 4 * (2 * n + C + rows),
      run: () => kernels.columnInputGradient(dx, dy, w, rows, C),
      check() {
        this.run();
        const expected = range(n, i => gradients[Math.floor(i / C)] * weights[i % C]);
        expectClose("column input gradient", buffers.read(dx, n), expected);
      },
    },
    {
      ...common,
      name: "column weight gradient",
      bytes: 4 * (n + 2 * C + rows),
      run: () => kernels.columnWeightGradient(dw, x, dy, rows, C),
      check() {
        this.run();
        const expected = new Float64Array(C);
        for (let i = 0; i < n; i++) expected[i % C] += gradients[Math.floor(i / C)] * numbers[i];
        expectClose("column weight gradient", buffers.read(dw, C), expected, 1e-4);
      },
    },
  ];
}
