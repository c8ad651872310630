// What moves data into and out of the workspace of a recurrent layer.
import { expectClose, range } from "./harness.js";
import { stepsOf } from "./steps.js";

/** @import { Buffers, Case } from "./harness.js" */

const GATES = 4;

/**
 * The shapes of mid128.
 *
 * @param {Buffers} buffers
 * @returns {Case[]}
 */
export function workspaceCases(buffers) {
  const { kernels } = buffers;
  const [N, T, C, H] = [32, 50, 64, 128];
  const [S, G] = [C + H, GATES * H];
  const [x, xh, y] = [buffers.random(N * T * C), buffers.zeros((T + 1) * N * S), buffers.zeros(N * T * H)];
  const { offsets, rows, count } = stepsOf(buffers, N, T);
  const frame = buffers.frame({ T, to: T, last: count, C, H, F: H, offsets, outputs: rows, xh });
  const numbers = buffers.read(x, N * T * C);
  const weights = buffers.random((C + H) * G);
  const packed = buffers.zeros((C + H) * G);
  const transposed = buffers.zeros(H * G);
  const dW = buffers.zeros((C + H) * G);
  const matrix = buffers.read(weights, (C + H) * G);
  /**
   * @param {string} name
   * @param {string} shape
   * @param {number} elements
   * @param {number} bytes by element
   * @param {() => void} run
   * @param {() => void} check after it
   * @returns {Case}
   */
  const moved = (name, shape, elements, bytes, run, check) => ({
    family: "recurrent",
    name,
    shape,
    elements,
    bytes: bytes * elements,
    run,
    check() {
      run();
      check();
    },
  });
  /** @param {number} width @param {number} offset @returns {(i: number, slot: number) => number} */
  const timeMajor = (width, offset) => (i, slot) => {
    const [n, t, j] = [Math.floor(i / width / T), Math.floor(i / width) % T, i % width];
    return ((t + slot) * N + n) * S + offset + j;
  };
  const fill = () => {
    const states = buffers.read(y, N * T * H).map((_, i) => Math.sin(i));
    const at = timeMajor(H, C);
    for (let i = 0; i < states.length; i++) buffers.floats[(xh >> 2) + at(i, 1)] = states[i];
    return states;
  };
  /** @param {number} k @param {number} j */
  const packedAt = (k, j) => (j >> 3) * (C + H) * 8 + k * 8 + (j & 7);
  return [
    moved(
      "gather input",
      `${N}x${T}x${C}`,
      N * T * C,
      8,
      () => kernels.gatherRows(xh, S, x, C, rows, N * T, C),
      () => {
        const [got, at] = [buffers.read(xh, (T + 1) * N * S), timeMajor(C, 0)];
        expectClose(
          "gather input",
          range(N * T * C, i => got[at(i, 0)]),
          numbers,
          0,
        );
      },
    ),
    moved(
      "scatter output",
      `${N}x${T}x${H}`,
      N * T * H,
      8,
      () => kernels.recurrentOutputs(y, frame),
      () => {
        const states = fill();
        kernels.recurrentOutputs(y, frame);
        expectClose("scatter output", buffers.read(y, N * T * H), states, 0);
      },
    ),
    moved(
      "pack weights",
      `${C + H}x${G}`,
      (C + H) * G,
      8,
      () => kernels.recurrentPack(packed, weights, C, weights + 4 * C * G, H, H, GATES, false),
      () => {
        const got = buffers.read(packed, (C + H) * G);
        expectClose(
          "pack weights",
          range((C + H) * G, i => got[packedAt(Math.floor(i / G), i % G)]),
          matrix,
          0,
        );
      },
    ),
    moved(
      "pack transposed weights",
      `${H}x${G}`,
      H * G,
      8,
      () => kernels.recurrentPackTransposed(transposed, weights, H, H, GATES),
      () => {
        const got = buffers.read(transposed, H * G);
        const at = (/** @type {number} */ k, /** @type {number} */ j) => (j >> 3) * G * 8 + k * 8 + (j & 7);
        expectClose(
          "pack transposed weights",
          range(H * G, i => got[at(i % G, Math.floor(i / G))]),
          matrix.subarray(0, H * G),
          0,
        );
      },
    ),
    moved(
      "add unpadded gradients",
      `${C + H}x${G}`,
      (C + H) * G,
      12,
      () => kernels.recurrentAddUnpadded(dW, weights, C + H, H, GATES),
      () => expectClose("add unpadded gradients", buffers.read(dW, (C + H) * G), matrix, 0),
    ),
  ];
}
