/** Cells in a stream: one step of one sequence, states changed in place. */
import type { Kernels } from "../../engine/kernels.ts";
import { padded, wholeWidePanels } from "../../engine/layout.ts";
import type { Step, StepValue } from "../../step.ts";
import { type Cell, gatesRowOf, otherStates, stateRowOf } from "./cell.ts";
import { FRAME_ELEMENTS, wordOf, writeFrame } from "./frame.ts";
import { packApart, packSideBySide, padBias, type RecurrentWeights, type Sizes, sizesOf } from "./weights.ts";

// A table of tokens is projected beforehand if the result is no larger than this (4 MB): streams are for small devices.
const PROJECTED_LIMIT = 2 ** 20;

/** What a step reads of a cell's weights. */
export interface StepWeights {
  readonly sizes: Sizes;
  /** Writes the bias of the side of x [G], padded; none without a bias. */
  readonly padBias: ((row: number) => void) | undefined;
  /** All weights, packed wide for rows [x | h]. */
  together(): number;
  /** kernel, packed for `product`, and the others as in `together`, for rows [h]. */
  apart(): { kernel: number; others: number };
  /** What rows of x·kernel go through before the gates, in place; it adds the bias. */
  after?: ((rows: number, bias: number, count: number) => void) | undefined;
}

/** What a step's pre-activations begin with, and the product that is added. */
interface Start {
  /** C, the input's part in the product */
  width: number;
  packed: () => number;
  start: () => number;
}

function beginWithBias(program: Step, { sizes, padBias, together }: StepWeights): Start {
  const row = padBias ? program.allocate(wholeWidePanels(sizes.G)).pointer : 0;
  if (padBias) program.onWeights(() => padBias(row));
  return { width: sizes.C, packed: together, start: () => row };
}

/** x·kernel + bias by itself, for all tokens beforehand or for the one at hand: the order of sums that `predict` has. */
function beginWithProjection(program: Step, x: StepValue, { sizes, padBias, apart, after }: StepWeights): Start {
  const { kernels, memory } = program;
  const { G, C } = sizes;
  const { lookup } = x;
  const V = lookup?.table.shape[0] ?? 1;
  const whole = lookup !== undefined && V * G <= PROJECTED_LIMIT;
  const biasRow = padBias ? program.allocate(G).pointer : 0;
  const projected = program.allocate(whole ? (V - 1) * G + wholeWidePanels(G) : wholeWidePanels(G)).pointer;
  const project = (rows: number, count: number) => {
    kernels.product(projected, G, after ? 0 : biasRow, 0, rows, C, apart().kernel, count, G, C);
    after?.(projected, biasRow, count);
  };
  program.onWeights(() => {
    padBias?.(biasRow);
    if (whole) project(lookup.table.pointer, V);
  });
  if (!whole) program.onStep(() => project(x.pointer, 1));
  return {
    width: 0,
    packed: () => apart().others,
    start: whole ? () => projected + 4 * G * memory.ints[lookup.id >>> 2] : () => projected,
  };
}

/**
 * Adds a step of a cell, for `Cell.compile`.
 *
 * @param step the cell's kernel for one step
 * @returns the hidden state
 */
export function compileStep(
  program: Step,
  x: StepValue,
  cell: Cell,
  step: keyof Kernels,
  weights: StepWeights,
  layer: string,
): StepValue {
  const { kernels, memory } = program;
  const { C } = weights.sizes;
  const { units: H, hidden: F } = cell;
  const P = padded(H);
  const { width, packed, start } =
    x.lookup || weights.after ? beginWithProjection(program, x, weights) : beginWithBias(program, weights);
  const xh = program.allocate(padded(width) + padded(F)).pointer;
  const [state, saved, gates, frame] = [
    stateRowOf(cell),
    cell.saved * P,
    wholeWidePanels(gatesRowOf(cell)) + wholeWidePanels(1), // products may write up to a panel too much
    FRAME_ELEMENTS,
  ].map(size => program.allocate(size).pointer);
  writeFrame(memory, frame, { ...cell.frame, C: width, H, F, xh, state, saved, gates });
  const h = { pointer: xh + 4 * padded(width), size: F };
  const others = otherStates(cell).map(({ size, at }) => ({ pointer: state + 4 * at, size }));
  program.carry(layer, [h, ...others]);

  const into = xh + 4 * (padded(width) - C);
  if (width) program.onStep(() => kernels.copyRows(into, C, x.pointer, C, 1, C));
  const run = kernels[step] as (frame: number) => void;
  const [startWord, packedWord] = [wordOf(frame, "bias"), wordOf(frame, "packed")];
  program.onStep(() => {
    memory.ints[startWord] = start();
    memory.ints[packedWord] = packed();
    run(frame);
  });
  return h;
}

/**
 * Adds a step of a uniform cell.
 *
 * @param own what it does in another way
 */
export function compileUniform(
  program: Step,
  x: StepValue,
  cell: Cell,
  step: keyof Kernels,
  weights: RecurrentWeights,
  layer: string,
  own?: Pick<StepWeights, "after" | "padBias">,
): StepValue {
  const sizes = sizesOf(weights, cell.gates);
  const { bias } = weights;
  const forStep: StepWeights = {
    sizes,
    padBias: bias && (row => padBias(program.context, row, bias, sizes)),
    together: () => packSideBySide(program.context, weights, sizes, true),
    apart() {
      const { kernel, recurrentKernel } = packApart(program.context, weights, sizes, true);
      return { kernel, others: recurrentKernel };
    },
    ...own,
  };
  return compileStep(program, x, cell, step, forStep, layer);
}
