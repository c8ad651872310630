// Every recurrent cell over time at the shapes of mid128, forward and backward, timed inside training steps of a model that
// has nothing else: so its buffers hold what they hold in earnest.
import { layers } from "../../dist/cli/bench/engine.js";
import { BACKWARD_FLOP, FORWARD_FLOP } from "./lstmCell.js";
import { OneCell } from "./oneCell.js";

const [N, T, C, H] = [32, 50, 64, 128];
const HEADS = 4;
const SIGMOID = 19;
const TANH = 20;
const EXP = 20;
const LOG_SIGMOID = 40;
const D = H / HEADS;

/**
 * @import { Layer } from "../../dist/index.js"
 * @import { Common } from "../cells/kinds.js"
 * @import { Buffers, TimedCase } from "./harness.js"
 */

/**
 * The mLSTM's floating-point operations by unit, forward and backward, with `together` steps at a time.
 *
 * @param {number} together
 * @returns {[forward: number, backward: number]}
 */
function mLstmFlop(together) {
  const last = T % together || together;
  // Forward k·v for C and, except in the first steps, where C is 0, q·C; backward C·dr with the same exception, dC·v and
  // dCᵀ·k except in the last steps, where dC is 0, and q·dr for dC. Decay, which only some steps have, is left out.
  const [seesC, seesD] = [(T - together) / T, (T - last) / T];
  const [forward, backward] = [2 * D * (seesC + 1), 2 * D * (seesC + 2 * seesD + 1)];
  // Products and sums over pairs of steps that are taken together: one and one, two and three.
  const pairs = ((T - last) * (together + 1) + last * (last + 1)) / (2 * T);
  // Output gate, r, h, key, norm and q·n; with the gates of a head, which its units share. Backward about as much.
  const unit = SIGMOID + 7 + (LOG_SIGMOID + 2 * EXP + 6) / D;
  return [forward + 2 * 2 * pairs + unit, backward + 5 * 2 * pairs + unit];
}

/**
 * @typedef {"lstm" | "lstmVariant" | "layerNormLstm" | "sLstm" | "mLstm" | "gru" | "gruResetBefore" | "layerNormGru"
 *   | "simpleRnn" | "indRnn" | "minGru" | "minLstm"} Fused
 *
 * @typedef {object} CellKind
 * @property {Fused} kernel its name without Forward and Backward
 * @property {(common: Common) => Layer} layer
 * @property {[x: number, h: number]} sees gates whose products with x and with h are made in the loop over time
 * @property {number} gates numbers that a row keeps for the backward pass by unit: of gates,
 * @property {number} states of states besides h,
 * @property {number} saved and of anything else
 * @property {number} [ahead] numbers by unit that are made before the loop, from x
 * @property {number} [past] 1 if the backward pass reads the hidden states
 * @property {[forward: number, backward: number]} flop by unit, without those products
 */

/** @param {number} together steps of the mLSTM @returns {CellKind[]} */
const cellKinds = together => [
  {
    kernel: "lstm",
    layer: layers.lstm,
    sees: [4, 4],
    gates: 4,
    states: 1,
    saved: 1,
    flop: [FORWARD_FLOP, BACKWARD_FLOP],
  },
  {
    kernel: "lstmVariant",
    layer: common => layers.lstm({ ...common, peephole: "gers" }),
    sees: [4, 4],
    gates: 4,
    states: 1,
    saved: 2,
    flop: [FORWARD_FLOP + 6, BACKWARD_FLOP + 6],
  },
  {
    kernel: "layerNormLstm",
    layer: common => layers.lstm({ ...common, layerNorm: true }),
    sees: [0, 4],
    gates: 4,
    states: 1,
    saved: 7,
    ahead: 4,
    flop: [FORWARD_FLOP + 4 * 8 + 7, BACKWARD_FLOP + 4 * 11 + 13],
  },
  {
    kernel: "sLstm",
    layer: layers.sLSTM,
    sees: [4, 4],
    gates: 4,
    states: 3,
    saved: 1,
    flop: [LOG_SIGMOID + 2 * EXP + TANH + SIGMOID + 10, 35],
  },
  {
    kernel: "mLstm",
    layer: common => layers.mLSTM({ ...common, heads: HEADS }),
    sees: [0, 0],
    gates: 4,
    states: D / together, // a matrix every so many steps
    saved: 2 + 4 / D,
    ahead: 4,
    flop: mLstmFlop(together),
  },
  {
    kernel: "gru",
    layer: layers.gru,
    sees: [3, 3],
    gates: 4,
    states: 0,
    saved: 0,
    past: 1,
    flop: [2 * SIGMOID + TANH + 5, 15],
  },
  {
    kernel: "gruResetBefore",
    layer: common => layers.gru({ ...common, resetAfter: false }),
    sees: [3, 3],
    gates: 3,
    states: 0,
    saved: 1,
    past: 1,
    flop: [2 * SIGMOID + TANH + 4, 15],
  },
  {
    kernel: "layerNormGru",
    layer: common => layers.gru({ ...common, layerNorm: true }),
    sees: [0, 3],
    gates: 3,
    states: 0,
    saved: 5,
    ahead: 3,
    past: 1,
    flop: [2 * SIGMOID + TANH + 5 + 3 * 8, 15 + 3 * 11 + 1],
  },
  { kernel: "simpleRnn", layer: layers.simpleRNN, sees: [1, 1], gates: 1, states: 0, saved: 0, flop: [TANH, 3] },
  {
    kernel: "indRnn",
    layer: common => layers.indRNN({ ...common, activation: "tanh" }), // with relu, random weights grow without bounds
    sees: [0, 0],
    gates: 1,
    states: 0,
    saved: 0,
    ahead: 1,
    flop: [TANH + 2, 4],
  },
  {
    kernel: "minGru",
    layer: layers.minGRU,
    sees: [0, 0],
    gates: 2,
    states: 0,
    saved: 0,
    ahead: 2,
    past: 1,
    flop: [SIGMOID + 3, 8],
  },
  {
    kernel: "minLstm",
    layer: layers.minLSTM,
    sees: [0, 0],
    gates: 3,
    states: 0,
    saved: 1,
    ahead: 3,
    past: 1,
    flop: [2 * SIGMOID + 5, 16],
  },
];

/** @param {Buffers} buffers @returns {TimedCase[]} */
export function cellCases({ kernels }) {
  return cellKinds(kernels.mLstmStepsTogether()).flatMap(kind => {
    const { kernel, layer, sees, gates, states, saved, ahead = 0, past = 0, flop } = kind;
    const rows = N * T;
    const [x, h] = sees;
    /** @type {OneCell | undefined} */
    let checked; // of both directions, by the first that is wanted
    const cell = () => {
      checked ??= new OneCell(layer({ units: H, returnSequences: true, inputShape: [T, C] }), N, T, C, H);
      return checked;
    };
    /**
     * @param {"Forward" | "Backward"} name
     * @param {number} products multiply-adds of a row
     * @param {number} elementwise operations by unit
     * @param {number} numbers that a row reads and writes
     * @param {number} weights
     * @returns {TimedCase}
     */
    const direction = (name, products, elementwise, numbers, weights) => ({
      family: "recurrent",
      name: `${kernel} ${name.toLowerCase()}`,
      shape: `${N}x${T}x${C}x${H}`,
      elements: rows * H,
      flop: rows * (2 * products + elementwise * H),
      bytes: 4 * (rows * numbers + weights),
      check: () => cell().check(kernel),
      time: milliseconds => cell().time(`${kernel}${name}`, milliseconds),
    });
    const products = x * C * H + h * H * H;
    return [
      direction("Forward", products, flop[0], (x && C) + H * (1 + ahead + gates + states + saved), products),
      direction("Backward", h * H * H, flop[1], H * (1 + 2 * gates + states + saved + past), h * H * H),
    ];
  });
}
