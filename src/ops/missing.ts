import type { Backward, Context } from "../context.ts";
import { missingKinds } from "../engine/kinds.generated.ts";
import type { Step, StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";
import { badTime, expectTimes, restOf, splitTimes } from "./times.ts";

/** What stands where a value is missing, and what is told about it. All weights are [C]. */
export interface Filling {
  /** The mean; the last value, before the first the mean; or what decays from that to this */
  kind: keyof typeof missingKinds;
  /** Zeros without */
  mean?: Tensor;
  /** Of the decay e^-max(0, kernel·passed + bias) */
  kernel?: Tensor;
  bias?: Tensor;
  /** Channels with 1 for what is there and 0 for what is missing */
  indicators: boolean;
  /** Channels with what has passed since the last value */
  intervals: boolean;
  /** Which channel of x holds the times of the steps, and is no feature; without, every step is 1 after the one before */
  time?: number | undefined;
}

export interface MissingResult {
  /** [N, T, C], or [N, T, 2·C] or [N, T, 3·C] with channels */
  output: Tensor;
  /**
   * After the last step: the last value and what has passed since, [N, C] each, and with times the time and what float32
   * leaves out of it, [N, 1] each
   */
  states: Tensor[];
  /** [N, T, C], x without times */
  features: Tensor;
}

/** What the backward half needs: inputs, and every step's last values and what has passed since. */
export interface Filled {
  features: Tensor;
  mask: number;
  filling: Filling;
  last: number;
  since: number;
  columns: number;
}

/** Where a row of the output has its channels, and how long it is. */
function layoutOf(filling: Pick<Filling, "indicators" | "intervals">, C: number) {
  const observed = filling.indicators ? C : 0;
  const intervals = filling.intervals ? observed + C : 0;
  return { observed, intervals, columns: C * (1 + Number(filling.indicators) + Number(filling.intervals)) };
}

/** How many numbers a step of C features becomes. */
export const filledSize = (filling: Pick<Filling, "indicators" | "intervals">, C: number): number =>
  layoutOf(filling, C).columns;

/**
 * Fills what is missing in sequences, each from its own past (decay: Che et al. 2018, GRU-D). Hidden steps are no part
 * of it, and come out as zeros.
 *
 * @param x [N, T, C], NaN where a value is missing; with times [N, T, C + 1]
 * @param initial the states before the first step, as in the result; without them no value has been seen
 * @param layer for the error of times that do not fit
 */
export function missing(
  context: Context,
  x: Tensor,
  filling: Filling,
  initial?: readonly Tensor[],
  layer = "missing",
): MissingResult {
  const { kernels, memory } = context;
  const { mean, kernel, bias, time } = filling;
  const { features, times } = time === undefined ? { features: x, times: undefined } : splitTimes(context, x, time);
  const [N, T, C] = features.shape;
  const kind = missingKinds[filling.kind];
  const { observed, intervals, columns } = layoutOf(filling, C);
  const output = context.tensor([N, T, columns], [features, kernel, bias]);
  const states = [context.tensor([N, C]), context.tensor([N, C])];
  const rests = time === undefined ? undefined : x.readings?.get(restOf(time).key);
  if (times) {
    expectTimes(context, times, rests, x.mask, n => timeBefore(context, initial, n, C), layer);
    for (const i of [2, 3]) {
      const clock = context.tensor([N, 1]);
      context.numbers(clock).set(initial ? context.numbers(initial[i]) : new Float32Array(N));
      states.push(clock);
    }
  }

  const mark = memory.mark();
  const slots = [0, 1].map(i => {
    const pointer = memory.allocate(N * (T + 1) * C);
    const zeros = initial ? initial[i].pointer : memory.allocateZeros(C);
    kernels.copyRows(pointer, (T + 1) * C, zeros, initial ? C : 0, N, C);
    return pointer;
  });
  const [last, since] = slots;
  const mask = x.mask?.pointer ?? 0;
  const source = [features.pointer, mask] as const;
  const weights = [mean?.pointer ?? 0, kernel?.pointer ?? 0, bias?.pointer ?? 0] as const;
  const places = [kind, observed, intervals, columns] as const;
  const [clock = 0, clockRest = 0] = states.slice(2).map(({ pointer }) => pointer);
  kernels.missingForward(
    output.pointer,
    last,
    since,
    clock,
    ...source,
    times?.pointer ?? 0,
    ...weights,
    ...places,
    N,
    T,
    C,
    clockRest,
    rests?.pointer ?? 0,
  );
  slots.forEach((slot, i) => {
    kernels.copyRows(states[i].pointer, C, slot + 4 * T * C, (T + 1) * C, N, C);
  });
  if (output.requiresGradient)
    context.record(missingBackward, [output], { features, mask, filling, last, since, columns });
  else memory.release(mark);
  return { output, states, features };
}

export const missingBackward: Backward<[Filled]> = (context, [y], filled) => {
  const { kernels, memory } = context;
  const { features, mask, last, since, columns } = filled;
  const { mean, kernel, bias, kind } = filled.filling;
  const [N, T, C] = features.shape;
  const dx = context.gradientOf(features);
  const dKernel = context.gradientOf(kernel);
  const dBias = context.gradientOf(bias);
  const [w, b] = [kernel?.pointer ?? 0, bias?.pointer ?? 0];
  const source = [features.pointer, mask] as const;
  if (dKernel || dBias) {
    const weights = [mean?.pointer ?? 0, w, b] as const;
    kernels.missingDecayGradient(dKernel, dBias, y.gradient, last, since, ...source, ...weights, columns, N, T, C);
  }
  if (!dx) return;
  const scratch = memory.mark();
  const carried = memory.allocate(C);
  kernels.missingInputGradient(dx, carried, y.gradient, since, ...source, w, b, missingKinds[kind], columns, N, T, C);
  memory.release(scratch);
};

/** The time of the last step of a sequence that has begun: then something has passed, however little. */
function timeBefore(
  context: Context,
  initial: readonly Tensor[] | undefined,
  n: number,
  C: number,
): number | undefined {
  if (!initial) return undefined;
  const [, since, clock, rest] = initial.map(state => context.numbers(state));
  return since[n * C] === 0 ? undefined : clock[n] + rest[n];
}

/**
 * The mask of steps of which something is there.
 *
 * @param x [N, T, C], NaN where a value is missing
 */
export function maskOfMissing(context: Context, x: Tensor): Tensor {
  const [N, T, C] = x.shape;
  const mask = new Tensor(context.memory.allocate(N * T), [N, T]);
  context.kernels.missingMask(mask.pointer, x.pointer, N * T, C);
  return mask;
}

/** The same in a stream. */
export function compileMaskOfMissing(program: Step, { pointer, size }: StepValue): number {
  const mask = program.allocate(1);
  program.call("missingMask", mask.pointer, pointer, 1, size);
  return mask.pointer;
}

/** `missing` in a stream, the states of which it carries. */
export function compileMissing(
  program: Step,
  x: StepValue,
  filling: Filling,
  layer: string,
): { output: StepValue; features: StepValue } {
  const { memory } = program;
  const { mean, kernel, bias, time } = filling;
  const C = time === undefined ? x.size : x.size - 1;
  const { observed, intervals, columns } = layoutOf(filling, C);
  const y = program.allocate(columns);
  const [last, since] = [program.allocate(2 * C).pointer, program.allocate(2 * C).pointer];
  const features = time === undefined ? x.pointer : program.allocate(C).pointer;
  const now = time === undefined ? 0 : x.pointer + 4 * time;
  const rest = time === undefined ? 0 : (x.readings?.get(restOf(time).key) ?? 0);
  const clocks = time === undefined ? [] : [program.allocate(1), program.allocate(1)];
  const [clock = 0, clockRest = 0] = clocks.map(({ pointer }) => pointer);
  program.carry([...[last, since].map(pointer => ({ pointer, size: C })), ...clocks]);
  if (time !== undefined) {
    program.onCheck(() => {
      const { floats } = memory;
      const timeAt = (whole: number, part: number) => floats[whole >>> 2] + floats[part >>> 2];
      const before = floats[since >>> 2] === 0 ? -Infinity : timeAt(clock, clockRest);
      if (!(timeAt(now, rest) >= before)) throw badTime(layer, timeAt(now, rest), before, "");
    });
    program.call("copyRows", features, time, x.pointer, time, 1, time);
    program.call("copyRows", features + 4 * time, C - time, now + 4, C - time, 1, C - time);
  }
  const weights = [mean?.pointer ?? 0, kernel?.pointer ?? 0, bias?.pointer ?? 0] as const;
  const places = [missingKinds[filling.kind], observed, intervals, columns] as const;
  program.call(
    "missingForward",
    y.pointer,
    last,
    since,
    clock,
    features,
    x.mask ?? 0,
    now,
    ...weights,
    ...places,
    1,
    1,
    C,
    clockRest,
    rest,
  );
  program.call("copyRows", last, C, last + 4 * C, C, 1, C);
  program.call("copyRows", since, C, since + 4 * C, C, 1, C);
  return { output: y, features: { pointer: features, size: C } };
}
