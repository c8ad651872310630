// Every fused cell and option at the size of mid128, with the multiply-adds of its products by unit and row: those with x and
// h, and of the mLSTM those with its matrices, which are written once and read once a step. bench:cells measures all of them,
// bench:kernels those with the work of their kernels.
import { layers, workloads } from "../../dist/cli/bench/engine.js";
import { EXP, LOG_SIGMOID, LSTM_BACKWARD, LSTM_FORWARD, mLstmWork, SIGMOID, TANH } from "./work.js";

/**
 * @import { GruLayerOptions, Layer, LstmLayerOptions } from "../../dist/index.js"
 * @import { Workload } from "../../dist/cli/bench/engine.js"
 * @import { Work } from "./work.js"
 */

export const mid128 = /** @type {Workload} */ (workloads.find(({ name }) => name === "mid128"));
const { T, C, H } = mid128;

/**
 * What layers of all kinds are given.
 *
 * @typedef {object} Common
 * @property {number} units
 * @property {boolean} returnSequences
 * @property {readonly number[]} inputShape
 * @property {number} [recurrentDropout] for those that have it
 *
 * @typedef {object} Kind
 * @property {string} name
 * @property {(common: Common) => Layer} layer with the kind's own options
 * @property {number} products multiply-adds by unit and row
 * @property {number} [atMost] its own limit, in times of the plain LSTM's time by FLOP
 * @property {Work} [work] of its kernels over time
 */

/** @param {string} name @param {Partial<LstmLayerOptions>} options @param {Partial<Kind>} [others] @returns {Kind} */
const lstm = (name, options, others) => ({
  name,
  layer: common => layers.lstm({ ...common, ...options }),
  products: 4 * (C + H),
  ...others,
});
/** @param {string} name @param {Partial<GruLayerOptions>} options @param {Work} [work] @returns {Kind} */
const gru = (name, options, work) => ({
  name,
  layer: common => layers.gru({ ...common, ...options }),
  products: 3 * (C + H),
  ...(work && { work }),
});
/** @param {number} heads @param {Partial<Kind>} [others] @returns {Kind} */
const mLSTM = (heads, others) => ({
  name: `mLSTM, heads ${heads}`,
  layer: common => layers.mLSTM({ ...common, heads }),
  products: 4 * C + (2 * heads * C) / H + (2 * H) / heads,
  ...others,
});

/** What the others are compared with. */
export const plain = lstm(
  "lstm",
  {},
  { work: { kernel: "lstm", sees: [4, 4], gates: 4, states: 1, saved: 1, flop: [LSTM_FORWARD, LSTM_BACKWARD] } },
);

const PROJECTION = 64;
const HEADS = 4;

/** @type {readonly Kind[]} */
export const kinds = [
  plain,
  lstm(
    'lstm, peephole "gers"',
    { peephole: "gers" },
    {
      work: {
        kernel: "lstmVariant",
        sees: [4, 4],
        gates: 4,
        states: 1,
        saved: 2,
        flop: [LSTM_FORWARD + 6, LSTM_BACKWARD + 6],
      },
    },
  ),
  lstm('lstm, peephole "previous"', { peephole: "previous" }),
  lstm('lstm, inputGate "squared"', { inputGate: "squared" }),
  lstm("lstm, coupledGates", { coupledGates: true }, { products: 3 * (C + H) }),
  lstm(`lstm, projection ${PROJECTION}`, { projection: PROJECTION }, { products: 4 * (C + PROJECTION) + PROJECTION }),
  lstm("lstm, clip and cellClip", { clip: 3, cellClip: 5 }),
  lstm(
    "lstm, layerNorm",
    { layerNorm: true },
    {
      work: {
        kernel: "layerNormLstm",
        sees: [0, 4],
        gates: 4,
        states: 1,
        saved: 7,
        ahead: 4,
        flop: [LSTM_FORWARD + 4 * 8 + 7, LSTM_BACKWARD + 4 * 11 + 13],
      },
    },
  ),
  lstm("lstm, zoneout", { zoneout: 0.1 }),
  gru(
    "gru",
    {},
    {
      kernel: "gru",
      sees: [3, 3],
      gates: 4,
      states: 0,
      saved: 0,
      past: 1,
      flop: [2 * SIGMOID + TANH + 5, 15],
    },
  ),
  gru(
    "gru, resetAfter false",
    { resetAfter: false },
    {
      kernel: "gruResetBefore",
      sees: [3, 3],
      gates: 3,
      states: 0,
      saved: 1,
      past: 1,
      flop: [2 * SIGMOID + TANH + 4, 15],
    },
  ),
  gru(
    "gru, layerNorm",
    { layerNorm: true },
    {
      kernel: "layerNormGru",
      sees: [0, 3],
      gates: 3,
      states: 0,
      saved: 5,
      ahead: 3,
      past: 1,
      flop: [2 * SIGMOID + TANH + 5 + 3 * 8, 15 + 3 * 11 + 1],
    },
  ),
  gru("gru, zoneout", { zoneout: 0.1 }),
  {
    name: "simpleRNN",
    layer: layers.simpleRNN,
    products: C + H,
    work: { kernel: "simpleRnn", sees: [1, 1], gates: 1, states: 0, saved: 0, flop: [TANH, 3] },
  },
  {
    name: "simpleRNN, relu",
    layer: common => layers.simpleRNN({ ...common, activation: "relu" }),
    products: C + H,
  },
  {
    name: "indRNN",
    layer: layers.indRNN,
    products: C,
    work: {
      kernel: "indRnn",
      layer: common => layers.indRNN({ ...common, activation: "tanh" }), // with relu, random weights grow without bounds
      sees: [0, 0],
      gates: 1,
      states: 0,
      saved: 0,
      ahead: 1,
      flop: [TANH + 2, 4],
    },
  },
  {
    name: "minGRU",
    layer: layers.minGRU,
    products: 2 * C,
    work: { kernel: "minGru", sees: [0, 0], gates: 2, states: 0, saved: 0, ahead: 2, past: 1, flop: [SIGMOID + 3, 8] },
  },
  {
    name: "minLSTM",
    layer: layers.minLSTM,
    products: 3 * C,
    work: {
      kernel: "minLstm",
      sees: [0, 0],
      gates: 3,
      states: 0,
      saved: 1,
      ahead: 3,
      past: 1,
      flop: [2 * SIGMOID + 5, 16],
    },
  },
  {
    name: "sLSTM",
    layer: layers.sLSTM,
    products: 4 * (C + H),
    work: {
      kernel: "sLstm",
      sees: [4, 4],
      gates: 4,
      states: 3,
      saved: 1,
      flop: [LOG_SIGMOID + 2 * EXP + TANH + SIGMOID + 10, 35],
    },
  },
  mLSTM(1),
  // Small matrices leave little to multiply beside what each unit costs: its norm, its gates, pairs of steps.
  mLSTM(HEADS, { atMost: 1.5, work: mLstmWork(T, H / HEADS) }),
];
