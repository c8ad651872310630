// Masks: making them from padded data, joining them, and picking the rows that they leave.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/**
 * Half of the steps of mid128 are padding.
 *
 * @param {Buffers} buffers
 * @returns {Case[]}
 */
export function maskingCases(buffers) {
  const { kernels } = buffers;
  const [rows, C, PADDING] = [1600, 64, -1];
  const n = rows * C;
  const some = Array.from({ length: rows }, (_, r) => Number(r % 50 < 25));
  const real = [...some.keys()].filter(r => some[r]);
  const kept = real.length * C;
  const x = buffers.random(n);
  for (let i = 0; i < n; i++) if (!some[Math.floor(i / C)]) buffers.floats[(x >> 2) + i] = PADDING;
  const numbers = buffers.read(x, n);
  const mask = buffers.placeIds(some);
  const other = buffers.ids(rows, 2);
  const [others, ids] = [buffers.readIds(other, rows), buffers.ids(rows, 3)];
  const tokens = buffers.readIds(ids, rows);
  const [y, made, joined] = [buffers.zeros(n), buffers.zeros(rows), buffers.zeros(rows)];
  /** The input, 0 in the padding. */
  const shown = range(n, i => (some[Math.floor(i / C)] ? numbers[i] : 0));
  /** Where number i of the rows that are left stands. */
  const selected = (/** @type {number} */ i) => real[Math.floor(i / C)] * C + (i % C);
  const spread = new Float64Array(n);
  for (let i = 0; i < kept; i++) spread[selected(i)] = numbers[i];
  /**
   * @param {string} name
   * @param {string} shape
   * @param {number} elements
   * @param {number} bytes
   * @param {() => unknown} run
   */
  const timed = (name, shape, elements, bytes, run) => ({ family: "layers", name, shape, elements, bytes, run });
  /**
   * @param {Omit<Case, "check">} kernel
   * @param {number} out
   * @param {ArrayLike<number>} expected the numbers at `out` after a run
   * @param {{ flop?: number, read?: "read" | "readIds" }} [how]
   * @returns {Case}
   */
  const checked = (kernel, out, expected, { flop = 0, read = "read" } = {}) => ({
    ...kernel,
    flop,
    check() {
      this.run();
      expectClose(this.name, buffers[read](out, expected.length), expected, 0);
    },
  });
  const [wide, flat] = [`${rows}x${C}`, `${rows}`];
  const added = [buffers.zeros(n), buffers.zeros(n)];
  return [
    {
      ...timed("masking forward", wide, n, 4 * (2 * n + rows), () =>
        kernels.maskingForward(y, made, x, PADDING, rows, C),
      ),
      check() {
        this.run();
        expectClose("masking forward: mask", buffers.readIds(made, rows), some, 0);
        expectClose("masking forward", buffers.read(y, n), shown, 0);
      },
    },
    checked(
      timed("masking backward", wide, n, 4 * (3 * kept + rows), () =>
        kernels.maskingBackward(added[0], x, mask, rows, C),
      ),
      added[0],
      shown,
      { flop: kept },
    ),
    checked(
      timed("mask of token ids", flat, rows, 8 * rows, () => kernels.maskZeros(made, ids, rows)),
      made,
      range(rows, r => Number(tokens[r] !== 0)),
      { read: "readIds" },
    ),
    {
      ...timed("intersect masks", flat, rows, 8 * rows, () => kernels.intersectMasks(joined, other, rows)),
      check() {
        buffers.ints.set(some, joined >> 2);
        this.run();
        const expected = some.map((value, r) => value * others[r]);
        expectClose("intersect masks", buffers.readIds(joined, rows), expected, 0);
      },
    },
    {
      ...timed("count rows", flat, rows, 4 * rows, () => kernels.countRows(mask, rows)),
      check() {
        expectClose("count rows", [kernels.countRows(mask, rows)], [real.length], 0);
      },
    },
    checked(
      timed("select rows forward", wide, n, 4 * (2 * kept + rows), () =>
        kernels.selectRowsForward(y, x, mask, rows, C),
      ),
      y,
      range(kept, i => numbers[selected(i)]),
    ),
    checked(
      timed("select rows backward", wide, n, 4 * (3 * kept + rows), () =>
        kernels.selectRowsBackward(added[1], x, mask, rows, C),
      ),
      added[1],
      spread,
      { flop: kept },
    ),
  ];
}
