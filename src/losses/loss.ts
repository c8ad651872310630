/** What a loss is: what it wants to be compared with, a value, and a gradient. */
import type { Context } from "../context.ts";
import type { Family } from "../engine/kernels.ts";
import { type Input, oneOf, optional, options as schema } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

/** What a loss, and every metric beside it, compares a prediction with. */
export interface Target {
  /** Without the batch axis; null is any length */
  shape: InnerShape;
  /** Int32 class ids, each below the size of the prediction's last axis */
  ids: boolean;
  /** Every number is a yes or a no by itself: "accuracy" counts them one by one; default false */
  binary?: boolean;
  /**
   * What activation the prediction should come from, or with `logits` go into: with "sigmoid" targets are in 0..1, with
   * "softmax" they are distributions over the last axis, or ids. Default: any
   */
  activation?: "sigmoid" | "softmax";
  /** Numbers of any size, which a scaler may bring to one that is good to learn; default false */
  numbers?: boolean;
  /** Why a scaler of the targets cannot bring predictions back, and what to do instead */
  unscalable?: string;
  /** The prediction is logits, not what an activation makes of them; none for a loss that never takes them */
  logits?: boolean;
  /** Rows whose id is this one are left out, as if a mask hid them */
  ignored?: number;
  /**
   * The target has an axis of its own, such as the labels of CTC: the loss gets whole sequences, the prediction with its
   * mask. Default false: a row of the target for each row of the prediction, and rows that a mask hides are in neither.
   */
  whole?: boolean;
}

/**
 * A loss: the mean over the rows of a batch, where a row is all but the last axis: a sample, or a step of one. With
 * weights it is the sum of weight times loss over the *number* of rows, as Keras' sum_over_batch_size has it: weights of 2
 * double the loss.
 */
export interface Loss {
  /** Under which it is saved, and found again */
  readonly name: string;
  /** Whether every sequence counts alike, and not every step */
  readonly reduction?: Reduction;
  /** Of kernels that it runs beside those that all models have */
  readonly families?: readonly Family[];
  /**
   * What y must look like.
   *
   * @param output the prediction's shape, without the batch axis
   * @throws RangeError for an output that the loss has no use for
   */
  target(output: InnerShape): Target;
  /** What is wrong with the targets of a batch, in the place of the usual checks: that ids are classes, numbers finite. */
  problemOf?(context: Context, prediction: Tensor, target: Tensor): string | undefined;
  /**
   * The mean loss of a batch.
   *
   * @param rowWeights pointer to float32 [rows]; 0: every row counts 1
   */
  forward(context: Context, prediction: Tensor, target: Tensor, rowWeights?: number): number;
  /** Adds the gradient of the mean loss to the prediction's; called after `forward` with the same arguments. */
  backward(context: Context, prediction: Tensor, target: Tensor, rowWeights?: number): void;
  /** What makes the loss again; plain JSON. */
  toJSON(): { name: string; options: object };
}

const REDUCTIONS = ["steps", "sequences"] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export const REDUCTION = schema({
  /**
   * What the mean is over: "steps", all real steps of all sequences alike, or "sequences", the mean over each sequence's real steps
   * and then over sequences, whatever their lengths; default "steps"
   */
  reduction: optional(oneOf(REDUCTIONS)),
});

/** Options that every loss of rows takes. */
export interface ReductionOptions extends Input<typeof REDUCTION> {}

/** What makers spread into a loss. */
export const reducing = ({ reduction }: ReductionOptions): ReductionOptions => (reduction ? { reduction } : {});

/** Numbers to be compared one by one. */
export const sameShape = (shape: InnerShape): Target => ({ shape, ids: false });

/** How many rows a tensor has, and how wide they are. */
export function rowsOf({ shape, size }: Tensor): [rows: number, C: number] {
  const C = shape.length > 1 ? shape[shape.length - 1] : 1;
  return [size / C, C];
}
