// What moves rows, chooses among them, or takes two arrays number by number; and what reads missing values.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

const PRODUCT = 2; // assembly/math/arithmetic.ts

/** @param {Buffers} buffers @returns {Case[]} */
export function movingCases(buffers) {
  const { kernels } = buffers;
  const [rows, C] = [1600, 64];
  const n = rows * C;
  const [x, other, y, sums] = [buffers.random(n), buffers.random(n, 0.5, 2), buffers.zeros(n), buffers.zeros(C)];
  const [a, b] = [buffers.read(x, n), buffers.read(other, n)];
  const order = range(rows, i => (i * 7) % rows);
  const index = buffers.placeIds(order);
  const mask = buffers.placeIds(range(rows, r => Number(r % 3 > 0)));
  const second = buffers.placeIds(range(rows, r => Number(r % 2)));
  const united = buffers.zeros(rows);
  const isReal = (/** @type {number} */ i) => Math.floor(i / C) % 3 > 0;
  const moved = (/** @type {number} */ i) => a[order[Math.floor(i / C)] * C + (i % C)];

  /**
   * @param {string} name
   * @param {number} arrays of n numbers that are read or written
   * @param {() => unknown} run on zeros in y
   * @param {(i: number) => number} expected of y
   * @param {number} [flop] of a number
   * @returns {Case}
   */
  const timed = (name, arrays, run, expected, flop = 0) => ({
    family: "moving",
    name,
    shape: `${rows}x${C}`,
    elements: n,
    flop: flop * n,
    bytes: 4 * (arrays * n + rows),
    run,
    check() {
      buffers.floats.fill(0, y >> 2, (y >> 2) + n);
      run();
      expectClose(name, buffers.read(y, n), range(n, expected));
    },
  });
  const place = new Map(Array.from(order, (to, from) => [to, from]));
  return [
    timed(
      "copy rows",
      2,
      () => kernels.copyRows(y, C, x, C, rows, C),
      i => a[i],
    ),
    timed(
      "add rows",
      3,
      () => kernels.addRows(y, C, x, C, rows, C),
      i => a[i],
      1,
    ),
    timed("gather and add rows", 3, () => kernels.gatherAddRows(y, C, x, C, index, rows, C), moved, 1),
    timed(
      "scatter rows",
      2,
      () => kernels.scatterRows(y, C, x, C, index, rows, C),
      i => a[(place.get(Math.floor(i / C)) ?? 0) * C + (i % C)],
    ),
    timed(
      "choose rows",
      2,
      () => kernels.chooseRowsForward(y, x, other, mask, rows, C),
      i => (isReal(i) ? a : b)[i],
    ),
    timed(
      "choose rows backward",
      3,
      () => kernels.chooseRowsBackward(y, 0, x, mask, rows, C),
      i => (isReal(i) ? a[i] : 0),
    ),
    timed(
      "arithmetic: product",
      3,
      () => kernels.arithmeticForward(y, x, C, other, C, PRODUCT, rows, C),
      i => a[i] * b[i],
      1,
    ),
    timed(
      "arithmetic: product, backward",
      4,
      () => kernels.arithmeticBackward(y, 0, x, x, C, other, C, PRODUCT, rows, C),
      i => a[i] * b[i],
      2,
    ),
    timed(
      "exp backward",
      4,
      () => kernels.expBackward(y, x, other, n),
      i => a[i] * b[i],
      2,
    ),
    {
      family: "moving",
      name: "sum of row products",
      shape: `${rows}x${C}`,
      elements: n,
      flop: 2 * n,
      bytes: 4 * (2 * n + C),
      run: () => kernels.sumOfRowProducts(sums, x, C, other, C, rows, C),
      check() {
        buffers.floats.fill(0, sums >> 2, (sums >> 2) + C);
        this.run();
        const expected = range(C, j => range(rows, r => a[r * C + j] * b[r * C + j]).reduce((p, q) => p + q));
        expectClose("sum of row products", buffers.read(sums, C), expected, 1e-4);
      },
    },
    {
      family: "moving",
      name: "unite masks",
      shape: `${rows}`,
      elements: rows,
      bytes: 12 * rows,
      run: () => kernels.uniteMasks(united, mask, second, rows),
      check() {
        this.run();
        expectClose(
          "unite masks",
          buffers.readIds(united, rows),
          range(rows, r => Number(r % 3 > 0 || r % 2 === 1)),
          0,
        );
      },
    },
    {
      family: "moving",
      name: "first infinite",
      shape: `${n}`,
      elements: n,
      bytes: 4 * n,
      run: () => kernels.firstInfinite(x, n),
      check() {
        expectClose("first infinite", [kernels.firstInfinite(x, n)], [-1], 0);
        buffers.floats[(x >> 2) + 77] = Infinity;
        expectClose("first infinite", [kernels.firstInfinite(x, n)], [77], 0);
        buffers.floats[(x >> 2) + 77] = a[77];
      },
    },
    {
      family: "moving",
      name: "missing: mask",
      shape: `${rows}x${C}`,
      elements: n,
      bytes: 4 * (n + rows),
      run: () => kernels.missingMask(united, x, rows, C),
      check() {
        for (let j = 0; j < C; j++) buffers.floats[(x >> 2) + 5 * C + j] = NaN;
        this.run();
        expectClose(
          "missing: mask",
          buffers.readIds(united, rows),
          range(rows, r => Number(r !== 5)),
          0,
        );
        for (let j = 0; j < C; j++) buffers.floats[(x >> 2) + 5 * C + j] = a[5 * C + j];
      },
    },
  ];
}
