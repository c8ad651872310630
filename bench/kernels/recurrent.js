// The recurrent layer without its large products: the cell alone, and what moves data into and out of its workspace.
import { expectClose, range } from "./harness.js";

const GATES = 4;
const TANH = 2;
const SIGMOID = 3;
const sigmoid = v => 1 / (1 + Math.exp(-v));

// The kernels' argument lists, in one place.
const lstmForward = (kernels, { xh, c, activated, gates, packed, offsets, N, C, H }) =>
  kernels.lstmForward(xh, c, activated, gates, 0, 0, 0, packed, offsets, TANH, SIGMOID, true, 1, C, H, 0, N);
const lstmBackward = (kernels, { gates, dh, dc, c, activated, offsets, N, H }) =>
  kernels.lstmBackward(gates, dh, dc, 0, 0, c, activated, 0, offsets, TANH, SIGMOID, false, 1, H, 0, N);

/** Which row is which step of which sequence, all of length T. */
function steps(buffers, N, T) {
  const [lengths, order, offsets, rows] = [N, N, T + 1, N * T].map(n => buffers.zeros(n));
  const run = () => buffers.kernels.recurrentSteps(lengths, order, offsets, rows, rows, 0, false, N, T);
  run();
  return { offsets, rows, run };
}

/** @returns {import("./harness.js").Case[]} */
export function recurrentCases(buffers) {
  return [...cell(buffers), ...workspace(buffers)];
}

/** One step of few features: the forward pass less its product; the backward pass has none when T = 1. */
function cell(buffers) {
  const { kernels } = buffers;
  const [N, C, H] = [64, 4, 32]; // multiples of 4: no padding anywhere
  const [S, G, K] = [C + H, GATES * H, C + H];
  const n = N * H;
  const state = {
    N,
    C,
    H,
    xh: buffers.random(2 * N * S),
    c: buffers.random(2 * n),
    activated: buffers.zeros(n),
    gates: buffers.zeros(N * G),
    packed: buffers.zeros(kernels.packedSize(K, G)),
    dh: buffers.random(n),
    dc: buffers.random(n),
    offsets: steps(buffers, N, 1).offsets,
  };
  const weights = buffers.random(K * G, -0.3, 0.3);
  kernels.recurrentPack(state.packed, weights, C, weights + 4 * C * G, H, H, GATES);
  const [xh, c0, w] = [buffers.read(state.xh, N * S), buffers.read(state.c, n), buffers.read(weights, K * G)];
  const [dh, dc] = [buffers.read(state.dh, n), buffers.read(state.dc, n)];
  /** Activated gates, cell state and output of unit j of row r. */
  const unit = i => {
    const [r, j] = [Math.floor(i / H), i % H];
    const z = gate => {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += xh[r * S + k] * w[k * G + gate * H + j];
      return sum;
    };
    const [iGate, f, g, o] = [sigmoid(z(0)), sigmoid(z(1)), Math.tanh(z(2)), sigmoid(z(3))];
    const cell = f * c0[i] + iGate * g;
    return { i: iGate, f, g, o, cell, a: Math.tanh(cell) };
  };
  const units = Array.from({ length: n }, (_, i) => unit(i));
  const scratch = buffers.zeros(N * G);
  const common = { family: "recurrent", shape: `${N}x${H}`, elements: n };
  return [
    {
      ...common,
      name: "LSTM cell forward",
      flop: (3 * 19 + 2 * 20 + 4) * n,
      bytes: 4 * n * (2 * 4 + 4),
      run: () => lstmForward(kernels, state),
      without: () => kernels.product(scratch, G, 0, 0, state.xh, S, state.packed, N, G, K),
      check() {
        this.run();
        const slot1 = buffers.read(state.xh + 4 * N * S, N * S);
        const h = range(n, i => slot1[Math.floor(i / H) * S + C + (i % H)]);
        expectClose(
          "cell forward: h",
          h,
          units.map(({ o, a }) => o * a),
        );
        expectClose(
          "cell forward: c",
          buffers.read(state.c + 4 * n, n),
          units.map(({ cell }) => cell),
        );
      },
    },
    {
      ...common,
      name: "LSTM cell backward",
      flop: 28 * n,
      bytes: 4 * n * (2 * 4 + 2 + 3),
      run: () => lstmBackward(kernels, state),
      check() {
        lstmForward(kernels, state);
        this.run();
        const dz = buffers.read(state.gates, N * G);
        for (const [i, { i: input, f, g, o, a }] of units.entries()) {
          const d = dc[i] + dh[i] * o * (1 - a * a);
          const at = Math.floor(i / H) * G + (i % H);
          expectClose(
            "cell backward: dz",
            [0, 1, 2, 3].map(gate => dz[at + gate * H]),
            [d * g * input * (1 - input), d * c0[i] * f * (1 - f), d * input * (1 - g * g), dh[i] * a * o * (1 - o)],
          );
        }
      },
    },
  ];
}

/** The shapes of mid128. */
function workspace(buffers) {
  const { kernels } = buffers;
  const [N, T, C, H] = [32, 50, 64, 128];
  const [S, G] = [C + H, GATES * H];
  const [x, xh, y] = [buffers.random(N * T * C), buffers.zeros((T + 1) * N * S), buffers.zeros(N * T * H)];
  const { offsets, rows, run: order } = steps(buffers, N, T);
  const numbers = buffers.read(x, N * T * C);
  const weights = buffers.random((C + H) * G);
  const packed = buffers.zeros((C + H) * G);
  const transposed = buffers.zeros(H * G);
  const dW = buffers.zeros((C + H) * G);
  const matrix = buffers.read(weights, (C + H) * G);
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
  const packedAt = (k, j) => (j >> 3) * (C + H) * 8 + k * 8 + (j & 7);
  return [
    moved("order of the steps", `${N}x${T}`, N * T, 4, order, () => {
      const expected = range(N * T, i => (i % N) * T + Math.floor(i / N));
      expectClose("order of the steps", buffers.readIds(rows, N * T), expected, 0);
    }),
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
      () => kernels.recurrentOutputs(y, xh, offsets, rows, T, C, H),
      () => {
        const states = fill();
        kernels.recurrentOutputs(y, xh, offsets, rows, T, C, H);
        expectClose("scatter output", buffers.read(y, N * T * H), states, 0);
      },
    ),
    moved(
      "pack weights",
      `${C + H}x${G}`,
      (C + H) * G,
      8,
      () => kernels.recurrentPack(packed, weights, C, weights + 4 * C * G, H, H, GATES),
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
        const at = (k, j) => (j >> 3) * G * 8 + k * 8 + (j & 7);
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
