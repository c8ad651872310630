// What the kernels of a cell over time have to do: the bounds on their time in bench:kernels.
import { Engine } from "../../dist/cli/bench/engine.js";

/**
 * @import { Kernels } from "../../dist/cli/bench/engine.js"
 * @import { Kind } from "./kinds.js"
 */

/**
 * @typedef {object} Work
 * @property {Fused} kernel its name without Forward and Backward
 * @property {Kind["layer"]} [layer] where the kind's own will not do
 * @property {[x: number, h: number]} sees gates whose products with x and with h are made in the loop over time
 * @property {number} gates numbers that a row keeps for the backward pass by unit: of gates,
 * @property {number} states of states besides h,
 * @property {number} saved and of anything else
 * @property {number} [ahead] numbers by unit that are made before the loop, from x
 * @property {number} [past] 1 if the backward pass reads the hidden states
 * @property {[forward: number, backward: number]} flop by unit, without those products
 *
 * @typedef {keyof Kernels extends infer Name ? (Name extends `${infer Cell}Step` ? Cell : never) : never} Fused
 */

// Floating-point operations of functions, by number.
export const SIGMOID = 19;
export const TANH = 20;
export const EXP = 20;
export const LOG_SIGMOID = 40;

/** Of the plain LSTM, by unit: three sigmoids, two tanh, and what joins them. */
export const LSTM_FORWARD = 3 * SIGMOID + 2 * TANH + 4;
export const LSTM_BACKWARD = 28;

/**
 * The mLSTM, over T steps with heads of D units: steps are taken together, and matrices kept as often.
 *
 * @param {number} T
 * @param {number} D
 * @returns {Work}
 */
export function mLstmWork(T, D) {
  const together = new Engine().kernels.mLstmStepsTogether();
  const last = T % together || together;
  // Forward k·v for C and, except in the first steps, where C is 0, q·C; backward C·dr with the same exception, dC·v and
  // dCᵀ·k except in the last steps, where dC is 0, and q·dr for dC. Decay, which only some steps have, is left out.
  const [seesC, seesD] = [(T - together) / T, (T - last) / T];
  const [forward, backward] = [2 * D * (seesC + 1), 2 * D * (seesC + 2 * seesD + 1)];
  // Products and sums over pairs of steps that are taken together: one and one, two and three.
  const pairs = ((T - last) * (together + 1) + last * (last + 1)) / (2 * T);
  // Output gate, r, h, key, norm and q·n; with the gates of a head, which its units share. Backward about as much.
  const unit = SIGMOID + 7 + (LOG_SIGMOID + 2 * EXP + 6) / D;
  return {
    kernel: "mLstm",
    sees: [0, 0],
    gates: 4,
    states: D / together,
    saved: 2 + 4 / D,
    ahead: 4,
    flop: [forward + 2 * 2 * pairs + unit, backward + 5 * 2 * pairs + unit],
  };
}
