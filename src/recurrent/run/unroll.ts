/** A cell of ops, run step by step over a batch of sequences: what fused cells have one kernel for. */
import type { Context } from "../../context.ts";
import { chooseRows } from "../../ops/chooseRows.ts";
import { maskStep, stackSteps, timeStep } from "../../ops/timeSteps.ts";
import { Tensor } from "../../tensor.ts";
import type { RecurrentResult, RunOptions } from "./overSequences.ts";

/** One step of all sequences: x [N, C] and the states before it give the output [N, F] and the states after it. */
export type StepOfCell = (x: Tensor, states: readonly Tensor[]) => { output: Tensor; states: readonly Tensor[] };

export interface UnrolledCell {
  step: StepOfCell;
  stateSizes: readonly number[];
  /** F */
  outputSize: number;
  weights: readonly Tensor[];
}

export interface UnrollResult extends RecurrentResult {
  /** The output of every sequence's last real step [N, F]; zeros, or what came before, where there is none */
  last: Tensor;
}

function zeros({ memory }: Context, N: number, size: number): Tensor {
  return new Tensor(memory.allocateZeros(N * size), [N, size]);
}

/** How many sequences have a real step t. */
function countReal({ memory }: Context, mask: Tensor | undefined, N: number, T: number, t: number): number {
  if (!mask) return N;
  let count = 0;
  const { ints } = memory.settled;
  for (let n = 0; n < N; n++) if (ints[(mask.pointer >>> 2) + n * T + t] !== 0) count++;
  return count;
}

/**
 * At a hidden step the states stand still, and the output is the one before it, or 0 with `zeroOutputForMask`.
 *
 * @param x [N, T, C], with a mask where some steps are hidden
 * @param initial states before the first step; zeros without
 * @param before the output before the first step; zeros without
 */
export function unroll(
  context: Context,
  x: Tensor,
  cell: UnrolledCell,
  options: RunOptions,
  initial?: readonly Tensor[],
  before?: Tensor,
): UnrollResult {
  const { tape } = context;
  const [N] = x.shape;
  const { stateSizes, outputSize, weights } = cell;
  const taped = tape !== undefined && [x, ...weights, ...(initial ?? [])].some(tensor => tensor.requiresGradient);
  const sizes = [...stateSizes, outputSize];
  // What goes from step to step: the states, then the output.
  const first = [
    ...(initial ?? stateSizes.map(size => zeros(context, N, size))),
    before ?? zeros(context, N, outputSize),
  ];
  const run = taped ? onTape : inPlace;
  const { sequence, carried } = run(context, { x, cell, options, sizes, first });
  const last = carried[stateSizes.length];
  return { output: sequence ?? last, states: carried.slice(0, -1), last };
}

interface Run {
  x: Tensor;
  cell: UnrolledCell;
  options: RunOptions;
  /** Of the states and the output */
  sizes: readonly number[];
  first: readonly Tensor[];
}

/** One step: what goes on to the next, and the output that others see. */
function advance(context: Context, { x, cell, options }: Run, carried: readonly Tensor[], u: number) {
  const { returnSequences, goBackwards, zeroOutputForMask } = options;
  const [N, T] = x.shape;
  const t = goBackwards ? T - 1 - u : u;
  const real = countReal(context, x.mask, N, T, t);
  const hides = returnSequences && zeroOutputForMask === true;
  if (real === 0) {
    const shown = carried[carried.length - 1];
    return { carried, output: hides ? zeros(context, N, cell.outputSize) : shown };
  }
  const { output, states } = cell.step(timeStep(context, x, t), carried.slice(0, -1));
  const made = [...states, output];
  if (!x.mask || real === N) return { carried: made, output };
  const mask = maskStep(context, x.mask, t);
  const next = made.map((tensor, i) => chooseRows(context, mask, tensor, carried[i]));
  const shown = hides ? chooseRows(context, mask, output, zeros(context, N, cell.outputSize)) : next[next.length - 1];
  return { carried: next, output: shown };
}

/** Keeps everything for the backward pass. */
function onTape(context: Context, run: Run) {
  const [, T] = run.x.shape;
  let carried = run.first;
  const outputs: Tensor[] = [];
  for (let u = 0; u < T; u++) {
    const step = advance(context, run, carried, u);
    carried = step.carried;
    outputs.push(step.output);
  }
  return { carried, sequence: run.options.returnSequences ? stackSteps(context, outputs) : undefined };
}

/** Gives back after every step all that it took: memory does not grow with T. */
function inPlace(context: Context, run: Run) {
  const { kernels, memory } = context;
  const { x, cell, options, sizes } = run;
  const [N, T] = x.shape;
  const F = cell.outputSize;
  const sequence = options.returnSequences ? context.tensor([N, T, F]) : undefined;
  // Two sets by turns: a cell may give one state's numbers to another.
  const sets = [0, 1].map(() => sizes.map(size => context.tensor([N, size])));
  let carried = run.first;
  for (let u = 0; u < T; u++) {
    const mark = memory.mark();
    const step = advance(context, run, carried, u);
    if (sequence) kernels.copyRows(sequence.pointer + 4 * u * F, T * F, step.output.pointer, F, N, F);
    if (step.carried !== carried) {
      const set = sets[u % 2] === carried ? sets[1 - (u % 2)] : sets[u % 2];
      step.carried.forEach(({ pointer }, i) => {
        kernels.copyRows(set[i].pointer, sizes[i], pointer, sizes[i], N, sizes[i]);
      });
      carried = set;
    }
    memory.release(mark);
  }
  return { carried, sequence };
}
