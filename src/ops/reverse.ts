import { showShape } from "../expect.ts";
import type { Tensor } from "../tensor.ts";
import { apply, expectInputs, type Op, type Operand } from "./op.ts";
import { reverseMask, reverseTime } from "./reverseTime.ts";

export const reverseOp: Op = {
  name: "reverse",
  shape(inputs) {
    expectInputs(inputs, 1, 1, "ops.reverse");
    const [shape] = inputs;
    if (shape.length === 3) return shape;
    throw new RangeError(`ops.reverse: expected a sequence [N, T, C], got ${showShape(shape)}`);
  },
  acrossSteps: () => true,
  forward: (context, [x]: readonly Tensor[]) => reverseTime(context, x),
  maskOf: (context, [{ mask }]) => mask && reverseMask(context, mask),
};

/**
 * The steps of a sequence from the last to the first: of padding too, which then comes first.
 *
 * @param x [N, T, C]
 * @throws RangeError for another shape
 * @example ops.reverse(layers.lstm({ units: 8, goBackwards: true, returnSequences: true }).apply(x)) // in the order of x again
 */
export function reverse<X extends Operand>(x: X): X {
  return apply(reverseOp, [x], {});
}
