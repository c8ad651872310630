import type { Kernels } from "../engine/kernels.ts";
import { expectNumber } from "../expect.ts";

/** Options that every optimizer takes. Give at most one of the three ways to clip. */
export interface ClipOptions {
  /** Each weight's gradient is scaled down to at most this norm */
  clipNorm?: number;
  /** All gradients together are scaled down to at most this norm */
  globalClipNorm?: number;
  /** Every number of a gradient is brought into ±this */
  clipValue?: number;
}

export const CLIP_OPTIONS = ["clipNorm", "globalClipNorm", "clipValue"] as const;

/** What an optimizer works on: n numbers of each block, and its slots. */
export interface Block {
  weights: number;
  gradients: number;
  /** One pointer for each of `Optimizer.slots` */
  slots: readonly number[];
  n: number;
}

/** An update rule over the model's flat blocks. Its numbers may be changed between steps, `learningRate` above all. */
export interface Optimizer {
  readonly name: string;
  learningRate: number;
  readonly clip: ClipOptions;
  /** Names of the numbers it keeps for every weight. */
  readonly slots: readonly string[];
  /**
   * Changes the weights: in each step all that are trained, or, where some between them are frozen, one run after the other.
   *
   * @param iteration 1 for the first step
   */
  apply(kernels: Kernels, block: Block, iteration: number): void;
  /** The options that make it again; plain JSON. */
  toJSON(): Record<string, unknown>;
}

/** Checks the clipping options and keeps those given. */
export function expectClip(options: ClipOptions, what: string): ClipOptions {
  const clip: ClipOptions = {};
  for (const key of CLIP_OPTIONS) {
    const value = options[key];
    if (value === undefined) continue;
    if (expectNumber(value, `${what} ${key}`) <= 0) {
      throw new RangeError(`${what} ${key}: expected a number > 0, got ${value}`);
    }
    clip[key] = value;
  }
  if (Object.keys(clip).length > 1) {
    throw new RangeError(`${what}: expected one way to clip, got ${Object.keys(clip).join(" and ")}; leave one out`);
  }
  return clip;
}

/** base^n for a whole n by multiplication alone: the same bits in every runtime, which Math.pow does not promise. */
export function wholePower(base: number, n: number): number {
  let result = 1;
  for (let factor = base; n > 0; n = Math.floor(n / 2), factor *= factor) if (n % 2) result *= factor;
  return result;
}
