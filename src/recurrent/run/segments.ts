/**
 * Segments of time: what of a long sequence is in memory at once. With checkpoints, the forward pass keeps only the states
 * at the borders of segments, and the backward pass computes each segment again before it goes back through it: memory grows
 * with the segment, not with T, for a third more time.
 */
import type { Arena } from "../../engine/memory.ts";
import type { Piece } from "./cell.ts";
import type { Steps } from "./steps.ts";

export interface Segment {
  /** Steps [from, to) */
  from: number;
  to: number;
  rows: Piece;
}

/** How often the states of long sequences are kept: 0 for never (everything is), "auto", or a number of steps. */
export type CheckpointSteps = number | "auto";

// Gradients are summed over pieces of at least so many rows, where there are as many: four blocks of the kernel.
const PIECE_ROWS = 1280;

/** Pieces are whole numbers of so many steps, or of those that a cell takes together. */
const PIECE_STEPS = 16;

/**
 * Steps of a piece. It does not depend on segments, so that those do not change the order of sums.
 *
 * @param together steps that the cell takes together
 */
function pieceSteps(N: number, together = PIECE_STEPS): number {
  return together * Math.ceil(PIECE_ROWS / N / together);
}

/** The first row of a step. */
export function firstRow({ settled }: Arena, { offsets }: Steps, t: number): number {
  return settled.ints[(offsets >>> 2) + t];
}

function cut(memory: Arena, steps: Steps, from: number, to: number, length: number): Segment[] {
  const segments: Segment[] = [];
  for (let t = from; t < to; t += length) {
    const end = Math.min(to, t + length);
    const first = firstRow(memory, steps, t);
    const count = firstRow(memory, steps, end) - first;
    segments.push({ from: t, to: end, rows: { first, count, last: t === 0 } });
  }
  return segments;
}

/** What is computed and kept together. A segment is a whole number of pieces. */
export function segmentsOf(
  memory: Arena,
  steps: Steps,
  [N, T]: readonly [N: number, T: number],
  every: CheckpointSteps,
  together?: number,
): Segment[] {
  const piece = pieceSteps(N, together);
  const wanted = every === "auto" ? Math.sqrt(T) : every || T;
  return cut(memory, steps, 0, T, piece * Math.max(1, Math.ceil(wanted / piece)));
}

/** The pieces of a segment, last first. */
export function piecesOf(memory: Arena, steps: Steps, N: number, { from, to }: Segment, together?: number): Segment[] {
  return cut(memory, steps, from, to, pieceSteps(N, together)).reverse();
}
