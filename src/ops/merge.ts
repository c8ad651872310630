import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";
import { arithmetic } from "./arithmetic.ts";
import { concatOp } from "./concat.ts";
import { run } from "./op.ts";

export const MERGE_MODES = ["concat", "sum", "mul", "ave"] as const;

/** How two tensors of one shape become one: side by side on the last axis, or their sum, product or mean by element. */
export type MergeMode = (typeof MERGE_MODES)[number];

/** Joins two tensors of the same shape. */
export function merge(context: Context, a: Tensor, b: Tensor, mode: MergeMode): Tensor {
  if (mode === "concat") return run(concatOp, context, [a, b], {});
  if (mode === "mul") return arithmetic(context, "multiply", a, b);
  const sum = arithmetic(context, "add", a, b);
  if (mode === "sum") return sum;
  const width = a.shape[a.shape.length - 1];
  return arithmetic(context, "multiply", sum, context.tensorFrom(new Float32Array(width).fill(0.5), [width]));
}
