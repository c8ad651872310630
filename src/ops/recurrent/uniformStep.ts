/** Uniform cells in a stream: one step of one sequence, states changed in place. */
import type { Kernels } from "../../engine/kernels.ts";
import type { StepProgram, StepValue } from "../../models/stepProgram.ts";
import { type Cell, padded, wholeWidePanels } from "./cell.ts";
import { FRAME_ELEMENTS, wordOf, writeFrame } from "./frame.ts";
import { packApart, packSideBySide, padBias, type RecurrentWeights, type Sizes, sizesOf } from "./weights.ts";

// A table of tokens is projected beforehand if the result is no larger than this (4 MB): streams are for small devices.
const PROJECTED_LIMIT = 2 ** 20;

/** What a step's pre-activations begin with, and the product that is added. */
interface Start {
  /** C, the input's part in the product */
  width: number;
  packed: () => number;
  start: () => number;
}

function beginWithBias(program: StepProgram, weights: RecurrentWeights, sizes: Sizes): Start {
  const { bias } = weights;
  const row = bias ? program.allocate(wholeWidePanels(sizes.G)).pointer : 0;
  if (bias) program.onWeights(() => padBias(program.context, row, bias, sizes));
  return { width: sizes.C, packed: () => packSideBySide(program.context, weights, sizes, true), start: () => row };
}

/** x·kernel + bias by itself, for all tokens beforehand or for the one at hand: the order of sums that `predict` has. */
function beginWithProjection(
  program: StepProgram,
  x: StepValue,
  lookup: NonNullable<StepValue["lookup"]>,
  weights: RecurrentWeights,
  sizes: Sizes,
): Start {
  const { kernels, memory } = program;
  const { G, C } = sizes;
  const { bias } = weights;
  const [V] = lookup.table.shape;
  const whole = V * G <= PROJECTED_LIMIT;
  const biasRow = bias ? program.allocate(G).pointer : 0;
  const projected = program.allocate(whole ? (V - 1) * G + wholeWidePanels(G) : wholeWidePanels(G)).pointer;
  const project = (rows: number, count: number) => {
    const { kernel } = packApart(program.context, weights, sizes, true);
    kernels.product(projected, G, biasRow, 0, rows, C, kernel, count, G, C);
  };
  program.onWeights(() => {
    if (bias) padBias(program.context, biasRow, bias, sizes);
    if (whole) project(lookup.table.pointer, V);
  });
  if (!whole) program.onStep(() => project(x.pointer, 1));
  return {
    width: 0,
    packed: () => packApart(program.context, weights, sizes, true).recurrentKernel,
    start: whole ? () => projected + 4 * G * memory.ints[lookup.id >> 2] : () => projected,
  };
}

/**
 * Adds a step of a cell, for `Cell.compile`.
 *
 * @param step the cell's kernel for one step
 * @returns the hidden state
 */
export function compileUniform(
  program: StepProgram,
  x: StepValue,
  cell: Cell,
  step: keyof Kernels,
  weights: RecurrentWeights,
  layer: string,
): StepValue {
  const { kernels, memory } = program;
  const sizes = sizesOf(weights, cell.gates);
  const { C, G, H, F } = sizes;
  const P = padded(H);
  const { width, packed, start } = x.lookup
    ? beginWithProjection(program, x, x.lookup, weights, sizes)
    : beginWithBias(program, weights, sizes);
  const xh = program.allocate(padded(width) + padded(F)).pointer;
  const [state, saved, gates, frame] = [cell.states * P, cell.saved * P, wholeWidePanels(G), FRAME_ELEMENTS].map(
    size => program.allocate(size).pointer,
  );
  writeFrame(memory, frame, { ...cell.frame, C: width, H, F, xh, state, saved, gates });
  const h = { pointer: xh + 4 * padded(width), size: F };
  const others = Array.from({ length: cell.states }, (_, i) => ({ pointer: state + 4 * i * P, size: H }));
  program.keep(layer, [h, ...others]);

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
