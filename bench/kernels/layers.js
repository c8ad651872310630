// Embedding, dropout and random numbers.
import { expectClose, range } from "./harness.js";

/** @returns {import("./harness.js").Case[]} */
export function layerCases(buffers) {
  return [...embedding(buffers), ...dropout(buffers), ...random(buffers)];
}

/** The shapes of sentiment64. */
function embedding(buffers) {
  const { kernels } = buffers;
  const [rows, V, C] = [6400, 10000, 64];
  const n = rows * C;
  const [table, ids, y] = [buffers.random(V * C), buffers.ids(rows, V), buffers.random(n)];
  const dTable = buffers.zeros(V * C);
  const [numbers, tokens, gradients] = [buffers.read(table, V * C), buffers.readIds(ids, rows), buffers.read(y, n)];
  const out = buffers.zeros(n);
  const [distinct, which, seen] = [rows, rows, V].map(size => buffers.zeros(size));
  const common = { family: "layers", shape: `${rows}x${C}`, elements: n };
  return [
    {
      ...common,
      name: "embedding forward",
      bytes: 4 * (2 * n + rows),
      run: () => kernels.gatherRows(out, C, table, C, ids, rows, C),
      check() {
        this.run();
        const expected = range(n, i => numbers[tokens[Math.floor(i / C)] * C + (i % C)]);
        expectClose("embedding forward", buffers.read(out, n), expected, 0);
      },
    },
    {
      ...common,
      name: "embedding backward",
      flop: n,
      bytes: 4 * (3 * n + rows),
      run: () => kernels.scatterAddRows(dTable, C, y, C, ids, rows, C),
      check() {
        this.run();
        const expected = new Float64Array(V * C);
        for (let i = 0; i < n; i++) expected[tokens[Math.floor(i / C)] * C + (i % C)] += gradients[i];
        expectClose("embedding backward", buffers.read(dTable, V * C), expected);
      },
    },
    {
      ...common,
      name: "distinct token ids",
      shape: `${rows}`,
      elements: rows,
      bytes: 4 * (V + 5 * rows),
      run: () => kernels.distinctIds(distinct, which, seen, ids, V, rows),
      check() {
        const order = [...new Set(tokens)];
        expectClose("distinct token ids", [this.run()], [order.length]);
        expectClose("distinct token ids", buffers.readIds(distinct, order.length), order, 0);
        const back = buffers.readIds(which, rows).map(i => order[i]);
        expectClose("distinct token ids", back, tokens, 0);
      },
    },
    {
      ...common,
      name: "token ids in range",
      shape: `${rows}`,
      elements: rows,
      flop: rows,
      bytes: 4 * rows,
      run: () => kernels.firstIdOutside(ids, V, rows),
      check() {
        const limit = Math.max(...tokens);
        expectClose("token ids", [kernels.firstIdOutside(ids, V, rows)], [-1]);
        expectClose("token ids", [kernels.firstIdOutside(ids, limit, rows)], [tokens.indexOf(limit)]);
      },
    },
  ];
}

function dropout(buffers) {
  const { kernels } = buffers;
  const [N, T, C] = [32, 50, 128];
  const n = N * T * C;
  const [x, y, mask, dx] = [buffers.random(n), buffers.zeros(n), buffers.random(N * C), buffers.zeros(n)];
  const [numbers, factors] = [buffers.read(x, n), buffers.read(mask, N * C)];
  const expected = range(n, i => numbers[i] * factors[Math.floor(i / (T * C)) * C + (i % C)]);
  const common = { family: "layers", shape: `${N}x${T}x${C}`, elements: n };
  return [
    {
      ...common,
      name: "dropout forward",
      flop: n,
      bytes: 4 * (2 * n + N * C),
      run: () => kernels.dropoutForward(y, x, mask, N, T, C),
      check() {
        this.run();
        expectClose("dropout forward", buffers.read(y, n), expected, 1e-6);
      },
    },
    {
      ...common,
      name: "dropout backward",
      flop: 2 * n,
      bytes: 4 * (3 * n + N * C),
      run: () => kernels.dropoutBackward(dx, x, mask, N, T, C),
      check() {
        this.run();
        expectClose("dropout backward", buffers.read(dx, n), expected, 1e-6);
      },
    },
  ];
}

/** Number i of a stream, by the definition of Philox 4x32-10. */
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

function random(buffers) {
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
  const floats = (pointer, count) => buffers.read(pointer, count);
  const ints = (pointer, count) => buffers.readIds(pointer, count);
  return [
    draw(
      "bits",
      () => kernels.randomBits(y, seed, stream, step, n),
      ints,
      bits.map(value => value | 0),
      0,
    ),
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
      ...draw("normal", () => kernels.randomNormal(y, 3, 2, false, seed, stream, step, n)),
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
