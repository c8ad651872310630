/** Recurrent dropout and zoneout: their random masks, and the words of the frame that stand for them. */
import type { Context } from "../../context.ts";
import type { StepProgram } from "../../models/stepProgram.ts";
import { type Cell, padded, stateRowOf } from "./cell.ts";
import type { Frame } from "./frame.ts";
import type { Steps } from "./steps.ts";

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

/** Whether gates see h through masks in this pass. */
export function masksHidden({ training }: Context, { recurrentDropout = 0 }: RegularizerOptions): boolean {
  return training && recurrentDropout > 0;
}

function draw(context: Context, rate: number, stream: number, size: number): number {
  const mask = context.memory.allocate(padded(size));
  context.kernels.randomDropout(mask, rate, context.seed, stream, context.step, size);
  return mask;
}

/** The words for a batch of N sequences of T steps. */
export function regularizerFrame(
  context: Context,
  cell: Cell,
  options: RegularizerOptions,
  steps: Steps,
  [N, T]: readonly [N: number, T: number],
): Frame {
  return {
    ...(masksHidden(context, options) ? recurrentMask(context, cell, options, steps, N) : {}),
    ...zoneoutFrame(context, cell, options, N, N * T),
  };
}

/** A mask [N, gates, F] by sequence, brought to places: the same numbers whatever their order. */
function recurrentMask(
  context: Context,
  { hidden: F, maskedGates = 0 }: Cell,
  { recurrentDropout = 0, stream = 0 }: RegularizerOptions,
  { order }: Steps,
  N: number,
): Frame {
  const { kernels, memory } = context;
  const [row, stride] = [maskedGates * F, maskedGates * padded(F)];
  const mask = memory.allocateZeros(N * stride);
  const mark = memory.mark();
  const drawn = draw(context, recurrentDropout, stream + STREAMS.recurrentDropout, N * row);
  for (let gate = 0; gate < maskedGates; gate++) {
    kernels.gatherRows(mask + 4 * gate * padded(F), stride, drawn + 4 * gate * F, row, order, N, F);
  }
  memory.release(mark);
  return { recurrentMask: mask, maskedGates };
}

/** @param rows steps of all sequences */
function zoneoutFrame(
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
export function stepZoneout(program: StepProgram, cell: Cell, zoneout: Zoneout): Frame {
  if (!zoneout.hidden && !zoneout.cell) return {};
  const { pointer } = program.allocate(padded(cell.hidden) + stateRowOf(cell));
  return { zoned: pointer, hiddenZoneout: zoneout.hidden, stateZoneout: zoneout.cell };
}
