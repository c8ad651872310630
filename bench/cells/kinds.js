// Every fused cell and option at the size of mid128, with the multiply-adds of its products by unit and row: those with x and
// h, and of the mLSTM those with its matrices, which are written once and read once a step.
import { layers, workloads } from "../../dist/cli/bench/engine.js";

/**
 * @import { GruLayerOptions, Layer, LstmLayerOptions } from "../../dist/index.js"
 * @import { Workload } from "../../dist/cli/bench/engine.js"
 */

export const mid128 = /** @type {Workload} */ (workloads.find(({ name }) => name === "mid128"));
const { C, H } = mid128;

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
 */

/** @param {string} name @param {Partial<LstmLayerOptions>} options @returns {Kind} */
const lstm = (name, options, products = 4 * (C + H)) => ({
  name,
  layer: common => layers.lstm({ ...common, ...options }),
  products,
});
/** @param {string} name @param {Partial<GruLayerOptions>} options @returns {Kind} */
const gru = (name, options) => ({
  name,
  layer: common => layers.gru({ ...common, ...options }),
  products: 3 * (C + H),
});
/** @param {number} heads @param {number} [atMost] @returns {Kind} */
const mLSTM = (heads, atMost) => ({
  name: `mLSTM, heads ${heads}`,
  layer: common => layers.mLSTM({ ...common, heads }),
  products: 4 * C + (2 * heads * C) / H + (2 * H) / heads,
  ...(atMost && { atMost }),
});

/** What the others are compared with. */
export const plain = lstm("lstm", {});

const PROJECTION = 64;

/** @type {readonly Kind[]} */
export const kinds = [
  plain,
  lstm('lstm, peephole "gers"', { peephole: "gers" }),
  lstm('lstm, peephole "previous"', { peephole: "previous" }),
  lstm('lstm, inputGate "squared"', { inputGate: "squared" }),
  lstm("lstm, coupledGates", { coupledGates: true }, 3 * (C + H)),
  lstm(`lstm, projection ${PROJECTION}`, { projection: PROJECTION }, 4 * (C + PROJECTION) + PROJECTION),
  lstm("lstm, clip and cellClip", { clip: 3, cellClip: 5 }),
  lstm("lstm, layerNorm", { layerNorm: true }),
  lstm("lstm, zoneout", { zoneout: 0.1 }),
  gru("gru", {}),
  gru("gru, resetAfter false", { resetAfter: false }),
  gru("gru, layerNorm", { layerNorm: true }),
  gru("gru, zoneout", { zoneout: 0.1 }),
  { name: "simpleRNN", layer: layers.simpleRNN, products: C + H },
  {
    name: "simpleRNN, relu",
    layer: common => layers.simpleRNN({ ...common, activation: "relu" }),
    products: C + H,
  },
  { name: "indRNN", layer: layers.indRNN, products: C },
  { name: "minGRU", layer: layers.minGRU, products: 2 * C },
  { name: "minLSTM", layer: layers.minLSTM, products: 3 * C },
  { name: "sLSTM", layer: layers.sLSTM, products: 4 * (C + H) },
  mLSTM(1),
  // Small matrices leave little to multiply beside what each unit costs: its norm, its gates, pairs of steps.
  mLSTM(4, 1.5),
];
