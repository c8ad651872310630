/** Cells in a stream: one step of one sequence, states changed in place. */
import type { FrameKernel } from "../../engine/calls.ts";
import { padded, wholeWidePanels } from "../../engine/layout.ts";
import type { Call } from "../../engine/threads/parallel.ts";
import type { Packed } from "../../packed.ts";
import type { Step, StepValue } from "../../step.ts";
import { type Cell, gatesRowOf, otherStates, stateRowOf } from "./cell.ts";
import { FRAME_ELEMENTS, type Frame, pointerOf, writeFrame } from "./frame.ts";
import {
  packApart,
  packSideBySide,
  padBias,
  type RecurrentWeights,
  type Sizes,
  sizesOf,
  uniformPackedSize,
} from "./weights.ts";

// A table of tokens is projected beforehand if the result is no larger than this (4 MB): streams are for small devices.
const PROJECTED_LIMIT = 2 ** 20;

/** What a step reads of a cell's weights. */
export interface StepWeights {
  readonly sizes: Sizes;
  /** Room for the weights in either form. */
  readonly packed: Packed;
  /** Writes the bias of the side of x [G], padded; none without a bias. */
  readonly padBias: ((row: number) => void) | undefined;
  /** All weights, packed wide for rows [x | h]. */
  together(): number;
  /** kernel, packed for `product`, and the others as in `together`, for rows [h]. */
  apart(): { kernel: number; others: number };
  /** What rows of x·kernel go through before the gates, in place, now or at each step; it adds the bias. */
  after?: ((when: "now" | "each step", rows: number, bias: number, count: number) => void) | undefined;
}

/** What a step's pre-activations begin with, and the product that is added. */
interface Start {
  /** C, the input's part in the product */
  readonly width: number;
  /** The words `packed` and `bias`, where that is the same at every step. */
  readonly words: Frame;
  /** Where it is a row of a table: that is looked up at every step. */
  readonly lookup?: { readonly table: number; readonly id: number; readonly stride: number };
}

function beginWithBias(program: Step, { sizes, packed, padBias, together }: StepWeights): Start {
  const bias = padBias ? program.allocate(wholeWidePanels(sizes.G)).pointer : 0;
  if (padBias) program.onWeights(() => padBias(bias));
  return { width: sizes.C, words: { bias, packed: program.packed(packed, together) } };
}

/** x·kernel + bias by itself, for all tokens beforehand or for the one at hand: the order of sums that `predict` has. */
function beginWithProjection(
  program: Step,
  x: StepValue,
  { sizes, packed, padBias, apart, after }: StepWeights,
): Start {
  const { kernels } = program;
  const { G, C } = sizes;
  const { lookup } = x;
  const V = lookup?.table.shape[0] ?? 1;
  const whole = lookup !== undefined && V * G <= PROJECTED_LIMIT;
  const biasRow = padBias ? program.allocate(G).pointer : 0;
  const projected = program.allocate(whole ? (V - 1) * G + wholeWidePanels(G) : wholeWidePanels(G)).pointer;
  const { kernel, others } = program.packed(packed, apart);
  const product = (rows: number, count: number): Call<"product"> => [
    projected,
    G,
    after ? 0 : biasRow,
    0,
    rows,
    C,
    kernel,
    count,
    G,
    C,
  ];
  if (padBias) program.onWeights(() => padBias(biasRow));
  if (whole) {
    program.onWeights(() => {
      kernels.product(...product(lookup.table.pointer, V));
      after?.("now", projected, biasRow, V);
    });
    return { width: 0, words: { packed: others }, lookup: { table: projected, id: lookup.id, stride: G } };
  }
  program.call("product", ...product(x.pointer, 1));
  after?.("each step", projected, biasRow, 1);
  return { width: 0, words: { packed: others, bias: projected } };
}

/**
 * Adds a step of a cell, for `Cell.compile`.
 *
 * @param step the cell's kernel for one step
 * @returns the states after the step, the hidden state first
 */
export function compileStep(
  program: Step,
  x: StepValue,
  cell: Cell,
  step: FrameKernel,
  weights: StepWeights,
): StepValue[] {
  const { C } = weights.sizes;
  const { units: H, hidden: F } = cell;
  const P = padded(H);
  const { width, words, lookup } =
    x.lookup || weights.after ? beginWithProjection(program, x, weights) : beginWithBias(program, weights);
  const xh = program.allocate(padded(width) + padded(F)).pointer;
  const [state, saved, gates, frame] = [
    stateRowOf(cell),
    cell.saved * P,
    wholeWidePanels(gatesRowOf(cell)) + wholeWidePanels(1), // products may write up to a panel too much
    FRAME_ELEMENTS,
  ].map(size => program.allocate(size).pointer);
  writeFrame(program.memory, frame, { ...cell.frame, ...words, C: width, H, F, xh, state, saved, gates });
  const h = { pointer: xh + 4 * padded(width), size: F };
  const others = otherStates(cell).map(({ size, at }) => ({ pointer: state + 4 * at, size }));

  if (width) program.call("copyRows", xh + 4 * (padded(width) - C), C, x.pointer, C, 1, C);
  if (lookup) program.call("pointToRow", pointerOf(frame, "bias"), lookup.table, lookup.stride, lookup.id);
  program.call(step, frame);
  return [h, ...others];
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
  step: FrameKernel,
  given: RecurrentWeights,
  own?: Pick<StepWeights, "after" | "padBias">,
): StepValue[] {
  const sizes = sizesOf(given, cell.gates);
  const { C, H, F, gates } = sizes;
  const weights = { ...given, packed: program.roomFor(given.packed, uniformPackedSize(C, H, gates, F)) };
  const { bias, packed } = weights;
  const forStep: StepWeights = {
    sizes,
    packed,
    padBias: bias && (row => padBias(program.context, row, bias, sizes)),
    together: () => packSideBySide(program.context, weights, sizes, true),
    apart() {
      const { kernel, recurrentKernel } = packApart(program.context, weights, sizes, true);
      return { kernel, others: recurrentKernel };
    },
    ...own,
  };
  return compileStep(program, x, cell, step, forStep);
}
