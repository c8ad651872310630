/** One workload on several libraries: first they must agree with this package, then they are timed in turns. */
import { median } from "../measure.ts";
import { Cannot, type Checkable, type Loaded, largestDifference, type Peer, type Task } from "./peer.ts";

export const TOLERANCE = 1e-4;
/** Of the losses of the first training steps, relative. */
export const LOSS_TOLERANCE = 1e-3;
const CHECKED_STEPS = 3;
const ROUNDS = 9;
/** Beyond so many milliseconds a step, fewer rounds must do. */
const SLOW = 1000;
const SLOW_ROUNDS = 3;

/** Median milliseconds a step, or why there is no figure. */
export type Outcome = number | string;

async function losses(loaded: Loaded): Promise<number[]> {
  const found: number[] = [];
  for (let step = 0; step < CHECKED_STEPS; step++) found.push((await loaded.run(1)) ?? Number.NaN);
  return found;
}

/** @returns why it disagrees, or "" */
async function disagreement(
  loaded: Loaded,
  task: Task,
  expected: ArrayLike<number>,
  expectedLosses: readonly number[],
): Promise<string> {
  const difference = largestDifference(loaded.prediction, expected);
  if (!(difference <= TOLERANCE)) return `disagrees by ${difference.toExponential(1)}`;
  if (task !== "train") return "";
  const found = await losses(loaded);
  const step = found.findIndex((loss, i) => !(Math.abs(loss / expectedLosses[i] - 1) <= LOSS_TOLERANCE));
  return step < 0 ? "" : `disagrees: loss ${found[step].toPrecision(4)} at step ${step + 1}`;
}

/**
 * Compares.
 *
 * @param own this package
 * @param milliseconds to spend on each library, about
 * @returns an outcome for this package and for each of the others
 */
export async function compare(
  task: Task,
  problem: Checkable,
  own: Peer,
  others: readonly Peer[],
  milliseconds: number,
): Promise<[number, ...Outcome[]]> {
  const reference = await own.load(task, problem);
  const expectedLosses = task === "train" ? await losses(reference) : [];
  const outcomes: Outcome[] = [0];
  const runners: { at: number; loaded: Loaded; perCall: number; times: number[] }[] = [];
  const add = async (at: number, loaded: Loaded) => {
    let calls = 0;
    const warm = performance.now();
    do {
      await loaded.run(1);
      calls++;
    } while (performance.now() - warm < milliseconds / 3);
    runners.push({ at, loaded, perCall: (performance.now() - warm) / calls, times: [] });
  };
  await add(0, reference);
  for (const [i, peer] of others.entries()) {
    try {
      const loaded = await peer.load(task, problem);
      const reason = await disagreement(loaded, task, problem.expected, expectedLosses);
      outcomes.push(reason);
      if (reason === "") await add(i + 1, loaded);
    } catch (error) {
      outcomes.push(
        error instanceof Cannot ? error.message : `fails: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { loaded, perCall, times } of runners) {
      if (perCall > SLOW && round >= SLOW_ROUNDS) continue;
      const calls = Math.max(1, Math.round(milliseconds / ROUNDS / perCall));
      const begun = performance.now();
      await loaded.run(calls);
      times.push((performance.now() - begun) / calls);
    }
  }
  for (const { at, loaded, times } of runners) {
    outcomes[at] = median(times);
    await loaded.dispose?.();
  }
  return outcomes as [number, ...Outcome[]];
}
