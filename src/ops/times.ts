/** The time of each step, which one channel of a sequence may hold. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Question } from "../reading.ts";
import type { Tensor } from "../tensor.ts";
import { concatOp } from "./concat.ts";
import { run } from "./op.ts";
import { sliceOp } from "./slice.ts";

/**
 * What float32 leaves out of the times in a channel of an input of the model: with it, seconds since 1970 are exact to
 * microseconds.
 */
export const restOf = (channel: number): Question =>
  new Question(`rest of ${channel}`, false, (data, at) => data[at + channel] - Math.fround(data[at + channel]));

/**
 * Features and times apart; no gradient goes to the times.
 *
 * @param x [N, T, C + 1]
 * @param channel which of them holds the times
 * @returns features [N, T, C] and times [N, T, 1]
 */
export function splitTimes(context: Context, x: Tensor, channel: number): { features: Tensor; times: Tensor } {
  const size = x.shape[2];
  const sides = [
    [0, channel],
    [channel + 1, size],
  ].filter(([begin, end]) => begin < end);
  const parts = sides.map(([begin, end]) => run(sliceOp, context, [x], { begin, end }));
  return {
    features: parts.length > 1 ? run(concatOp, context, parts, {}) : parts[0],
    times: run(sliceOp, context, [x], { begin: channel, end: channel + 1 }),
  };
}

/** The error for a time that is none, or is before the one of the step before. */
export function badTime(layer: string, time: number, before: number, where: string): RangeError {
  const got = Number.isNaN(time) ? "NaN" : `${time} after ${before}`;
  return new RangeError(
    `${layer}: expected times that do not decrease, one at every step, got ${got}${where}; sort the steps by time, ` +
      "leave none of their times out, and begin a new sequence with new states",
  );
}

/**
 * Refuses times that decrease or are missing, hidden steps aside.
 *
 * @param times [N, T, 1]
 * @param rests [N, T], if there are some: what float32 has left out of them
 * @param before of each sequence the time of the step before its first; none where it begins
 * @param layer for the error
 */
export function expectTimes(
  context: Context,
  times: Tensor,
  rests: Tensor | undefined,
  mask: Tensor | undefined,
  before: (n: number) => number | undefined,
  layer: string,
): void {
  const [N, T] = times.shape;
  const numbers = context.numbers(times);
  const more = rests && context.numbers(rests);
  const real = mask && context.memory.ints.subarray(mask.pointer >>> 2, (mask.pointer >>> 2) + mask.size);
  for (let n = 0; n < N; n++) {
    let last = before(n) ?? -Infinity;
    for (let t = 0; t < T; t++) {
      if (real && !real[n * T + t]) continue;
      const time = numbers[n * T + t] + (more?.[n * T + t] ?? 0);
      if (!(time >= last)) throw badTime(layer, time, last, ` at ${showShape([n, t])} of ${showShape([N, T])}`);
      last = time;
    }
  }
}
