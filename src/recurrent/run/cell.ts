/** What a recurrent cell is to the ops around it; its arithmetic is a kernel, see assembly/recurrent/overTime.ts. */
import type { Context } from "../../context.ts";
import type { Kernels } from "../../engine/kernels.ts";
import { padded } from "../../engine/layout.ts";
import type { Step, StepValue } from "../../step.ts";
import type { Tensor } from "../../tensor.ts";
import type { Frame } from "./frame.ts";
import type { Steps } from "./steps.ts";

/** Where the buffers of a batch are; see assembly/recurrent/frame.ts. */
export interface Buffers {
  xh: number;
  state: number;
  gates: number;
  saved: number;
}

/** The masks of recurrent dropout, drawn for a batch. */
export interface HiddenMasks {
  /** [N, maskedGates, padded(F)] by place */
  readonly pointer: number;
  /** int32 [R]: the place of each row */
  readonly places: number;
}

/** Rows of a batch. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** Rows whose gradients are added together. */
export interface Piece extends RowRange {
  /** Whether no other piece follows. */
  readonly last: boolean;
}

/** A cell with its weights, for one batch. */
export interface BoundCell {
  /** C, the length of the x parts of xh: 0 where the input is projected. */
  readonly width: number;
  /** The words of the frame that are the cell's own: packed, bias, ... */
  readonly frame: Frame;
  /** What `backward` adds gradients to: their buffers are made before any scratch. */
  readonly wanted: readonly (Tensor | undefined)[];
  /** Fills the x parts of rows of xh, which begins at the first of them. */
  load(xh: number, rows: RowRange): void;
  /** Fills the gates of rows, where pre-activations are made before the loop over time and the frame says `ahead`. */
  project?(gates: number, rows: RowRange): void;
  /** More words of the frame, for the backward pass: packedTransposed, ... */
  transpose(): Frame;
  /**
   * Adds what some rows contribute to the gradients of all weights and of the input. Called from the last rows to the
   * first, always in the same pieces: the order of sums does not depend on what is kept in memory.
   *
   * @param buffers which begin at the first of these rows; `gates` now holds dz
   */
  backward(buffers: Buffers, rows: Piece): void;
}

/** See `Cell.snapshots`. */
export interface Snapshots {
  readonly every: number;
  readonly size: number;
  readonly scratch: number;
}

/** A cell with its weights. */
export interface Cell {
  readonly forward: keyof Kernels;
  readonly backward: keyof Kernels;
  /** H */
  readonly units: number;
  /** F, the size of the hidden state */
  readonly hidden: number;
  /** Slots of padded(H) in a row: of gates, of states besides h, and of what is saved for the backward pass. */
  readonly gates: number;
  readonly states: number;
  readonly saved: number;
  /** Sizes of those states, where they are not H each. */
  readonly stateSizes?: readonly number[];
  /**
   * States too large to keep one a step for the backward pass: those before every so many steps are, `size` elements each,
   * and the cell computes the others again, with `scratch` elements a sequence.
   */
  snapshots?(kernels: Kernels): Snapshots;
  /** Floating-point operations of a row in the loop over time, where that is no product with rows [x | h]. */
  readonly flop?: number;
  /** Gates that see h through masks of their own in recurrent dropout; without it the cell cannot have that. */
  readonly maskedGates?: number;
  /** Words of the frame that hold everywhere: activations, options */
  readonly frame: Frame;
  readonly weights: readonly (Tensor | undefined)[];
  /** @param masks each gate sees h through its own */
  bind(context: Context, x: Tensor, steps: Steps, masks?: HiddenMasks): BoundCell;
  /**
   * Adds one step of a stream.
   *
   * @param cell this one, with all words of the frame
   * @returns the states after the step, the hidden state first
   */
  compile(program: Step, x: StepValue, cell: Cell): StepValue[];
}

/** Elements of a row of gates. */
export function gatesRowOf({ frame, gates, units }: Cell): number {
  return frame.gatesRow || gates * padded(units);
}

/** Elements of a row of state. */
export function stateRowOf({ frame, states, units }: Cell): number {
  return frame.stateRow || states * padded(units);
}

/** The states besides h: the size of each, and its first element in a row of state. */
export function otherStates({ states, stateSizes, units }: Cell): { size: number; at: number }[] {
  let at = 0;
  return (stateSizes ?? new Array<number>(states).fill(units)).map(size => {
    const state = { size, at };
    at += padded(size);
    return state;
  });
}
