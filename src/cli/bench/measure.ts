/** Timing: warm up, then rounds; the median is what is quoted, the minimum shows the noise. */

export interface Timing {
  /** Milliseconds a call */
  min: number;
  median: number;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Times a function.
 *
 * @param milliseconds about how long to measure; warming up takes a third more
 */
export function time(run: () => void, milliseconds: number): Timing {
  const ROUNDS = 15;
  let calls = 0;
  const warm = performance.now();
  // V8 compiles a hot kernel again while it runs: the first calls are slower by up to ten times.
  do {
    run();
    calls++;
  } while (performance.now() - warm < milliseconds / 3);
  const perCall = (performance.now() - warm) / calls;
  const perRound = Math.max(1, Math.round(milliseconds / ROUNDS / perCall));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    let ran = 0;
    // Browsers' clocks stand still for up to a millisecond.
    for (let now = begun; now === begun; now = performance.now()) {
      for (let i = 0; i < perRound; i++) run();
      ran += perRound;
    }
    times.push((performance.now() - begun) / ran);
  }
  return { min: Math.min(...times), median: median(times) };
}

/**
 * Times two functions in turns, so that a busy moment of the machine falls on both.
 *
 * @param milliseconds about how long to measure both
 */
export function timeInTurns(runs: readonly [() => void, () => void], milliseconds: number): [Timing, Timing] {
  const ROUNDS = 15;
  const warm = performance.now();
  let calls = 0;
  do {
    for (const run of runs) run();
    calls++;
  } while (performance.now() - warm < milliseconds / 3);
  const perRound = Math.max(1, Math.round((milliseconds / ROUNDS) * (calls / (performance.now() - warm))));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    runs.forEach((run, which) => {
      const begun = performance.now();
      for (let i = 0; i < perRound; i++) run();
      times[which].push((performance.now() - begun) / perRound);
    });
  }
  const timing = (own: number[]): Timing => ({ min: Math.min(...own), median: median(own) });
  return [timing(times[0]), timing(times[1])];
}
