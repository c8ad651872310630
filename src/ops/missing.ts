import type { Context } from "../context.ts";
import type { StepProgram, StepValue } from "../models/stepProgram.ts";
import { Tensor } from "../tensor.ts";

const KINDS = { mean: 0, last: 1, decay: 2 } as const;

/** What stands where a value is missing, and what is told about it. All weights are [C]. */
export interface Filling {
  /** The mean; the last value, before the first the mean; or what decays from that to this */
  kind: keyof typeof KINDS;
  /** Zeros without */
  mean?: Tensor;
  /** Of the decay e^-max(0, kernel·steps + bias) */
  kernel?: Tensor;
  bias?: Tensor;
  /** Channels with 1 for what is there and 0 for what is missing */
  indicators: boolean;
  /** Channels with the steps since the last value */
  intervals: boolean;
}

export interface MissingResult {
  /** [N, T, C], or [N, T, 2·C] or [N, T, 3·C] with channels */
  output: Tensor;
  /** After the last step: the last value and the steps since, [N, C] each; see assembly/layers/missing.ts */
  states: Tensor[];
}

/** Where a row of the output has its channels, and how long it is. */
function layoutOf({ indicators, intervals }: Filling, C: number) {
  const observed = indicators ? C : 0;
  const steps = intervals ? observed + C : 0;
  return { observed, steps, columns: C * (1 + Number(indicators) + Number(intervals)) };
}

/** How many numbers a step of C features becomes. */
export const filledSize = (filling: Pick<Filling, "indicators" | "intervals">, C: number): number =>
  layoutOf(filling as Filling, C).columns;

/**
 * Fills what is missing in sequences, each from its own past (decay: Che et al. 2018, GRU-D).
 *
 * @param x [N, T, C], NaN where a value is missing
 * @param initial the states before the first step, as in the result; without them no value has been seen
 */
export function missing(context: Context, x: Tensor, filling: Filling, initial?: readonly Tensor[]): MissingResult {
  const { kernels, memory, tape } = context;
  const { mean, kernel, bias } = filling;
  const [N, T, C] = x.shape;
  const kind = KINDS[filling.kind];
  const { observed, steps, columns } = layoutOf(filling, C);
  const output = context.tensor([N, T, columns], [x, kernel, bias]);
  output.mask = x.mask;
  const states = [context.tensor([N, C]), context.tensor([N, C])];

  const mark = memory.mark();
  const slots = [0, 1].map(i => {
    const pointer = memory.allocate(N * (T + 1) * C);
    const zeros = initial ? initial[i].pointer : memory.allocateZeros(C);
    kernels.copyRows(pointer, (T + 1) * C, zeros, initial ? C : 0, N, C);
    return pointer;
  });
  const [last, since] = slots;
  const weights = [mean?.pointer ?? 0, kernel?.pointer ?? 0, bias?.pointer ?? 0] as const;
  kernels.missingForward(output.pointer, last, since, x.pointer, ...weights, kind, observed, steps, columns, N, T, C);
  states.forEach(({ pointer }, i) => {
    kernels.copyRows(pointer, C, slots[i] + 4 * T * C, (T + 1) * C, N, C);
  });
  if (!output.requiresGradient) {
    memory.release(mark);
    return { output, states };
  }
  tape?.record([output], () => {
    const dx = tape.gradientOf(x);
    const dKernel = tape.gradientOf(kernel);
    const dBias = tape.gradientOf(bias);
    const { gradient } = output;
    const [, w, b] = weights;
    if (dKernel || dBias) {
      kernels.missingDecayGradient(dKernel, dBias, gradient, last, since, x.pointer, ...weights, columns, N, T, C);
    }
    if (!dx) return;
    const scratch = memory.mark();
    const carried = memory.allocate(C);
    kernels.missingInputGradient(dx, carried, gradient, since, x.pointer, w, b, kind, columns, N, T, C);
    memory.release(scratch);
  });
  return { output, states };
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
export function compileMissing(program: StepProgram, x: StepValue, filling: Filling, layer: string): StepValue {
  const { kernels } = program;
  const C = x.size;
  const { observed, steps, columns } = layoutOf(filling, C);
  const kind = KINDS[filling.kind];
  const y = program.allocate(columns);
  const [last, since] = [program.allocate(2 * C).pointer, program.allocate(2 * C).pointer];
  program.keep(
    layer,
    [last, since].map(pointer => ({ pointer, size: C })),
  );
  const { mean, kernel, bias } = filling;
  const weights = [mean?.pointer ?? 0, kernel?.pointer ?? 0, bias?.pointer ?? 0] as const;
  program.onStep(() => {
    kernels.missingForward(y.pointer, last, since, x.pointer, ...weights, kind, observed, steps, columns, 1, 1, C);
    kernels.copyRows(last, C, last + 4 * C, C, 1, C);
    kernels.copyRows(since, C, since + 4 * C, C, 1, C);
  });
  return y;
}
