/** The fused recurrent op: a whole batch of sequences, one kernel call each way, all large products outside the loop over time. */
import type { Backward, Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import { RecurrentRun, type States } from "./batchRun.ts";
import { type Cell, otherStates } from "./cell.ts";
import type { RegularizerOptions } from "./regularizers.ts";
import { type CheckpointSteps, type Segment, segmentsOf } from "./segments.ts";
import { recurrentSteps, type Steps } from "./steps.ts";

export interface RunOptions extends RegularizerOptions {
  returnSequences: boolean;
  goBackwards: boolean;
  /** The output at a hidden step is 0; else it repeats the one before it. */
  zeroOutputForMask?: boolean;
  checkpointSteps?: CheckpointSteps;
}

export interface RecurrentResult {
  /** [N, T, F] or [N, F] */
  output: Tensor;
  /** The states after the last step: h [N, F], then the cell's others */
  states: Tensor[];
}

/** What the backward half needs. */
interface Recorded {
  run: RecurrentRun;
  cell: Cell;
  initial: readonly Tensor[] | undefined;
  options: RunOptions;
  steps: Steps;
  T: number;
  segments: readonly Segment[];
  /** The states at the border before every segment but the first */
  borders: readonly States[];
  /** The mask of hidden steps that repeat the output before them, or 0 */
  repeating: number;
}

/**
 * @param x [N, T, C], with a mask where some steps are hidden: they change no state
 * @param initial states before the first step, as in the result; zeros without
 */
export function recurrent(
  context: Context,
  x: Tensor,
  cell: Cell,
  options: RunOptions,
  initial?: readonly Tensor[],
): RecurrentResult {
  const { kernels, memory } = context;
  const { goBackwards, returnSequences } = options;
  const F = cell.hidden;
  const [N, T] = x.shape;
  const inputs = [x, ...cell.weights, ...(initial ?? [])];

  const kinds = otherStates(cell);
  const output = context.tensor(returnSequences ? [N, T, F] : [N, F], inputs);
  const records = output.requiresGradient;
  const h = context.tensor([N, F], inputs);
  const others = kinds.map(({ size }) => context.tensor([N, size], inputs));
  const result = { output, states: [h, ...others] };

  const mark = memory.mark();
  const steps = recurrentSteps(context, N, T, x.mask, goBackwards);
  const { order, empty } = steps;
  const run = new RecurrentRun(context, x, cell, steps, options);
  if (initial) run.begin(initial);
  const segments = segmentsOf(memory, steps, [N, T], options.checkpointSteps ?? 0, run.snapshots?.every);
  // With several segments the backward pass computes each but the last again, from the states at its border.
  const borders = records ? segments.slice(1).map(() => run.allocateStates()) : [];

  const mask = steps.rows < N * T ? (x.mask?.pointer ?? 0) : 0;
  const repeats = returnSequences && mask !== 0 && !options.zeroOutputForMask;
  if (returnSequences ? mask && !repeats : empty) context.numbers(output).fill(0);
  segments.forEach((segment, i) => {
    if (borders[i]) run.copyStates(borders[i], run.now);
    const segmentMark = memory.mark();
    // A cell that keeps some states only may sum in another order with a backward pass to come: then both times.
    run.compute(segment, records && (!borders[i] || run.snapshots !== undefined));
    if (returnSequences) kernels.recurrentOutputs(output.pointer, run.frame);
    if (borders[i] || !records) memory.release(segmentMark);
  });

  const { now, hWidth, stateWidth } = run;
  kernels.scatterRows(h.pointer, F, now.h, hWidth, order, N, F);
  kinds.forEach(({ size, at }, i) => {
    kernels.scatterRows(others[i].pointer, size, now.others + 4 * at, stateWidth, order, N, size);
  });
  if (repeats) kernels.recurrentRepeat(output.pointer, mask, goBackwards, N, T, F);
  // As in Keras, a sequence without a real step gives zeros.
  if (!returnSequences) kernels.scatterRows(output.pointer, F, now.h, hWidth, order, N - empty, F);

  if (records) {
    const repeating = repeats ? mask : 0;
    const recorded = { run, cell, initial, options, steps, T, segments, borders, repeating };
    context.record(recurrentBackward, [output, ...result.states], recorded);
  } else memory.release(mark);
  return result;
}

export const recurrentBackward: Backward<[Recorded]> = (context, [output, h, ...others], recorded) => {
  const { kernels, memory } = context;
  const { run, cell, initial, steps, T, segments, borders, repeating } = recorded;
  const { goBackwards, returnSequences } = recorded.options;
  const { now, hWidth, stateWidth } = run;
  const { order, empty } = steps;
  const { hidden: F } = cell;
  const kinds = otherStates(cell);
  const [N] = h.shape;
  const dInitial = (initial ?? []).map(tensor => context.gradientOf(tensor));
  for (const tensor of run.bound.wanted) context.gradientOf(tensor);
  const scratchMark = memory.mark();

  const dh = memory.allocateZeros(N * hWidth);
  const dState = memory.allocateZeros(N * stateWidth);
  const dMasked = memory.allocateZeros(N * hWidth);
  const addTo = (pointer: number, stride: number, { gradient }: Tensor, width: number, count = N): void => {
    if (gradient) kernels.gatherAddRows(pointer, stride, gradient, width, order, count, width);
  };
  addTo(dh, hWidth, h, F);
  kinds.forEach(({ size, at }, i) => {
    addTo(dState + 4 * at, stateWidth, others[i], size);
  });
  if (!returnSequences) addTo(dh, hWidth, output, F, N - empty);
  if (output.gradient && repeating) kernels.recurrentRepeatBackward(output.gradient, repeating, goBackwards, N, T, F);

  const dOutput = returnSequences ? output.gradient : 0;
  const words = { ...run.bound.transpose(), dh, dState, dMasked, dOutput };
  for (let i = segments.length - 1; i >= 0; i--) {
    const segmentMark = memory.mark();
    if (borders[i]) {
      run.copyStates(now, borders[i]);
      run.compute(segments[i], true);
    }
    run.differentiate(segments[i], { ...words, initial: Number(i > 0 || dInitial.some(gradient => gradient > 0)) });
    memory.release(segmentMark);
  }
  dInitial.forEach((gradient, i) => {
    if (!gradient) return;
    const { size, at } = i === 0 ? { size: F, at: 0 } : kinds[i - 1];
    const [from, stride] = i === 0 ? [dh, hWidth] : [dState + 4 * at, stateWidth];
    kernels.scatterAddRows(gradient, size, from, stride, order, N, size);
  });
  memory.release(scratchMark);
};
