// How fast every cell must be: its time by FLOP, and what options may cost.
import { kinds, plain } from "./kinds.js";
import { compare, streamSteps, trainingStep } from "./step.js";

/** @import { Step } from "./step.js" */

/**
 * @typedef {{ name: string, ms: number, ratio: number, atMost: number }} Row ratio: times the plain LSTM's time by FLOP, or
 * times the step without what costs
 */

/** Time by FLOP of the products, in times of the plain LSTM's. */
const BY_FLOP_AT_MOST = 1.35;

const dropped = kinds.filter(({ name }) => ["lstm", "gru", "gru, resetAfter false", "simpleRNN"].includes(name));

/**
 * Pairs of steps, and how many times as long as the first one the second may take.
 *
 * @typedef {{ name: string, atMost: number, steps: () => [Step, Step] }} Cost
 * @type {readonly Cost[]}
 */
const COSTS = [
  ...dropped.map(
    /** @returns {Cost} */ kind => ({
      name: `${kind.name}, recurrentDropout`,
      atMost: 1.1,
      steps: () => [trainingStep(kind), trainingStep(kind, { recurrentDropout: 0.2 })],
    }),
  ),
  {
    name: "lstm, half of all steps padding",
    atMost: 0.6,
    steps: () => [trainingStep(plain), trainingStep(plain, { half: true })],
  },
  {
    name: "stream, a layer without a short form",
    atMost: 1.2,
    steps: () => [streamSteps(), streamSteps({ forward: true })],
  },
];

/**
 * @param {number} milliseconds to spend on each
 * @param {(name: string) => boolean} wanted
 * @param {(row: Row) => void} [onRow] called as soon as a row is known
 * @returns {Row[]}
 */
export function measureCells(milliseconds, wanted, onRow = () => {}) {
  const yardstick = trainingStep(plain);
  return kinds
    .filter(({ name }) => wanted(name))
    .map(kind => {
      const { times, ms } = compare(yardstick, trainingStep(kind), milliseconds);
      const { name, products, atMost = BY_FLOP_AT_MOST } = kind;
      const row = { name, ms, ratio: (times * plain.products) / products, atMost };
      onRow(row);
      return row;
    });
}

/**
 * The same of COSTS.
 *
 * @param {number} milliseconds
 * @param {(name: string) => boolean} wanted
 * @param {(row: Row) => void} [onRow]
 * @returns {Row[]}
 */
export function measureCosts(milliseconds, wanted, onRow = () => {}) {
  return COSTS.filter(({ name }) => wanted(name)).map(({ name, atMost, steps }) => {
    const { times, ms } = compare(...steps(), milliseconds);
    const row = { name, ms, ratio: times, atMost };
    onRow(row);
    return row;
  });
}
