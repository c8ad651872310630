/** The LSTM in a stream: one step of one sequence, states changed in place. */
import { activationKind } from "../activations.ts";
import type { StepProgram, StepValue } from "../models/stepProgram.ts";
import type { LstmOptions } from "./lstm.ts";
import {
  packApart,
  packSideBySide,
  padBias,
  padded,
  type RecurrentSizes,
  type RecurrentWeights,
  recurrentSizes,
  wholeWidePanels,
} from "./recurrent/input.ts";

const GATES = 4;
// A table of tokens is projected beforehand if the result is no larger than this (4 MB): streams are for small devices.
const PROJECTED_LIMIT = 2 ** 20;

/** What a step's pre-activations begin with, and the product that is added. */
interface Start {
  /** C, the input's part in the product */
  width: number;
  packed: () => number;
  start: () => number;
}

function beginWithBias(program: StepProgram, weights: RecurrentWeights, sizes: RecurrentSizes): Start {
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
  sizes: RecurrentSizes,
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

/** Adds a step of an LSTM; its output is the hidden state. */
export function compileLstm(
  program: StepProgram,
  x: StepValue,
  weights: RecurrentWeights,
  options: LstmOptions,
  layer: string,
): StepValue {
  const { kernels } = program;
  const sizes = recurrentSizes(weights, GATES);
  const { C, H, G } = sizes;
  const P = padded(H);
  const act = activationKind(options.activation);
  const recurrentAct = activationKind(options.recurrentActivation);
  const { width, packed, start } = x.lookup
    ? beginWithProjection(program, x, x.lookup, weights, sizes)
    : beginWithBias(program, weights, sizes);
  const xh = program.allocate(padded(width) + P).pointer;
  const [c, activated, gates] = [P, P, wholeWidePanels(G)].map(size => program.allocate(size).pointer);
  const h = { pointer: xh + 4 * padded(width), size: H };
  program.keep(layer, [h, { pointer: c, size: H }]);
  const into = xh + 4 * (padded(width) - C);
  if (width) program.onStep(() => kernels.copyRows(into, C, x.pointer, C, 1, C));
  program.onStep(() => kernels.lstmStep(xh, c, activated, gates, start(), packed(), act, recurrentAct, width, H));
  return h;
}
