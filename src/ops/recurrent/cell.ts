/** What a recurrent cell is to the ops around it; its arithmetic is a kernel, see assembly/recurrent/overTime.ts. */
import type { Context } from "../../context.ts";
import type { Kernels } from "../../engine/kernels.ts";
import type { StepProgram, StepValue } from "../../models/stepProgram.ts";
import type { Tensor } from "../../tensor.ts";
import type { Frame } from "./frame.ts";
import type { Steps } from "./steps.ts";

/** n rounded up to whole vectors, as the kernels pad it. */
export const padded = (n: number): number => (n + 3) & ~3;

/** n rounded up to whole wide panels, the packed form for streams. */
export const wholeWidePanels = (n: number): number => Math.ceil(n / 28) * 28;

/** Where the buffers of a batch are; see assembly/recurrent/frame.ts. */
export interface Buffers {
  xh: number;
  state: number;
  gates: number;
  saved: number;
}

/** A cell with its weights, for one batch. */
export interface BoundCell {
  /** C, the length of the x parts of xh: 0 where the input is projected. */
  readonly width: number;
  /** The words of the frame that are the cell's own: packed, bias, ... */
  readonly frame: Frame;
  /** What `backward` adds gradients to: their buffers are made before any scratch. */
  readonly wanted: readonly (Tensor | undefined)[];
  /** Fills the x parts of xh. */
  load(xh: number): void;
  /** More words of the frame, for the backward pass: packedTransposed, ... */
  transpose(): Frame;
  /** Adds the gradients of all weights and of the input; `gates` now holds dz. */
  backward(buffers: Buffers): void;
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
  /** Words of the frame that hold everywhere: activations, options */
  readonly frame: Frame;
  readonly weights: readonly (Tensor | undefined)[];
  bind(context: Context, x: Tensor, steps: Steps): BoundCell;
  /** Adds one step of a stream, if the cell can; its value is the hidden state. */
  compile?(program: StepProgram, x: StepValue, layer: string): StepValue;
}
