/**
 * Checks that all peers compute the same, then times them in turns, so that a busy moment of the machine falls on
 * all of them.
 *
 * @typedef {import("./child.js").Child} Child
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} title
 * @property {Child} child
 *
 * @typedef {object} Settings
 * @property {number} budget seconds that one step may take
 * @property {number} warmUp milliseconds
 * @property {number} rounds
 * @property {number} roundMs milliseconds a round
 *
 * @typedef {object} Cell one peer on one task; without ms when there is no figure, and then the note says why
 * @property {string} workload
 * @property {import("./workloads.js").Task} task
 * @property {string} peer
 * @property {number} [ms] median milliseconds a step
 * @property {number} [min]
 * @property {number} [rounds]
 * @property {number} [difference] largest, of predictions from this package's
 * @property {number} [lossDifference] of the loss after two training steps, relative
 * @property {boolean} [wrong] it failed or disagreed: not a limit of the peer but a fault
 * @property {string} [note]
 */
import { largestDifference, median } from "../../dist/cli/bench/engine.js";
import { TooSlow } from "./child.js";
import { decode, encode } from "./tensors.js";

export const TOLERANCE = 1e-4;
// Adam has an epsilon of 1e-12 everywhere: some add it elsewhere than Keras does, which would show in the first steps.
const LOSS_TOLERANCE = 1e-3;
const CHECKED_STEPS = 3;
/** Beyond this many milliseconds a step, three rounds must do. */
const SLOW = 1000;
/** Seconds for what is no measurement: starting, loading, compiling. */
const PATIENCE = 120;

/**
 * Loads the task into a peer, compares its results and warms it up.
 *
 * @param {Contender} contender
 * @param {import("./workloads.js").Task} task
 * @param {object} problem as it is sent
 * @param {ArrayLike<number>} expected
 * @param {number[]} losses of this package's first steps; filled in by the first peer, which is this package
 * @param {Settings} settings
 * @returns {Promise<Partial<Cell>>} with ms, of the last warm-up call, if it is to be timed
 */
async function prepare({ child }, task, problem, expected, losses, { budget, warmUp }) {
  const loaded = await child.ask({ do: "load", task, problem }, PATIENCE);
  if (loaded.cannot) return { note: loaded.cannot };
  /** @type {Partial<Cell>} */
  const found = loaded.note ? { note: loaded.note } : {};
  if (loaded.prediction) {
    found.difference = largestDifference(decode(loaded.prediction).data, expected);
    if (!(found.difference <= TOLERANCE)) {
      return {
        ...found,
        wrong: true,
        note: `its predictions differ by ${found.difference.toExponential(1)}: not timed`,
      };
    }
  }
  let ms = 0;
  const own = losses.length === 0;
  for (let step = 0; step < CHECKED_STEPS; step++) {
    const answer = await child.ask({ do: "time", calls: 1 }, budget);
    ms = answer.ms;
    if (own) losses.push(answer.loss);
    else if (loaded.prediction && task === "train") {
      found.lossDifference = Math.abs(answer.loss - losses[step]) / Math.abs(losses[step]);
      if (!(found.lossDifference <= LOSS_TOLERANCE)) {
        return {
          ...found,
          wrong: true,
          note: `its loss at step ${step + 1} is ${answer.loss} instead of ${losses[step]}: not timed`,
        };
      }
    }
  }
  for (let spent = 0; spent < warmUp; ) {
    const calls = Math.max(1, Math.round(warmUp / 4 / ms));
    const answer = await child.ask({ do: "time", calls }, PATIENCE);
    ms = answer.ms / calls;
    spent += answer.ms;
  }
  return { ...found, ms };
}

/**
 * Measures one task of one workload.
 *
 * @param {string} workload
 * @param {import("./workloads.js").Task} task
 * @param {ReturnType<import("./workloads.js").Workload["build"]>} problem
 * @param {readonly Contender[]} contenders this package first
 * @param {Settings} settings
 * @returns {Promise<Cell[]>} one for each contender
 */
export async function measure(workload, task, problem, contenders, settings) {
  const { expected, weights, x, y, ...letters } = problem;
  const sent = { ...letters, weights: weights.map(encode), x: encode(x), y: encode(y) };
  /** @type {number[]} */
  const losses = [];
  /** @type {{ contender: Contender, cell: Cell, times: number[] }[]} */
  const rows = [];
  for (const contender of contenders) {
    /** @type {Partial<Cell>} */
    let found;
    try {
      found = await prepare(contender, task, sent, expected, losses, settings);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      found =
        error instanceof TooSlow
          ? { note: `skipped: one step takes more than the ${settings.budget} s allowed` }
          : { wrong: true, note: `failed: ${message}` };
    }
    rows.push({ contender, cell: { workload, task, peer: contender.name, ...found }, times: [] });
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (const { contender, cell, times } of rows) {
      if (cell.ms === undefined || (cell.ms > SLOW && round >= 3)) continue;
      const calls = Math.max(1, Math.round(settings.roundMs / cell.ms));
      try {
        const { ms } = await contender.child.ask({ do: "time", calls }, PATIENCE);
        times.push(ms / calls);
      } catch (error) {
        Object.assign(cell, { ms: undefined, wrong: true, note: `failed: ${/** @type {Error} */ (error).message}` });
      }
    }
  }
  const steps = task === "sequence" ? problem.T : 1;
  return rows.map(({ cell, times }) =>
    cell.ms === undefined
      ? cell
      : { ...cell, ms: median(times) / steps, min: Math.min(...times) / steps, rounds: times.length },
  );
}
