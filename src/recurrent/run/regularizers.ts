/** Recurrent dropout and zoneout: their random masks, and the words of the frame that stand for them. */
import type { Context } from "../../context.ts";
import { padded } from "../../engine/layout.ts";
import type { Step } from "../../step.ts";
import { type Cell, type HiddenMasks, stateRowOf } from "./cell.ts";
import type { Frame } from "./frame.ts";
import { placesOf, type Steps } from "./steps.ts";

/** Rates of zoneout: of the hidden state, and of the states besides it. */
export interface Zoneout {
  hidden: number;
  cell: number;
}

export interface RegularizerOptions {
  recurrentDropout?: number;
  zoneout?: Zoneout;
  /** The layer's stream of random numbers */
  stream?: number;
}

/** Streams of random numbers beside the layer's own, which dropout of its inputs has. */
export const STREAMS = { recurrentDropout: 0x100000, hiddenZoneout: 0x200000, cellZoneout: 0x300000 } as const;

function draw(context: Context, rate: number, stream: number, size: number): number {
  const mask = context.memory.allocate(padded(size));
  context.kernels.randomDropout(mask, rate, context.seed, stream, context.step, size);
  return mask;
}

/** Masks of h for a batch of N sequences of T steps, drawn by sequence: the same numbers whatever their order. */
export function drawHiddenMasks(
  context: Context,
  { hidden: F, maskedGates = 0 }: Cell,
  { recurrentDropout = 0, stream = 0 }: RegularizerOptions,
  steps: Steps,
  [N, T]: readonly [N: number, T: number],
): HiddenMasks | undefined {
  if (!context.training || !recurrentDropout) return undefined;
  const { kernels, memory } = context;
  const [row, stride] = [maskedGates * F, maskedGates * padded(F)];
  const pointer = memory.allocateZeros(N * stride);
  const places = placesOf(memory, steps, T);
  const mark = memory.mark();
  const drawn = draw(context, recurrentDropout, stream + STREAMS.recurrentDropout, N * row);
  for (let gate = 0; gate < maskedGates; gate++) {
    kernels.gatherRows(pointer + 4 * gate * padded(F), stride, drawn + 4 * gate * F, row, steps.order, N, F);
  }
  memory.release(mark);
  return { pointer, places };
}

/**
 * Their words of the frame.
 *
 * @param size elements of N rows of xh
 */
export function maskFrame({ memory }: Context, { maskedGates }: Cell, masks: HiddenMasks, size: number): Frame {
  const { pointer: recurrentMask, places } = masks;
  return { recurrentMask, maskedGates, places, masked: memory.allocate(size) };
}

/**
 * The words of zoneout for a batch of N sequences.
 *
 * @param rows steps of all sequences
 */
export function zoneoutFrame(
  context: Context,
  cell: Cell,
  { zoneout, stream = 0 }: RegularizerOptions,
  N: number,
  rows: number,
): Frame {
  if (!zoneout?.hidden && !zoneout?.cell) return {};
  const [F, Q] = [padded(cell.hidden), stateRowOf(cell)];
  const mask = (rate: number, own: number, width: number) =>
    context.training && rate ? draw(context, rate, stream + own, rows * width) : 0;
  return {
    zoned: context.memory.allocate(N * (F + Q)),
    hiddenZoneout: zoneout.hidden,
    stateZoneout: zoneout.cell,
    hiddenZoneoutMask: mask(zoneout.hidden, STREAMS.hiddenZoneout, F),
    stateZoneoutMask: mask(zoneout.cell, STREAMS.cellZoneout, Q),
  };
}

/** The words for a step of a stream. */
export function stepZoneout(program: Step, cell: Cell, zoneout: Zoneout): Frame {
  if (!zoneout.hidden && !zoneout.cell) return {};
  const { pointer } = program.allocate(padded(cell.hidden) + stateRowOf(cell));
  return { zoned: pointer, hiddenZoneout: zoneout.hidden, stateZoneout: zoneout.cell };
}
