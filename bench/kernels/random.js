// Random numbers, masks, orders and orthogonal matrices.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/**
 * Number i of a stream, by the definition of Philox 4x32-10.
 *
 * @param {number} i
 * @param {number} seed
 * @param {number} stream
 * @param {number} step
 */
function philox(i, seed, stream, step) {
  let counter = [BigInt(i >> 2), 0n, BigInt(step), 0n];
  let key = [BigInt(seed), BigInt(stream)];
  const word = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const [a, b] = [0xd2511f53n * counter[0], 0xcd9e8d57n * counter[2]];
    counter = [(b >> 32n) ^ counter[1] ^ key[0], b & word, (a >> 32n) ^ counter[3] ^ key[1], a & word];
    key = [(key[0] + 0x9e3779b9n) & word, (key[1] + 0xbb67ae85n) & word];
  }
  return Number(counter[i & 3]);
}

/** @param {Buffers} buffers @returns {Case[]} */
export function randomCases(buffers) {
  const { kernels } = buffers;
  const n = 4096;
  const [seed, stream, step] = [1, 2, 3];
  const [y, scratch] = [buffers.zeros(n), buffers.zeros(n)];
  const bits = range(n, i => philox(i, seed, stream, step));
  const order = range(n, i => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Number((BigInt(bits[i]) * BigInt(i + 1)) >> 32n);
    [order[i], order[j]] = [order[j], order[i]];
  }
  // Ten rounds of two 32-bit products, four xors and two additions make four numbers.
  const FLOP = (10 * 8) / 4;
  /**
   * @param {string} name
   * @param {() => void} run
   * @param {(y: number, n: number) => ArrayLike<number>} read
   * @param {ArrayLike<number>} expected
   * @param {number} tolerance
   * @returns {Case}
   */
  const draw = (name, run, read, expected, tolerance) => ({
    family: "random",
    name,
    shape: `${n}`,
    elements: n,
    flop: FLOP * n,
    bytes: 4 * n,
    run,
    check() {
      run();
      expectClose(name, read(y, n), expected, tolerance);
    },
  });
  const floats = buffers.read.bind(buffers);
  const ints = buffers.readIds.bind(buffers);
  return [
    draw(
      "uniform",
      () => kernels.randomUniform(y, 2, 5, seed, stream, step, n),
      floats,
      bits.map(value => 2 + 3 * (Math.floor(value / 256) / 2 ** 24)),
      1e-6,
    ),
    draw(
      "dropout mask",
      () => kernels.randomDropout(y, 0.25, seed, stream, step, n),
      floats,
      bits.map(value => (value < 2 ** 30 ? 0 : 4 / 3)),
      1e-6,
    ),
    draw("order", () => kernels.randomOrder(y, scratch, seed, stream, step, n), ints, order, 0),
    {
      ...draw("normal", () => kernels.randomNormal(y, 3, 2, false, seed, stream, step, n), floats, [], 0),
      check() {
        this.run();
        // In the order of the bits the values must rise, and their moments must be those of the distribution.
        const values = buffers.read(y, n);
        const ranked = Array.from(bits.keys()).sort((a, b) => bits[a] - bits[b]);
        if (ranked.some((i, rank) => rank > 0 && values[i] < values[ranked[rank - 1]]))
          throw new Error("normal: not in order");
        const mean = values.reduce((a, b) => a + b) / n;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
        expectClose("normal: mean, variance", [mean, variance], [3, 4], 0.05);
      },
    },
    orthogonal(buffers),
  ];
}

/** @param {Buffers} buffers @returns {Case} */
function orthogonal(buffers) {
  const { kernels } = buffers;
  const [rows, columns] = [64, 256];
  const n = rows * columns;
  const x = buffers.random(n);
  return {
    family: "random",
    name: "orthogonalize rows",
    shape: `${rows}x${columns}`,
    elements: n,
    flop: 4 * rows * n, // two passes of rows / 2 earlier rows, a dot product and a subtraction each
    bytes: 8 * n,
    run: () => kernels.orthogonalizeRows(x, rows, columns),
    check() {
      this.run();
      const q = buffers.read(x, n);
      for (let a = 0; a < rows; a++) {
        for (let b = 0; b <= a; b++) {
          let dot = 0;
          for (let j = 0; j < columns; j++) dot += q[a * columns + j] * q[b * columns + j];
          expectClose("orthogonalize rows", [dot], [a === b ? 1 : 0], 1e-6);
        }
      }
    },
  };
}
