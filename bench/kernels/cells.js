// Every recurrent cell over time at the shapes of mid128, forward and backward, timed inside training steps of a model that
// has nothing else: so its buffers hold what they hold in earnest.
import { kinds, mid128 } from "../cells/kinds.js";
import { OneCell } from "./oneCell.js";

const { N, T, C, H } = mid128;

/** @import { TimedCase } from "./harness.js" */

/** @returns {TimedCase[]} */
export function cellCases() {
  return kinds.flatMap(({ layer, work }) => {
    if (!work) return [];
    const { kernel, sees, gates, states, saved, ahead = 0, past = 0, flop } = work;
    const rows = N * T;
    const [x, h] = sees;
    /** @type {OneCell | undefined} */
    let checked; // of both directions, by the first that is wanted
    const cell = () => {
      checked ??= new OneCell(
        (work.layer ?? layer)({ units: H, returnSequences: true, inputShape: [T, C] }),
        N,
        T,
        C,
        H,
      );
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
