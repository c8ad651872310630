// Embedding and dropout.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/** @param {Buffers} buffers @returns {Case[]} */
export function layerCases(buffers) {
  return [...embedding(buffers), ...dropout(buffers)];
}

/** The shapes of sentiment64. @param {Buffers} buffers @returns {Case[]} */
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
        expectClose("distinct token ids", [kernels.distinctIds(distinct, which, seen, ids, V, rows)], [order.length]);
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

/** @param {Buffers} buffers @returns {Case[]} */
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
