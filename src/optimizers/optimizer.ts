import type { Kernels } from "../engine/kernels.ts";
import { type Checked, checked, type Input, number, option, optional, options, type Schema } from "../options.ts";

import type { Schedule } from "../schedules/schedule.ts";

const clipping = option((value, what, title) => {
  const limit = number().check(value, what, title);
  if (limit > 0) return limit;
  throw new RangeError(`${what}: expected a number > 0, got ${limit}`);
});

export const CLIP = options({
  /** Each weight's gradient is scaled down to at most this norm */
  clipNorm: optional(clipping),
  /** All gradients together are scaled down to at most this norm */
  globalClipNorm: optional(clipping),
  /** Every number of a gradient is brought into ±this */
  clipValue: optional(clipping),
});

/** Options that every optimizer takes. Give at most one of the three ways to clip. */
export interface ClipOptions extends Input<typeof CLIP> {}

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

/** Checks and completes an optimizer's options, with those of all; and the clipping ones by themselves. */
export function optimizerSettings<S extends Schema>(given: unknown, name: string, schema: S) {
  const settings = checked(given, name, schema) as Checked<S> & ClipOptions;
  const ways = (Object.keys(CLIP) as (keyof ClipOptions)[]).filter(key => key in settings);
  if (ways.length > 1) {
    throw new RangeError(`${name}: expected one way to clip, got ${ways.join(" and ")}; leave one out`);
  }
  return { settings, clip: Object.fromEntries(ways.map(key => [key, settings[key]])) as ClipOptions };
}
