import type { Backward } from "../context.ts";
import { showShape } from "../expect.ts";
import { describe } from "../ndarray.ts";
import type { Tensor } from "../tensor.ts";
import { agreeAll, apply, expectInputs, type Op, type Operand, widthOf } from "./op.ts";

/** Joins tensors of equal leading shape along the last axis. */
export const concatOp = {
  name: "concat",
  shape(inputs) {
    const what = "ops.concat";
    expectInputs(inputs, 1, Number.POSITIVE_INFINITY, what);
    const leading = inputs.map(shape => shape.slice(0, -1));
    if (leading.some(sizes => !agreeAll(sizes, leading[0]))) {
      throw new RangeError(
        `${what}: expected shapes that differ in the last axis only, got ${inputs.map(showShape).join(" and ")}`,
      );
    }
    const known = leading[0].map((size, axis) => size ?? leading.find(sizes => sizes[axis] !== null)?.[axis] ?? null);
    return [...known, inputs.reduce((sum, shape) => sum + widthOf(shape, what), 0)];
  },
  forward(context, parts, _, shape) {
    const width = widthOf(shape, "");
    const y = context.tensor(shape, parts);
    const rows = y.size / width;
    let at = y.pointer;
    for (const part of parts) {
      const own = widthOf(part.shape, "");
      context.kernels.copyRows(at, width, part.pointer, own, rows, own);
      at += 4 * own;
    }
    context.record(concatBackward, [y], parts);
    return y;
  },
} satisfies Op;

export const concatBackward: Backward<[parts: readonly Tensor[]]> = (context, [y], parts) => {
  const width = widthOf(y.shape, "");
  let at = y.gradient;
  for (const part of parts) {
    const own = widthOf(part.shape, "");
    const dPart = context.gradientOf(part);
    if (dPart) context.kernels.addRows(dPart, own, at, width, y.size / width, own);
    at += 4 * own;
  }
};

/**
 * Tensors side by side: joined along the last axis.
 *
 * @param parts of one shape but for the last axis
 * @throws RangeError where the other axes differ
 * @example ops.concat([x, states.h])
 */
export function concat<X extends Operand>(parts: readonly X[]): X {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new TypeError(`ops.concat: expected a list of tensors, got ${describe(parts)}`);
  }
  return apply(concatOp, parts as readonly X[], {});
}
