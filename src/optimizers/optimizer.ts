import type { Family, Kernels } from "../engine/kernels.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { ClipOptions, CommonOptions } from "./common.ts";

/** What an optimizer works on: n numbers of each block, and its slots. */
export interface Block {
  weights: number;
  gradients: number;
  /** One pointer for each of `Optimizer.slots` */
  slots: readonly number[];
  n: number;
}

/** To what kernels that square gradients bring them: assembly/optimizers/bounded.ts. */
export const LARGEST_GRADIENT = 1e19;

/** Upper bounds of absolute values. */
export interface Sizes {
  weights: number;
  /** Of all slots */
  slots: number;
}

/** An update rule over the model's flat blocks. Its numbers may be changed between steps, `learningRate` above all. */
export interface Optimizer {
  readonly name: string;
  /** Of the next step, or with a schedule of the last one. */
  learningRate: number;
  /** Sets the learning rate before each step; another one may be put here, or undefined. */
  schedule?: Schedule | undefined;
  readonly clip: ClipOptions;
  /** Beside it what all optimizers can do: see src/training/update.ts */
  readonly common?: CommonOptions;
  /** Of kernels that it runs beside those that all models have */
  readonly families?: readonly Family[];
  /** Names of the numbers it keeps for every weight. */
  readonly slots: readonly string[];
  /**
   * Changes the weights: in each step all that are trained, or, where some between them are frozen, one run after the other.
   *
   * @param iteration 1 for the first step
   */
  apply(kernels: Kernels, block: Block, iteration: number): void;
  /**
   * How large its numbers can be after a step, of which none on the way may be larger. Where it does not say, or where that
   * is too large for float32, steps are made with a copy to go back to.
   *
   * @param before also of the gradients
   */
  sizesAfter?(before: Sizes & { gradients: number }, iteration: number): Sizes;
  /** The options that make it again; plain JSON. */
  toJSON(): Record<string, unknown>;
}
