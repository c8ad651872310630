// The LSTM's cell: one step of a batch without what is around it, and the step of a stream.
import { activationKinds, streamUnits, wholeWidePanels } from "../../dist/cli/bench/engine.js";
import { LSTM_BACKWARD, LSTM_FORWARD } from "../cells/work.js";
import { expectClose, range } from "./harness.js";
import { stepsOf } from "./steps.js";

/** @import { Buffers, Case } from "./harness.js" */

const GATES = 4;
const KINDS = { activation: activationKinds.tanh, recurrentActivation: activationKinds.sigmoid };
const sigmoid = (/** @type {number} */ v) => 1 / (1 + Math.exp(-v));

/** @param {Buffers} buffers @returns {Case[]} */
export function lstmCellCases(buffers) {
  return [...cell(buffers), ...streamUnits.map(H => step(buffers, H))];
}

/**
 * By the definition: activated gates, cell state and its tanh for each unit of N rows of [x | h].
 *
 * @param {Float32Array} xh
 * @param {Float32Array} c
 * @param {Float32Array} weights
 * @param {number} N
 * @param {number} K
 * @param {number} H
 */
function units(xh, c, weights, N, K, H) {
  return Array.from({ length: N * H }, (_, i) => {
    const [r, j] = [Math.floor(i / H), i % H];
    const z = (/** @type {number} */ gate) => {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += xh[r * K + k] * weights[k * GATES * H + gate * H + j];
      return sum;
    };
    const [input, f, g, o] = [sigmoid(z(0)), sigmoid(z(1)), Math.tanh(z(2)), sigmoid(z(3))];
    const cell = f * c[i] + input * g;
    return { input, f, g, o, cell, a: Math.tanh(cell) };
  });
}

/** One step of few features: the forward pass less its product; the backward pass has none when T = 1. @param {Buffers} buffers @returns {Case[]} */
function cell(buffers) {
  const { kernels } = buffers;
  const [N, C, H] = [64, 4, 32]; // multiples of 4: no padding anywhere
  const [K, G] = [C + H, GATES * H];
  const n = N * H;
  const xh = buffers.random(2 * N * K);
  const state = buffers.random(2 * n);
  const gates = buffers.zeros(N * G);
  const packed = buffers.zeros(kernels.packedSize(K, G));
  const [dh, dState] = [buffers.random(n), buffers.random(n)];
  const { offsets } = stepsOf(buffers, N, 1);
  const buffersOfCell = { xh, state, gates, saved: buffers.zeros(n), packed, dh, dState };
  const frame = buffers.frame({
    T: 1,
    to: 1,
    last: N,
    C,
    H,
    F: H,
    forBackward: 1,
    offsets,
    ...KINDS,
    ...buffersOfCell,
  });
  const weights = buffers.random(K * G, -0.3, 0.3);
  kernels.recurrentPack(packed, weights, C, weights + 4 * C * G, H, H, GATES, false);
  const before = buffers.read(state, n);
  const expected = units(buffers.read(xh, N * K), before, buffers.read(weights, K * G), N, K, H);
  const [hGradient, cGradient] = [buffers.read(dh, n), buffers.read(dState, n)];
  const scratch = buffers.zeros(N * G);
  const common = { family: "recurrent", shape: `${N}x${H}`, elements: n };
  const forward = () => kernels.lstmForward(frame, 0, N);
  return [
    {
      ...common,
      name: "LSTM cell forward",
      flop: LSTM_FORWARD * n,
      bytes: 4 * n * (2 * 4 + 4),
      run: forward,
      without: () => kernels.product(scratch, G, 0, 0, xh, K, packed, N, G, K),
      check() {
        forward();
        const after = buffers.read(xh + 4 * N * K, N * K);
        const h = range(n, i => after[Math.floor(i / H) * K + C + (i % H)]);
        expectClose(
          "cell forward: h",
          h,
          range(n, i => expected[i].o * expected[i].a),
        );
        expectClose(
          "cell forward: c",
          buffers.read(state + 4 * n, n),
          range(n, i => expected[i].cell),
        );
      },
    },
    {
      ...common,
      name: "LSTM cell backward",
      flop: LSTM_BACKWARD * n,
      bytes: 4 * n * (2 * 4 + 2 + 3),
      run: () => kernels.lstmBackward(frame, 0, N),
      check() {
        forward();
        this.run();
        const dz = buffers.read(gates, N * G);
        for (const [i, { input, f, g, o, a }] of expected.entries()) {
          const d = cGradient[i] + hGradient[i] * o * (1 - a * a);
          const slopes = [
            d * g * input * (1 - input),
            d * before[i] * f * (1 - f),
            d * input * (1 - g * g),
            hGradient[i] * a * o * (1 - o),
          ];
          const at = Math.floor(i / H) * G + (i % H);
          expectClose(
            "cell backward: dz",
            range(GATES, gate => dz[at + gate * H]),
            slopes,
          );
        }
      },
    },
  ];
}

/** One step of one sequence, as many features as units. @param {Buffers} buffers @param {number} H @returns {Case} */
function step(buffers, H) {
  const { kernels } = buffers;
  const [C, K, G] = [H, 2 * H, GATES * H];
  const [xh, state] = [buffers.random(K), buffers.random(H)];
  const weights = buffers.random(K * G, -0.3, 0.3);
  const packed = buffers.zeros(K * wholeWidePanels(G));
  const gates = buffers.zeros(wholeWidePanels(G) + wholeWidePanels(1)); // products may write up to a panel too much
  kernels.recurrentPack(packed, weights, C, weights + 4 * C * G, H, H, GATES, true);
  const frame = buffers.frame({ C, H, F: H, xh, state, gates, saved: buffers.zeros(H), packed, ...KINDS });
  return {
    family: "recurrent",
    name: "LSTM step",
    shape: `1x${H}`,
    elements: H,
    flop: 2 * K * G + LSTM_FORWARD * H,
    bytes: 4 * (K * G + C + 4 * H),
    run: () => kernels.lstmStep(frame),
    check() {
      const expected = units(buffers.read(xh, K), buffers.read(state, H), buffers.read(weights, K * G), 1, K, H);
      this.run();
      expectClose(
        "LSTM step: h",
        buffers.read(xh + 4 * C, H),
        range(H, i => expected[i].o * expected[i].a),
      );
      expectClose(
        "LSTM step: c",
        buffers.read(state, H),
        range(H, i => expected[i].cell),
      );
    },
  };
}
