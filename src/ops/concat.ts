import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";

const CONCAT = new BackwardKey<[parts: readonly Tensor[]]>("concat");

const widthOf = ({ shape }: Tensor): number => shape[shape.length - 1];

/** Joins tensors of equal leading shape along the last axis. */
export function concat(context: Context, parts: readonly Tensor[]): Tensor {
  const width = parts.reduce((sum, part) => sum + widthOf(part), 0);
  const leading = parts[0].shape.slice(0, -1);
  const y = context.tensor([...leading, width], parts);
  const rows = y.size / width;
  let at = y.pointer;
  for (const part of parts) {
    const own = widthOf(part);
    context.kernels.copyRows(at, width, part.pointer, own, rows, own);
    at += 4 * own;
  }
  context.record(CONCAT, [y], parts);
  return y;
}

export const concatBackward = backwardOf(CONCAT, (context, [y], parts) => {
  const width = widthOf(y);
  let at = y.gradient;
  for (const part of parts) {
    const own = widthOf(part);
    const dPart = context.gradientOf(part);
    if (dPart) context.kernels.addRows(dPart, own, at, width, y.size / width, own);
    at += 4 * own;
  }
});

/** The same in a stream, of vectors. */
export function compileConcat(program: Step, parts: readonly StepValue[]): StepValue {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const y = program.allocate(size);
  let at = y.pointer;
  for (const { pointer, size: own } of parts) {
    program.call("copyRows", at, own, pointer, own, 1, own);
    at += 4 * own;
  }
  return y;
}
